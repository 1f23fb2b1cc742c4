// One list of fields serves reading, validating, printing and documenting a structure.
//
// A structure lists its parameters once:
//
//   struct Spad {
//     int words = 0;
//     template <class V> void fields(V& v) {
//       v.field("words", words, {.doc = "capacity", .unit = "word", .min = 1, .max = 1 << 24});
//     }
//   };
//
// and the rest follows:
//
//   Spad spad = read_yaml<Spad>("spad.yaml");            // or, of a part of a file:
//   Node root = parse_yaml("machine.yaml");              // node.h
//   spad = read<Spad>(root.require("spad"));             // errors say file:line and "spad.words"
//   if (odd(spad)) root.toward("spad.words").fail("spad.words is odd; it must be even");
//   std::string text = print_yaml(spad), table = document<Spad>();
//
// Types: bool, int, std::int64_t, double, std::string, enums (with an EnumNames specialization),
// nested structures with fields(), and std::vector of any of these.
#pragma once

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "workloads/input/node.h"

namespace orrery {

struct FieldSpec {
  std::string_view doc;        // what it is, in words
  std::string_view unit = "";  // "word", "MHz", "cycle", ...; empty for names and flags
  double min = -std::numeric_limits<double>::infinity();
  double max =
      std::numeric_limits<double>::infinity();  // both inclusive; for vectors: of each element
  bool optional = false;                        // absent in the file: the member keeps its default
  // What the documentation gives as the default, where the member's own is not what counts.
  std::string_view fallback = "";
};

// Specialize for each enum that appears in a file: `static constexpr std::array
// kNames{std::pair{E::kA, "a"}, ...}`.
template <class E>
struct EnumNames;

// The name of an enumerator, and all names in their order.
template <class E>
std::string enum_name(E value) {
  for (const auto& [enumerator, name] : EnumNames<E>::kNames) {
    if (enumerator == value) return name;
  }
  return "?";
}
template <class E>
std::vector<std::string> enum_names() {
  std::vector<std::string> names;
  for (const auto& [enumerator, name] : EnumNames<E>::kNames) names.push_back(name);
  return names;
}

// Scalars of a node; InputError for another type or a value out of range. Whole numbers are also
// held to [low, high].
bool parse_bool(const Node& node);
std::int64_t parse_integer(const Node& node, const FieldSpec& spec, std::int64_t low,
                           std::int64_t high);
double parse_real(const Node& node, const FieldSpec& spec);
std::string parse_string(const Node& node);
// Index into `names`.
std::size_t parse_choice(const Node& node, const std::vector<std::string>& names);

// InputErrors of structure.
void require_list(const Node& node);
[[noreturn]] void fail_missing(const Node& node, std::string_view key, const FieldSpec& spec);

// One row of the documentation table.
struct FieldRow {
  std::string name, unit, range, fallback, doc;
};
// "1 to 1024", "at least 1", "at most 8" or nothing.
std::string range_text(const FieldSpec& spec);
std::string markdown_table(const std::vector<FieldRow>& rows);

template <class T>
struct IsVector : std::false_type {};
template <class T>
struct IsVector<std::vector<T>> : std::true_type {};
template <class T>
inline constexpr bool kIsStructure =
    std::is_class_v<T> && !std::is_same_v<T, std::string> && !IsVector<T>::value;

// Visitor: the keys that a structure knows.
struct KeyLister {
  std::vector<std::string> keys;
  template <class T>
  void field(std::string_view name, T&, const FieldSpec&) {
    keys.emplace_back(name);
  }
};

template <class T>
void read_value(const Node& node, const FieldSpec& spec, T& value);

// Visitor: reads the fields of a structure from a map.
class FieldReader {
 public:
  explicit FieldReader(const Node& node) : node_(node) {}
  template <class T>
  void field(std::string_view name, T& member, const FieldSpec& spec) {
    if (const Node* child = node_.find(name)) {
      read_value(*child, spec, member);
    } else if (!spec.optional) {
      fail_missing(node_, name, spec);
    }
  }

 private:
  const Node& node_;
};

template <class T>
void read_value(const Node& node, const FieldSpec& spec, T& value) {
  if constexpr (IsVector<T>::value) {
    require_list(node);
    value.clear();
    for (const Node& item : node.items) {
      typename T::value_type element{};
      read_value(item, spec, element);
      value.push_back(std::move(element));
    }
  } else if constexpr (kIsStructure<T>) {
    KeyLister lister;
    value.fields(lister);
    node.allow_keys(lister.keys);
    FieldReader reader(node);
    value.fields(reader);
  } else if constexpr (std::is_same_v<T, bool>) {
    value = parse_bool(node);
  } else if constexpr (std::is_same_v<T, int>) {
    value = static_cast<int>(parse_integer(node, spec, std::numeric_limits<int>::min(),
                                           std::numeric_limits<int>::max()));
  } else if constexpr (std::is_same_v<T, std::int64_t>) {
    // Ranges are doubles, which are exact up to 2^53.
    value = parse_integer(node, spec, -(std::int64_t{1} << 53), std::int64_t{1} << 53);
  } else if constexpr (std::is_same_v<T, double>) {
    value = parse_real(node, spec);
  } else if constexpr (std::is_enum_v<T>) {
    value = EnumNames<T>::kNames[parse_choice(node, enum_names<T>())].first;
  } else {
    static_assert(std::is_same_v<T, std::string>, "a field has a type that files cannot hold");
    value = parse_string(node);
  }
}

template <class T>
Node write_value(T& value, const std::string& path, const std::vector<TaggedValue>& tags);

// Visitor: writes the fields of a structure into a map.
struct FieldWriter {
  Node map;
  const std::vector<TaggedValue>& tags;
  template <class T>
  void field(std::string_view name, T& member, const FieldSpec&) {
    map.keys.emplace_back(name);
    map.key_lines.push_back(0);
    const std::string path =
        map.path.empty() ? std::string(name) : map.path + "." + std::string(name);
    map.items.push_back(write_value(member, path, tags));
  }
};

template <class T>
std::string scalar_text(const T& value) {
  if constexpr (std::is_enum_v<T>) {
    return enum_name(value);
  } else {
    return fmt::format("{}", value);
  }
}

template <class T>
Node write_value(T& value, const std::string& path, const std::vector<TaggedValue>& tags) {
  Node node;
  node.path = path;
  if constexpr (IsVector<T>::value) {
    node.kind = Node::Kind::kList;
    for (std::size_t i = 0; i < value.size(); ++i) {
      node.items.push_back(write_value(value[i], fmt::format("{}[{}]", path, i), tags));
    }
  } else if constexpr (kIsStructure<T>) {
    node.kind = Node::Kind::kMap;
    FieldWriter writer{node, tags};
    value.fields(writer);
    node = std::move(writer.map);
  } else {
    node.kind = Node::Kind::kScalar;
    node.text = scalar_text(value);
  }
  for (const TaggedValue& tag : tags) {
    if (tag.path == path) node.origin = tag.origin;
  }
  return node;
}

// Visitor: a row for each field, nested structures by dotted name, lists by "[]".
struct FieldLister {
  std::string prefix;
  std::vector<FieldRow> rows;

  template <class T>
  void field(std::string_view name, T& member, const FieldSpec& spec) {
    const std::string path = prefix + std::string(name);
    if constexpr (IsVector<T>::value) {
      if constexpr (kIsStructure<typename T::value_type>) {
        typename T::value_type element{};
        nest(path + "[].", element);
      } else {
        rows.push_back({path, std::string(spec.unit), range<typename T::value_type>(spec),
                        fallback(spec, "[]"), std::string(spec.doc)});
      }
    } else if constexpr (kIsStructure<T>) {
      nest(path + ".", member);
    } else {
      rows.push_back({path, std::string(spec.unit), range<T>(spec),
                      fallback(spec, scalar_text(member)), std::string(spec.doc)});
    }
  }

 private:
  template <class T>
  void nest(const std::string& path, T& member) {
    const std::string outer = std::exchange(prefix, path);
    member.fields(*this);
    prefix = outer;
  }
  template <class T>
  static std::string range(const FieldSpec& spec) {
    if constexpr (std::is_enum_v<T>) return fmt::format("{}", fmt::join(enum_names<T>(), ", "));
    if constexpr (std::is_same_v<T, bool>) return "true, false";
    return range_text(spec);
  }
  static std::string fallback(const FieldSpec& spec, const std::string& of_member) {
    if (!spec.optional) return "required";
    return spec.fallback.empty() ? of_member : std::string(spec.fallback);
  }
};

// The structure at a node; unknown and missing keys, wrong types and values out of range are
// InputErrors.
template <class T>
T read(const Node& node) {
  T value{};
  read_value(node, FieldSpec{}, value);
  return value;
}
template <class T>
T read_yaml(const std::filesystem::path& path) {
  return read<T>(parse_yaml(path));
}

// The structure as YAML; values whose path is among `tags` are written with their tag.
template <class T>
std::string print_yaml(T value, const std::vector<TaggedValue>& tags = {}) {
  return to_text(write_value(value, "", tags));
}

// A Markdown table of every field: name, unit, range, default, meaning.
template <class T>
std::string document() {
  T value{};
  FieldLister lister;
  value.fields(lister);
  return markdown_table(lister.rows);
}

}  // namespace orrery
