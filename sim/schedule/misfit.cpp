#include "sim/schedule/misfit.h"

#include <fmt/format.h>

namespace orrery {
namespace {

// Pooling layers without a mapping go from the GLB through post-processing.
std::string misfit_of_pooling(const Machine& machine, const Layer& layer) {
  const Store& store = machine.store_of(Tensor::kIfmap);
  const std::int64_t words = std::int64_t{store.banks} * store.bank_words,
                     plane = std::int64_t{layer.ifmap_rows} * layer.ifmap_cols;
  if (!machine.post.pooling) return "it is a pooling layer; the machine has no pooling";
  if (machine.dma.compression != Compression::kNone)
    return "it is a pooling layer that post-processing plays plane by plane; dma.compression codes "
           "tiles, and is for layers with a mapping";
  if (plane <= words) return {};
  return fmt::format("a plane of {} words does not fit store {}, which has {}", plane, store.name,
                     words);
}

}  // namespace

std::string misfit(const Machine& machine, const Layer& layer, const Mapping& mapping) {
  const bool by_post = layer.kind == LayerKind::kPool && mapping.nest.empty();
  return by_post ? misfit_of_pooling(machine, layer) : check(mapping, layer, machine);
}

}  // namespace orrery
