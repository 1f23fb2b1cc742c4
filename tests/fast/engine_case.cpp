#include "tests/fast/engine_case.h"

#include <fmt/format.h>

#include "sim/schedule/misfit.h"
#include "workloads/network/layout.h"
#include "workloads/network/network.h"
#include "workloads/network/network_file.h"
#include "workloads/network/widths.h"

namespace orrery::test {
namespace {

std::string pool_text(const Pool& pool) {
  return fmt::format("{{kind: {}, size: {}, stride: {}, pad: {}}}", enum_name(pool.kind), pool.size,
                     pool.stride, pool.pad);
}

std::string kind_text(const Layer& l) {
  using enum Dim;
  const int groups = l.bound(kG);
  if (l.kind == LayerKind::kPool)
    return fmt::format("pool: {{in: [{}, {}, {}], kind: {}, size: {}, stride: {}, pad: {}}}",
                       groups, l.ifmap_rows, l.ifmap_cols, enum_name(l.pool.kind), l.pool.size,
                       l.pool.stride, l.pool.pad);
  return fmt::format(
      "conv: {{in: [{}, {}, {}], filters: {}, kernel: [{}, {}], stride: [{}, {}], dilation: [{}, "
      "{}], pad: [{}, {}, {}, {}], groups: {}}}",
      groups * l.bound(kC), l.ifmap_rows, l.ifmap_cols, groups * l.bound(kM), l.bound(kR),
      l.bound(kS), l.stride_rows, l.stride_cols, l.dilation_rows, l.dilation_cols, l.pad_top,
      l.pad_bottom, l.pad_left, l.pad_right, groups);
}

std::string layers_text(const Layer& l) {
  const PostProcess& post = l.post;
  std::string text = fmt::format("layers:\n- name: {}\n  {}\n  operand_bits: {}\n  layout: {}\n",
                                 l.name, kind_text(l), l.operand_bits, to_text(l.layouts));
  if (l.kind != LayerKind::kPool) text += fmt::format("  product_shift: {}\n", l.product_shift);
  if (l.kind == LayerKind::kPool) return text;
  text += fmt::format("  post:\n    bias: {}\n    requant_shift: {}\n    relu: {}\n", post.bias,
                      post.requant_shift, post.relu);
  if (!post.pool.empty()) text += fmt::format("    pool: {}\n", pool_text(post.pool.front()));
  return text;
}

void put(Node& map, const std::string& key, Node value) {
  map.kind = Node::Kind::kMap;
  map.keys.push_back(key);
  map.key_lines.push_back(value.where.line);
  map.items.push_back(std::move(value));
}

Node scalar_node(const std::string& text) {
  Node node;
  node.kind = Node::Kind::kScalar;
  node.text = text;
  return node;
}

}  // namespace

Node document(const EngineCase& c) {
  Machine machine = c.machine;
  machine.description.clear();
  machine.source = "invented for tests";
  machine.tags.clear();
  Node root;
  put(root, "machine", parse_yaml_text(orrery::to_yaml(machine), "machine"));
  put(root, "batch", scalar_node(std::to_string(c.layer.bound(Dim::kN))));
  put(root, "layers", parse_yaml_text(layers_text(c.layer), "layers").require("layers"));
  const std::vector<NamedMapping> mappings{{c.layer.name, c.mapping}};
  put(root, "mappings", parse_yaml_text(orrery::to_yaml(mappings), "mappings").require("mappings"));
  // With paths from the root.
  return parse_yaml_text(to_text(root), "case");
}

EngineCase read_case(const Node& document) {
  document.allow_keys({"machine", "batch", "layers", "mappings"});
  Node network, mappings;
  put(network, "name", scalar_node("case"));
  put(network, "source", scalar_node("a case"));
  put(network, "layers", document.require("layers"));
  put(mappings, "mappings", document.require("mappings"));
  const Node& batch = document.require("batch");
  EngineCase c{read_machine(document.require("machine")), {}, {}};
  const auto images = static_cast<int>(parse_integer(batch, {}, 1, 65536));
  c.layer = at_widths(select(read_network(network), images, {}), c.machine.widths()).layers.at(0);
  const std::vector<NamedMapping> read = read_mappings(mappings);
  if (read.size() != 1 || read[0].layer != c.layer.name)
    document.fail(fmt::format("there must be one mapping, of layer {}", c.layer.name));
  c.mapping = read[0].mapping;
  if (const std::string why = misfit(c.machine, c.layer, c.mapping); !why.empty())
    document.fail(why);
  return c;
}

}  // namespace orrery::test
