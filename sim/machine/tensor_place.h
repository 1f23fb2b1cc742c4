// Where the elements of a tensor lie in DRAM, from its first word on.
#pragma once

#include <array>
#include <cstdint>

#include "dataflows/pass/pass.h"

namespace orrery {

// Axes are those of TileLayout. Each is cut into blocks; how far an element lies from the first is
// the sum over the axes of what its coordinate says.
struct TensorPlace {
  struct Axis {
    std::int64_t extent = 1, block = 1;
    std::int64_t inner = 0, outer = 0;  // elements from coordinate to coordinate, block to block
    std::int64_t at(std::int64_t x) const { return x / block * outer + x % block * inner; }
  };
  std::array<Axis, kAxes> axis;
  std::array<std::size_t, kAxes> order{};  // axes of the row-major tensor, from the outermost on
  std::int64_t elements = 0;               // holes included
  bool row_major = false;                  // element i of the tensor lies at i

  std::int64_t at(const std::array<std::int64_t, kAxes>& x) const {
    std::int64_t sum = 0;
    for (std::size_t a = 0; a < kAxes; ++a) sum += axis[a].at(x[a]);
    return sum;
  }
  // Calls visit(i, place) for each element of the tensor in row-major order.
  template <class Visit>
  void for_each(Visit visit) const;
};

// `extent` of each axis as DRAM holds it; `tile`: the size of a block of a tiled layout.
using Extents = std::array<std::int64_t, kAxes>;
TensorPlace tensor_place(Tensor t, Layout layout, const Extents& extent, const Extents& tile);

template <class Visit>
void TensorPlace::for_each(Visit visit) const {
  std::array<std::int64_t, kAxes> x{};
  std::int64_t count = 1;
  for (const Axis& a : axis) count *= a.extent;
  for (std::int64_t i = 0; i < count; ++i) {
    visit(i, at(x));
    for (std::size_t k = kAxes; k-- > 0;) {
      const std::size_t a = order[k];
      if (++x[a] < axis[a].extent) break;
      x[a] = 0;
    }
  }
}

}  // namespace orrery
