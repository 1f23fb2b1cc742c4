#include "workloads/input/node.h"

#include <fmt/format.h>
#include <yaml-cpp/depthguard.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <boost/nowide/utf/utf.hpp>
#include <fstream>
#include <system_error>
#include <utility>

namespace orrery {
namespace {

constexpr std::size_t kMaxBytes = std::size_t{4} << 20;
constexpr int kMaxNodes = 100'000;
constexpr int kMaxDepth = 64;

constexpr std::array kTags{std::pair{Origin::kAssumed, "assumed"},
                           std::pair{Origin::kFitted, "fitted"}};

std::string too_deep() { return fmt::format("values nest more than {} deep", kMaxDepth); }

// Refuses what is not UTF-8, and the control characters that YAML forbids: yaml-cpp takes some of
// them for the end of the file, and others would reach the reports.
void require_text(const std::string& text, const std::string& file) {
  namespace utf = boost::nowide::utf;
  int line = 1;
  for (auto at = text.begin(); at != text.end();) {
    const auto byte = static_cast<unsigned char>(*at);
    if (byte == '\n') ++line;
    const bool control = byte < ' ' && byte != '\t' && byte != '\n' && byte != '\r';
    const auto character = utf::utf_traits<char>::decode(at, text.end());
    if (!control && utf::is_valid_codepoint(character)) continue;
    throw InputError({file, line}, fmt::format("byte {:#04x} is not text in UTF-8", byte));
  }
}

// Copies a yaml-cpp tree. Aliases are copied out, so the number of nodes and the depth are bounded
// here: a small file can name a large or an endless tree.
class Builder {
 public:
  explicit Builder(std::string file) : file_(std::move(file)) {}

  Node build(const YAML::Node& from, const std::string& path, int depth) {
    Node node;
    node.where = {file_, from.Mark().line + 1};
    node.path = path;
    if (depth > kMaxDepth) node.fail(too_deep());
    if (++nodes_ > kMaxNodes) node.fail(fmt::format("more than {} values", kMaxNodes));
    node.origin = origin(from.Tag(), node);
    if (from.IsScalar()) {
      node.kind = Node::Kind::kScalar;
      node.text = from.Scalar();
    } else if (from.IsSequence()) {
      build_list(from, depth, node);
    } else if (from.IsMap()) {
      build_map(from, depth, node);
    }
    return node;
  }

 private:
  void build_list(const YAML::Node& from, int depth, Node& node) {
    node.kind = Node::Kind::kList;
    for (const YAML::Node& item : from) {
      const std::string path = fmt::format("{}[{}]", node.path, node.items.size());
      node.items.push_back(build(item, path, depth + 1));
    }
  }

  void build_map(const YAML::Node& from, int depth, Node& node) {
    node.kind = Node::Kind::kMap;
    for (const auto& entry : from) {
      const YAML::Node& key = entry.first;
      const SourceLine where{file_, key.Mark().line + 1};
      if (!key.IsScalar()) throw InputError(where, "a key must be a single word");
      const std::string& name = key.Scalar();
      const auto first = std::find(node.keys.begin(), node.keys.end(), name);
      if (first != node.keys.end()) {
        const auto index = static_cast<std::size_t>(first - node.keys.begin());
        throw InputError(where, fmt::format("key '{}' stands twice (first in line {})", name,
                                            node.key_lines[index]));
      }
      node.keys.push_back(name);
      node.key_lines.push_back(where.line);
      const std::string path = node.path.empty() ? name : node.path + "." + name;
      node.items.push_back(build(entry.second, path, depth + 1));
      // yaml-cpp puts an absent value, and a block, at the token that follows the key.
      if (node.items.back().kind != Node::Kind::kScalar) node.items.back().where = where;
    }
  }

  // yaml-cpp gives "?" or "!" where there is no tag.
  static Origin origin(const std::string& tag, const Node& node) {
    if (tag.size() <= 1 || tag.starts_with("tag:yaml.org")) return Origin::kPublished;
    std::vector<std::string> known;
    for (const auto& [value, name] : kTags) {
      if (tag.substr(1) == name) return value;
      known.push_back(std::string("!") + name);
    }
    node.fail(fmt::format("unknown tag '{}'{}", tag, did_you_mean(tag, known)));
  }

  std::string file_;
  int nodes_ = 0;
};

std::string similar_file(const std::filesystem::path& path) {
  std::vector<std::string> names;
  const auto folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator(folder, none)) {
    names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  const std::string near = nearest(path.filename().string(), names);
  return near.empty() ? "" : fmt::format(" (did you mean '{}'?)", near);
}

std::string read_text(const std::filesystem::path& path) {
  const SourceLine whole{path.string(), 0};
  std::error_code none;
  if (!std::filesystem::exists(path, none)) {
    throw InputError(whole, "there is no such file" + similar_file(path));
  }
  if (std::filesystem::is_directory(path, none)) {
    throw InputError(whole, "is a folder; a YAML file is expected");
  }
  std::ifstream in(path, std::ios::binary);
  if (!in) throw InputError(whole, "cannot be opened for reading");
  std::string text(kMaxBytes + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.bad()) throw InputError(whole, "cannot be read");
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.size() > kMaxBytes) {
    throw InputError(whole, fmt::format("has more than {} bytes", kMaxBytes));
  }
  return text;
}

void emit(YAML::Emitter& out, const Node& node) {
  for (const auto& [origin, name] : kTags) {
    if (node.origin == origin) out << YAML::LocalTag(name);
  }
  switch (node.kind) {
    case Node::Kind::kNull:
      out << YAML::Null;
      return;
    case Node::Kind::kScalar:
      out << node.text;
      return;
    case Node::Kind::kList: {
      const bool flat = std::all_of(node.items.begin(), node.items.end(), [](const Node& item) {
        return item.kind == Node::Kind::kScalar;
      });
      if (flat) out << YAML::Flow;
      out << YAML::BeginSeq;
      for (const Node& item : node.items) emit(out, item);
      out << YAML::EndSeq;
      return;
    }
    case Node::Kind::kMap:
      out << YAML::BeginMap;
      for (std::size_t i = 0; i < node.items.size(); ++i) {
        out << YAML::Key << node.keys[i] << YAML::Value;
        emit(out, node.items[i]);
      }
      out << YAML::EndMap;
      return;
  }
}

void collect_tags(const Node& node, std::vector<TaggedValue>& tags) {
  if (node.origin != Origin::kPublished) {
    tags.push_back({node.path, node.origin, node.where.line});
  }
  for (const Node& item : node.items) collect_tags(item, tags);
}

// "the file" or "pe".
std::string context(const Node& node) { return node.path.empty() ? "the file" : node.path; }

}  // namespace

const Node* Node::find(std::string_view key) const {
  const auto it = std::find(keys.begin(), keys.end(), key);
  if (it == keys.end()) return nullptr;
  return &items[static_cast<std::size_t>(it - keys.begin())];
}

const Node& Node::require(std::string_view key) const {
  if (kind != Kind::kMap) fail(context(*this) + " must be a map of keys and values");
  const Node* child = find(key);
  if (child == nullptr) fail(fmt::format("{} lacks the key '{}'", context(*this), key));
  return *child;
}

const Node& Node::toward(std::string_view dotted) const {
  // Paths are spelled the same way everywhere, so the child on the way is the one whose path is a
  // prefix.
  const std::string target = path.empty() ? std::string(dotted) : path + "." + std::string(dotted);
  const Node* here = this;
  for (bool moved = true; moved;) {
    moved = false;
    for (const Node& item : here->items) {
      if (!target.starts_with(item.path)) continue;
      const std::size_t end = item.path.size();
      if (end < target.size() && target[end] != '.' && target[end] != '[') continue;
      here = &item;
      moved = true;
      break;
    }
  }
  return *here;
}

void Node::allow_keys(const std::vector<std::string>& known) const {
  if (kind != Kind::kMap) fail(context(*this) + " must be a map of keys and values");
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (std::find(known.begin(), known.end(), keys[i]) != known.end()) continue;
    throw InputError({items[i].where.file, key_lines[i]},
                     fmt::format("unknown key '{}' in {}{}", keys[i], context(*this),
                                 did_you_mean(keys[i], known)));
  }
}

void Node::fail(const std::string& sentence) const { throw InputError(where, sentence); }

Node parse_yaml_text(const std::string& text, const std::string& file) {
  require_text(text, file);
  std::vector<YAML::Node> documents;
  try {
    documents = YAML::LoadAll(text);
  } catch (const YAML::DeepRecursion& error) {
    throw InputError({file, error.mark.line + 1}, too_deep());
  } catch (const YAML::Exception& error) {
    throw InputError({file, error.mark.line + 1}, "not valid YAML: " + error.msg);
  }
  if (documents.empty() || documents[0].IsNull()) throw InputError({file, 0}, "is empty");
  if (documents.size() > 1) {
    throw InputError({file, documents[1].Mark().line + 1}, "a second YAML document starts here");
  }
  return Builder(file).build(documents[0], "", 0);
}

Node parse_yaml(const std::filesystem::path& path) {
  return parse_yaml_text(read_text(path), path.string());
}

std::string to_text(const Node& node) {
  YAML::Emitter out;
  emit(out, node);
  return std::string(out.c_str()) + "\n";
}

std::vector<TaggedValue> tags_of(const Node& root) {
  std::vector<TaggedValue> tags;
  collect_tags(root, tags);
  return tags;
}

}  // namespace orrery
