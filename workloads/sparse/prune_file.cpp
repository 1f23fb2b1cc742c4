#include <fmt/format.h>

#include <algorithm>

#include "workloads/input/fields.h"
#include "workloads/sparse/prune.h"

namespace orrery {
namespace {

struct RuleWords {
  std::string layer;
  double keep = 1, keep_channels = 1;
  int n = 0, m = 0;
  template <class V>
  void fields(V& v) {
    v.field("layer", layer, {.doc = "of the network"});
    v.field(
        "keep", keep,
        {.doc = "share of the words that stay, the largest", .min = 0, .max = 1, .optional = true});
    v.field("n", n,
            {.doc = "words that stay of each m neighbouring channels",
             .min = 1,
             .max = 64,
             .optional = true});
    v.field("m", m, {.doc = "neighbouring channels", .min = 1, .max = 64, .optional = true});
    v.field("keep_channels", keep_channels,
            {.doc = "share of the ifmap channels that stay whole",
             .min = 0,
             .max = 1,
             .optional = true});
  }
};

struct PruningWords {
  std::string name, source;
  std::vector<RuleWords> layers;
  template <class V>
  void fields(V& v) {
    v.field("name", name, {.doc = "for people"});
    v.field("source", source, {.doc = "where the rates come from"});
    v.field("layers", layers, {.doc = "a rule each"});
  }
};

void check_layer(const std::string& name, const Network& network, const Node& at) {
  std::vector<std::string> names;
  for (const Layer& layer : network.layers) {
    names.push_back(layer.name);
    if (layer.name != name) continue;
    if (layer.kind == LayerKind::kPool)
      at.fail(fmt::format("{} is {}, a pooling layer: it has no filters", at.path, name));
    return;
  }
  at.fail(
      fmt::format("there is no layer '{}' in {}{}", name, network.name, did_you_mean(name, names)));
}

void check_rule(const RuleWords& rule, const Node& node) {
  const bool n = node.find("n") != nullptr, m = node.find("m") != nullptr;
  if (n != m)
    node.fail(fmt::format("{} has {} alone; n and m go together", node.path, n ? "n" : "m"));
  if (rule.n > rule.m)
    node.toward("n").fail(
        fmt::format("{}.n is {}, more than its m of {}", node.path, rule.n, rule.m));
  if (n || node.find("keep") != nullptr || node.find("keep_channels") != nullptr) return;
  node.fail(
      fmt::format("{} says nothing; it must have keep, keep_channels, or n and m", node.path));
}

}  // namespace

const PruneRule* Pruning::find(const std::string& layer) const {
  const auto entry = std::ranges::find(layers, layer, &Entry::layer);
  return entry == layers.end() ? nullptr : &entry->rule;
}

Pruning read_pruning(const std::filesystem::path& path, const Network& network) {
  const Node root = parse_yaml(path);
  const PruningWords words = read<PruningWords>(root);
  const Node& list = root.require("layers");
  Pruning pruning{words.name, words.source, {}};
  for (std::size_t i = 0; i < words.layers.size(); ++i) {
    const RuleWords& w = words.layers[i];
    const Node& node = list.items[i];
    check_layer(w.layer, network, node.toward("layer"));
    check_rule(w, node);
    if (pruning.find(w.layer) != nullptr)
      node.toward("layer").fail(fmt::format("{} has two rules", w.layer));
    pruning.layers.push_back({w.layer, {w.keep_channels, {w.n, w.m}, w.keep}});
  }
  return pruning;
}

}  // namespace orrery
