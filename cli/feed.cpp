#include "cli/feed.h"

#include <utility>

#include "workloads/tensor/operands.h"

namespace orrery {

Feed::Feed(const Plan& plan, const Options& options) : plan_(plan), options_(options) {
  if (source(options) == Source::kChained) chain_.emplace(plan.network.layers);
}

Supply Feed::take(std::size_t i) {
  const Layer& layer = plan_.network.layers[i];
  const bool files = source(options_) == Source::kFolder;
  Supply supply{layer, files ? operands_from_directory(layer, options_.data)
                             : synthetic_operands(layer, options_.seed, plan_.widths.psum_bits)};
  const PruneRule* rule = plan_.pruning ? plan_.pruning->find(layer.name) : nullptr;
  if (rule != nullptr) prune(supply.in.filter, *rule, layer);
  if (!chain_) return supply;
  if (!layer.input.empty()) supply.in.ifmap = chain_->take_ifmap(layer);
  calibrate(supply.layer, supply.in, plan_.widths, options_.seed);
  return supply;
}

void Feed::put(std::size_t i, OperandTensor ofmap) {
  if (chain_) chain_->put(plan_.network.layers[i], std::move(ofmap));
}

}  // namespace orrery
