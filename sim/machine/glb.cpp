#include "sim/machine/glb.h"

namespace orrery {

void Glb::resize(const std::array<TileLayout, kTensors>& layout) {
  for (const Tensor t : {Tensor::kIfmap, Tensor::kFilter}) {
    for (auto& buffer : words_[index(t)])
      buffer.assign(static_cast<std::size_t>(layout[index(t)].size()), 0);
  }
  for (auto& buffer : padding_)
    buffer.assign(static_cast<std::size_t>(layout[index(Tensor::kIfmap)].size()), 0);
  for (auto& buffer : psums_)
    buffer.assign(static_cast<std::size_t>(layout[index(Tensor::kPsum)].size()), 0);
  present_ = {};
}

}  // namespace orrery
