// Mappings as YAML: the format is described in docs/mapping.md.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <iterator>
#include <limits>

#include "dataflows/mapping/mapping.h"
#include "workloads/input/fields.h"

namespace orrery {
namespace {

constexpr std::array kPlaces{Place::kDram, Place::kGlb, Place::kRows, Place::kCols, Place::kPe};
constexpr FieldSpec kStep{.doc = "words of the dimension that one trip covers", .min = 1};

template <class T, std::size_t N>
std::vector<std::string> names_of(const std::array<T, N>& all) {
  std::vector<std::string> names;
  for (const T& one : all) names.emplace_back(name(one));
  return names;
}

// The child under `key`, which must be there.
const Node& child(const Node& node, std::string_view key, std::string_view doc) {
  if (const Node* found = node.find(key)) return *found;
  fail_missing(node, key, {.doc = doc});
}

std::string text_of(const Node& node) {
  std::string text = parse_string(node);
  if (text.empty()) node.fail(fmt::format("{} is empty; it must be a name", node.path));
  return text;
}

// "M 16": the dimension, blanks, the step.
Loop read_loop(const Node& node, Place place) {
  const std::string text = parse_string(node);
  const std::size_t blank = std::min(text.find(' '), text.size());
  const std::size_t digits = std::min(text.find_first_not_of(' ', blank), text.size());
  const auto dims = names_of(kAllDims);
  const auto dim = std::ranges::find(dims, text.substr(0, blank));
  if (dim == dims.end() || digits == text.size()) {
    node.fail(fmt::format("{} is '{}'; a loop is a dimension ({}) and a step, as in 'M 16'",
                          node.path, text, fmt::join(dims, ", ")));
  }
  Node step = node;
  step.text = text.substr(digits);
  const auto words = parse_integer(step, kStep, 1, std::numeric_limits<int>::max());
  return {kAllDims[static_cast<std::size_t>(dim - dims.begin())], static_cast<int>(words), place};
}

void read_loops(const Node& node, Place place, std::vector<Loop>& nest) {
  require_list(node);
  for (const Node& item : node.items) nest.push_back(read_loop(item, place));
}

std::array<bool, kTensors> read_tensors(const Node& node) {
  require_list(node);
  std::array<bool, kTensors> keep{};
  for (const Node& item : node.items) {
    bool& kept = keep[parse_choice(item, names_of(kAllTensors))];
    if (kept) item.fail(fmt::format("{} names '{}' twice", node.path, item.text));
    kept = true;
  }
  return keep;
}

Keep read_keep(const Node& node) {
  if (node.kind != Node::Kind::kMap) {
    node.fail(fmt::format("{} must be a map with the keys 'glb' and 'pe'", node.path));
  }
  node.allow_keys({"glb", "pe"});
  return {read_tensors(child(node, "glb", "the tensors that the GLB keeps")),
          read_tensors(child(node, "pe", "the tensors that the PEs keep"))};
}

// Temporal places in their order whatever the order of the file; rows and columns in the order in
// which they stand there.
std::vector<Loop> read_nest(const Node& node) {
  std::vector<Loop> nest;
  const auto append = [&](Place place) {
    if (const Node* loops = node.find(name(place))) read_loops(*loops, place, nest);
  };
  append(Place::kDram);
  append(Place::kGlb);
  for (const std::string& key : node.keys) {
    if (key == name(Place::kRows)) append(Place::kRows);
    if (key == name(Place::kCols)) append(Place::kCols);
  }
  append(Place::kPe);
  if (nest.empty()) {
    node.fail(fmt::format("{} has no loops; at least one of {} must list some", node.path,
                          fmt::join(names_of(kPlaces), ", ")));
  }
  return nest;
}

NamedMapping read_mapping(const Node& node) {
  if (node.kind != Node::Kind::kMap)
    node.fail(node.path + " must be a map that starts with 'layer:'");
  std::vector<std::string> known{"layer", "dataflow", "keep"};
  std::ranges::copy(names_of(kPlaces), std::back_inserter(known));
  node.allow_keys(known);
  NamedMapping out;
  out.where = node.where;
  out.layer = text_of(child(node, "layer", "the name of a layer of the network"));
  out.mapping.dataflow = text_of(child(node, "dataflow", "whose idea the mapping is"));
  out.mapping.keep = read_keep(child(node, "keep", "the tensors that the GLB and the PEs keep"));
  out.mapping.nest = read_nest(node);
  return out;
}

// As it is where YAML reads it back as the same text, else in double quotes.
std::string scalar(const std::string& text) {
  const auto plain = [](unsigned char c) { return std::isalnum(c) || c == '_' || c == '-'; };
  const bool starts = !text.empty() && std::isalpha(static_cast<unsigned char>(text[0]));
  if (starts && std::ranges::all_of(text, plain) && nearest(text, {"null"}).empty()) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    if (static_cast<unsigned char>(c) < ' ') {
      quoted += fmt::format("\\x{:02x}", static_cast<unsigned>(c));
    } else {
      quoted += c;
    }
  }
  return quoted + '"';
}

std::string kept(const std::array<bool, kTensors>& keep) {
  std::vector<std::string_view> names;
  for (const Tensor t : kAllTensors) {
    if (keep[index(t)]) names.push_back(name(t));
  }
  return fmt::format("[{}]", fmt::join(names, ", "));
}

// Places in the order of their first loops. Loops of one place must stand together, or the file
// would say another nest.
std::string loops_text(const NamedMapping& named) {
  std::string text;
  std::vector<Place> done;
  const auto& nest = named.mapping.nest;
  for (std::size_t i = 0; i < nest.size();) {
    const Place place = nest[i].place;
    if (std::ranges::count(done, place) > 0) {
      throw InputError(
          fmt::format("the mapping of {} has loops of '{}' apart from each other, which "
                      "a file cannot say; they must stand together",
                      named.layer, name(place)));
    }
    done.push_back(place);
    std::vector<std::string> loops;
    for (; i < nest.size() && nest[i].place == place; ++i) {
      loops.push_back(fmt::format("{} {}", name(nest[i].dim), nest[i].step));
    }
    text += fmt::format("    {}: [{}]\n", name(place), fmt::join(loops, ", "));
  }
  return text;
}

}  // namespace

std::vector<NamedMapping> read_mappings(const std::filesystem::path& path) {
  const Node root = parse_yaml(path);
  if (root.kind != Node::Kind::kMap) root.fail("the file must be a map with the key 'mappings'");
  root.allow_keys({"mappings"});
  const Node& list = child(root, "mappings", "a list of mappings, one for each layer");
  require_list(list);
  std::vector<NamedMapping> all;
  for (const Node& item : list.items) {
    NamedMapping one = read_mapping(item);
    if (std::ranges::count(all, one.layer, &NamedMapping::layer) > 0) {
      item.fail(fmt::format("layer '{}' has a mapping above already", one.layer));
    }
    all.push_back(std::move(one));
  }
  return all;
}

std::string to_yaml(const std::vector<NamedMapping>& mappings) {
  std::string text = mappings.empty() ? "mappings: []\n" : "mappings:\n";
  for (const NamedMapping& named : mappings) {
    text +=
        fmt::format("  - layer: {}\n    dataflow: {}\n    keep: {{glb: {}, pe: {}}}\n{}",
                    scalar(named.layer), scalar(named.mapping.dataflow),
                    kept(named.mapping.keep.glb), kept(named.mapping.keep.pe), loops_text(named));
  }
  return text;
}

}  // namespace orrery
