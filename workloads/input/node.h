// A YAML file as a tree of nodes that know their file, line and dotted path.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "workloads/input/input_error.h"

namespace orrery {

// Where a value comes from, when its author tagged it in the YAML: `depth: !assumed 4` (no source
// says; a choice of ours) or `depth: !fitted 4` (chosen to match a published figure). Untagged
// values are published.
enum class Origin : std::uint8_t { kPublished, kAssumed, kFitted };
struct TaggedValue {
  std::string path;  // "pe.ifmap_fifo_words"
  Origin origin = Origin::kPublished;
  int line = 0;
  bool operator==(const TaggedValue&) const = default;
};

struct Node {
  enum class Kind : std::uint8_t { kNull, kScalar, kList, kMap };
  Kind kind = Kind::kNull;
  Origin origin = Origin::kPublished;
  SourceLine where;
  std::string path;               // "pe.rows", "levels[0].stores[1]"; empty for the root
  std::string text;               // of a scalar
  std::vector<std::string> keys;  // of a map, one for each item, in the order of the file
  std::vector<int> key_lines;     // of a map
  std::vector<Node> items;        // values of a map, elements of a list

  // Value of a map's key, or null.
  const Node* find(std::string_view key) const;
  // The same; a missing key is an InputError.
  const Node& require(std::string_view key) const;
  // The node at a dotted path ("pe.rows", "levels[0].stores") below this one, or the last one met
  // on the way to it: the place to point at when a value is wrong or left to its default.
  const Node& toward(std::string_view dotted) const;
  // Throws InputError for the first key that is not among `known`, naming the nearest.
  void allow_keys(const std::vector<std::string>& known) const;
  // Throws InputError with this node's file and line.
  [[noreturn]] void fail(const std::string& sentence) const;
};

// Reads a file of one YAML document. Throws InputError for a missing or unreadable file, for what
// is not YAML in UTF-8, duplicate keys, unknown tags, more than 4 MiB or 100,000 values, and
// nesting beyond 64.
Node parse_yaml(const std::filesystem::path& path);
// The same of text in memory; `file` stands in the messages.
Node parse_yaml_text(const std::string& text, const std::string& file);

// The tree as YAML text, tags included; reads back equal but for lines.
std::string to_text(const Node& node);

// All tagged values of a tree, in the order of the file.
std::vector<TaggedValue> tags_of(const Node& root);

}  // namespace orrery
