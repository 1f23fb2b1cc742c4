#include "sim/machine/glb.h"

namespace orrery {

void Glb::resize(const std::array<TileLayout, kTensors>& layout,
                 const std::array<int, kTensors>& buffers) {
  const auto size = [&](Tensor t) { return static_cast<std::size_t>(layout[index(t)].size()); };
  const auto count = [&](Tensor t) { return static_cast<std::size_t>(buffers[index(t)]); };
  for (const Tensor t : {Tensor::kIfmap, Tensor::kFilter})
    words_[index(t)].assign(count(t), std::vector<std::int16_t>(size(t)));
  padding_.assign(count(Tensor::kIfmap), std::vector<std::uint8_t>(size(Tensor::kIfmap)));
  psums_.assign(count(Tensor::kPsum), std::vector<std::int32_t>(size(Tensor::kPsum)));
}

}  // namespace orrery
