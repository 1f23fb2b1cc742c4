// The words of an ifmap that one psum reads.
#pragma once

#include <cstdint>
#include <vector>

#include "workloads/tensor/tensor.h"

namespace orrery {

// Windows of a layer in the order of its psums: image, group, ofmap row, ofmap column.
struct WindowAt {
  int n = 0, g = 0, p = 0, q = 0;
};
std::int64_t windows(const Layer& layer);
WindowAt window_at(const Layer& layer, std::int64_t window);

// Channels in a group, rows, columns of the window: [C][R][S], as a filter has them.
void gather(const Layer& layer, const OperandTensor& ifmap, const WindowAt& at,
            std::vector<std::int16_t>& words);

// Place of a psum in [N][G*M][P][Q].
inline std::size_t psum_place(const Layer& layer, const WindowAt& at, int m) {
  const auto bound = [&](Dim d) { return static_cast<std::size_t>(layer.bound(d)); };
  const auto channel =
      static_cast<std::size_t>(at.g) * bound(Dim::kM) + static_cast<std::size_t>(m);
  const std::size_t plane =
      static_cast<std::size_t>(at.n) * bound(Dim::kG) * bound(Dim::kM) + channel;
  return (plane * bound(Dim::kP) + static_cast<std::size_t>(at.p)) * bound(Dim::kQ) +
         static_cast<std::size_t>(at.q);
}

}  // namespace orrery
