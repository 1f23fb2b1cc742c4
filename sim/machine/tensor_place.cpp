#include "sim/machine/tensor_place.h"

#include <algorithm>

namespace orrery {
namespace {

using Order = std::array<std::size_t, kAxes>;

// From the outermost axis on. Axes are g, n, channel, row, column of maps; g, m, c, r, s of
// filters.
constexpr Order kMapRowMajor{1, 0, 2, 3, 4}, kMapChannelsLast{1, 3, 4, 0, 2};
constexpr Order kFilterRowMajor{0, 1, 2, 3, 4}, kFilterChannelsLast{0, 1, 3, 4, 2};

}  // namespace

TensorPlace tensor_place(Tensor t, Layout layout, const Extents& extent, const Extents& tile) {
  const bool filter = t == Tensor::kFilter;
  TensorPlace place;
  place.order = filter ? kFilterRowMajor : kMapRowMajor;
  Order order = place.order;
  if (layout == Layout::kNhwc) order = filter ? kFilterChannelsLast : kMapChannelsLast;
  place.row_major = order == place.order;
  for (std::size_t a = 0; a < kAxes; ++a) {
    TensorPlace::Axis& axis = place.axis[a];
    axis.extent = axis.block = extent[a];
    if (layout == Layout::kTiled) axis.block = std::clamp<std::int64_t>(tile[a], 1, extent[a]);
    if (axis.block < axis.extent) place.row_major = false;
  }
  std::int64_t stride = 1;
  for (std::size_t k = kAxes; k-- > 0;) {
    place.axis[order[k]].inner = stride;
    stride *= place.axis[order[k]].block;
  }
  for (std::size_t k = kAxes; k-- > 0;) {
    TensorPlace::Axis& axis = place.axis[order[k]];
    axis.outer = stride;
    stride *= (axis.extent + axis.block - 1) / axis.block;
  }
  place.elements = stride;
  return place;
}

}  // namespace orrery
