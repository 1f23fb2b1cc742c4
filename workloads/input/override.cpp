#include "workloads/input/override.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace orrery {
namespace {

constexpr std::size_t kMostWords = 64;  // of a path: as deep as a file may nest

// A path's words: "levels[0].stores.fmap" as levels, [0], stores, fmap.
std::vector<std::string> words_of(const std::string& path) {
  std::vector<std::string> words(1);
  for (const char c : path) {
    if (c == '.' || c == '[') words.emplace_back();
    if (c != '.') words.back() += c;
  }
  return words;
}

std::string place(const Node& node) { return node.path.empty() ? "the file" : node.path; }

Node* child(Node& map, const std::string& key) {
  const auto it = std::find(map.keys.begin(), map.keys.end(), key);
  return it == map.keys.end() ? nullptr
                              : &map.items[static_cast<std::size_t>(it - map.keys.begin())];
}

// The name by which an element of a list is meant; empty where it has none.
std::string name_of(const Node& element) {
  const Node* name = element.find("name");
  return name == nullptr ? "" : name->text;
}

// The element of that name, or null.
Node* named(Node& list, const std::string& name) {
  const auto it = std::find_if(list.items.begin(), list.items.end(),
                               [&](const Node& item) { return name_of(item) == name; });
  return name.empty() || it == list.items.end() ? nullptr : &*it;
}

void add_names(const Node& list, std::vector<std::string>& names) {
  for (const Node& item : list.items) {
    if (!name_of(item).empty()) names.push_back(name_of(item));
  }
}

// Of a map: the element of that name in the one of its lists that has such; null where none has, or
// several.
Node* named_below(Node& map, const std::string& name) {
  std::vector<Node*> found;
  for (Node& item : map.items) {
    Node* const here = item.kind == Node::Kind::kList ? named(item, name) : nullptr;
    if (here != nullptr) found.push_back(here);
  }
  return found.size() == 1 ? found[0] : nullptr;
}

// Changes one tree by one assignment.
class Override {
 public:
  Override(Node& root, const std::string& assignment)
      : root_(root), where_{"--set " + assignment, 0} {}

  void apply(const std::string& path, const std::string& value) {
    Node* node = &root_;
    const std::vector<std::string> words = words_of(path);
    if (words.size() > kMostWords) fail(fmt::format("the path has more than {} keys", kMostWords));
    for (const std::string& word : words) {
      if (word.empty()) fail("a path is keys with a dot between two");
      node = &step(*node, word);
    }
    const std::string its_path = node->path;
    *node = parse(value);
    settle(*node, its_path);
  }

 private:
  [[noreturn]] void fail(const std::string& sentence) const { throw InputError(where_, sentence); }

  Node& step(Node& node, const std::string& word) const {
    if (node.kind == Node::Kind::kList) return element(node, word);
    if (node.kind != Node::Kind::kMap) {
      fail(fmt::format("{} has no parts, so no '{}'", place(node), word));
    }
    if (Node* there = child(node, word)) return *there;
    if (Node* there = named_below(node, word)) return *there;
    std::vector<std::string> names;
    for (const Node& item : node.items) add_names(item, names);
    const std::string near = nearest(word, names);
    if (!near.empty()) {
      fail(fmt::format("{} has no element '{}' (did you mean '{}'?)", place(node), word, near));
    }
    return add(node, word);
  }

  Node& element(Node& list, const std::string& word) const {
    if (word.front() == '[') return list.items[index(list, word)];
    if (Node* there = named(list, word)) return *there;
    std::vector<std::string> names;
    add_names(list, names);
    fail(fmt::format("{} has no element '{}'{}", list.path, word, did_you_mean(word, names)));
  }

  std::size_t index(const Node& list, const std::string& word) const {
    std::size_t i = 0;
    const char* end = word.data() + word.size() - 1;
    const auto [stop, error] = std::from_chars(word.data() + 1, end, i);
    if (error != std::errc{} || stop != end || word.back() != ']' || i >= list.items.size()) {
      fail(fmt::format("{} has no element {}; it has {}, counted from [0]", list.path, word,
                       list.items.size()));
    }
    return i;
  }

  // A map, for what the path says next; the value takes its place at the end of the path.
  Node& add(Node& map, const std::string& key) const {
    Node node;
    node.kind = Node::Kind::kMap;
    node.where = where_;
    node.path = map.path.empty() ? key : map.path + "." + key;
    map.keys.push_back(key);
    map.key_lines.push_back(0);
    return map.items.emplace_back(std::move(node));
  }

  Node parse(const std::string& value) const {
    try {
      return parse_yaml_text(value, "");
    } catch (const InputError& mistake) {
      fail(mistake.what());
    }
  }

  // The path and the place of a value as if it stood in the tree.
  void settle(Node& node, const std::string& path) const {
    node.path = path;
    node.where = where_;
    std::fill(node.key_lines.begin(), node.key_lines.end(), 0);
    for (std::size_t i = 0; i < node.items.size(); ++i) {
      const bool list = node.kind == Node::Kind::kList;
      settle(node.items[i],
             list ? fmt::format("{}[{}]", path, i) : fmt::format("{}.{}", path, node.keys[i]));
    }
  }

  Node& root_;
  SourceLine where_;
};

}  // namespace

void override_value(Node& root, const std::string& assignment) {
  const std::size_t equals = assignment.find('=');
  if (equals == std::string::npos || equals == 0) {
    throw InputError(fmt::format("--set {}: PATH=VALUE is expected, e.g. pe.adders=2", assignment));
  }
  Override(root, assignment).apply(assignment.substr(0, equals), assignment.substr(equals + 1));
}

void override_values(Node& root, const std::vector<std::string>& assignments) {
  for (const std::string& assignment : assignments) override_value(root, assignment);
}

}  // namespace orrery
