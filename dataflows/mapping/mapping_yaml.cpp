// Mappings as YAML: the format is described in docs/mapping.md.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <limits>

#include "dataflows/mapping/mapping.h"
#include "dataflows/mapping/nest_yaml.h"
#include "workloads/input/fields.h"

namespace orrery {
namespace {

constexpr FieldSpec kStep{.doc = "words of the dimension that one trip covers", .min = 1};

Keep read_keep(const Node& node) {
  if (node.kind != Node::Kind::kMap) {
    node.fail(fmt::format("{} must be a map with the keys 'glb' and 'pe'", node.path));
  }
  node.allow_keys({"glb", "pe"});
  return {read_tensors(required(node, "glb", "the tensors that the GLB keeps")),
          read_tensors(required(node, "pe", "the tensors that the PEs keep"))};
}

std::vector<Loop> read_nest(const Node& node) {
  std::vector<Loop> nest;
  for (const WrittenLoop& loop : read_loops(node, "a step, as in 'M 16'")) {
    const auto words = parse_integer(loop.size, kStep, 1, std::numeric_limits<int>::max());
    nest.push_back({loop.dim, static_cast<int>(words), loop.place});
  }
  return nest;
}

NamedMapping read_mapping(const Node& node) {
  if (node.kind != Node::Kind::kMap)
    node.fail(node.path + " must be a map that starts with 'layer:'");
  std::vector<std::string> known{"layer", "dataflow", "keep"};
  std::ranges::copy(place_keys(), std::back_inserter(known));
  node.allow_keys(known);
  NamedMapping out;
  out.where = node.where;
  out.layer = required_name(node, "layer", "the name of a layer of the network");
  out.mapping.dataflow = required_name(node, "dataflow", "whose idea the mapping is");
  out.mapping.keep = read_keep(required(node, "keep", "the tensors that the GLB and the PEs keep"));
  out.mapping.nest = read_nest(node);
  return out;
}

std::string nest_text(const NamedMapping& named) {
  std::vector<LoopText> nest;
  for (const Loop& loop : named.mapping.nest) {
    nest.push_back({loop.place, fmt::format("{} {}", name(loop.dim), loop.step)});
  }
  return loops_text(nest, "    ", "the mapping of " + named.layer);
}

}  // namespace

std::vector<NamedMapping> read_mappings(const std::filesystem::path& path) {
  return read_mappings(parse_yaml(path));
}

std::vector<NamedMapping> read_mappings(const Node& root) {
  if (root.kind != Node::Kind::kMap) root.fail("the file must be a map with the key 'mappings'");
  root.allow_keys({"mappings"});
  const Node& list = required(root, "mappings", "a list of mappings, one for each layer");
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
    text += fmt::format("  - layer: {}\n    dataflow: {}\n    keep: {{glb: {}, pe: {}}}\n{}",
                        scalar(named.layer), scalar(named.mapping.dataflow),
                        tensors_text(named.mapping.keep.glb), tensors_text(named.mapping.keep.pe),
                        nest_text(named));
  }
  return text;
}

}  // namespace orrery
