#include "workloads/chain/chain.h"

#include <fmt/format.h>

#include <stdexcept>
#include <utility>

#include "workloads/golden/golden.h"
#include "workloads/tensor/operands.h"

namespace orrery {

Chain::Chain(const std::vector<Layer>& layers) {
  for (const Layer& layer : layers) {
    if (!layer.input.empty()) ++maps_[layer.input].readers;
  }
}

bool Chain::needs(const Layer& layer) const {
  const auto map = maps_.find(layer.name);
  return map != maps_.end() && map->second.readers > 0;
}

void Chain::put(const Layer& layer, OperandTensor ofmap) {
  if (!needs(layer)) return;
  for (const Pool& pool : layer.pool_after) ofmap = golden_pool(pool, ofmap);
  Map& map = maps_.at(layer.name);
  map.words = std::move(ofmap.data);
  map.present = true;
}

OperandTensor Chain::take_ifmap(const Layer& reader) {
  const auto found = maps_.find(reader.input);
  if (found == maps_.end() || !found->second.present || found->second.readers == 0) {
    throw std::logic_error(fmt::format("{} reads an ofmap that is not there", reader.name));
  }
  Map& map = found->second;
  OperandTensor ifmap = padded_ifmap(reader, map.words);
  if (--map.readers == 0) map = {};
  return ifmap;
}

void calibrate(Layer& layer, Operands& in, const Widths& widths, std::uint64_t seed) {
  const Magnitudes m = magnitudes(in, layer.formats);
  settle_shifts(layer, m, widths);
  in.bias = synthetic_biases(layer, seed, bias_bits(layer, m, widths.psum_bits));
}

}  // namespace orrery
