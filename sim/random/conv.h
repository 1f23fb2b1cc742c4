// Random layers, small enough to enumerate.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "sim/random/rng.h"
#include "workloads/layer/layer.h"

namespace orrery {

// A convolution of at most 8 * 3 * 3 products a psum, whose windows may leave gaps.
inline Layer random_conv(Rng& rng) {
  Layer layer;
  layer.name = "random";
  layer.bounds = {rng.in(1, 3), rng.in(1, 2), rng.in(1, 3), rng.in(1, 8),
                  rng.in(1, 6), rng.in(1, 6), rng.in(1, 3), rng.in(1, 3)};
  layer.stride_rows = rng.in(1, 4), layer.stride_cols = rng.in(1, 4);
  layer.dilation_rows = rng.in(1, 3), layer.dilation_cols = rng.in(1, 3);
  layer.pad_top = rng.in(0, 2), layer.pad_bottom = rng.in(0, 2);
  layer.pad_left = rng.in(0, 2), layer.pad_right = rng.in(0, 2);
  // The least plane that P, Q, R and S need, and some words that no window reaches.
  const auto extent = [&](Dim out, Dim taps, int stride, int dilation, int padding) {
    const int least = (layer.bound(out) - 1) * stride + (layer.bound(taps) - 1) * dilation + 1;
    return std::max(1, least - padding) + rng.in(0, stride - 1);
  };
  layer.ifmap_rows = extent(Dim::kP, Dim::kR, layer.stride_rows, layer.dilation_rows,
                            layer.pad_top + layer.pad_bottom);
  layer.ifmap_cols = extent(Dim::kQ, Dim::kS, layer.stride_cols, layer.dilation_cols,
                            layer.pad_left + layer.pad_right);
  // A plane of padding alone would have been made larger above, and the ofmap with it.
  layer.bounds[index(Dim::kP)] =
      (layer.padded_rows() - layer.dilation_rows * (layer.bound(Dim::kR) - 1) - 1) /
          layer.stride_rows +
      1;
  layer.bounds[index(Dim::kQ)] =
      (layer.padded_cols() - layer.dilation_cols * (layer.bound(Dim::kS) - 1) - 1) /
          layer.stride_cols +
      1;
  return layer;
}

// The layer as an entry of a network.yaml.
inline std::string to_yaml(const Layer& l) {
  return fmt::format(
      "- {{name: {}, product_shift: {}, conv: {{in: [{}, {}, {}], filters: {}, kernel: [{}, {}], "
      "stride: [{}, {}], dilation: [{}, {}], pad: [{}, {}, {}, {}], groups: {}}}}}  # batch {}",
      l.name, l.product_shift, l.bound(Dim::kG) * l.bound(Dim::kC), l.ifmap_rows, l.ifmap_cols,
      l.bound(Dim::kG) * l.bound(Dim::kM), l.bound(Dim::kR), l.bound(Dim::kS), l.stride_rows,
      l.stride_cols, l.dilation_rows, l.dilation_cols, l.pad_top, l.pad_bottom, l.pad_left,
      l.pad_right, l.bound(Dim::kG), l.bound(Dim::kN));
}

}  // namespace orrery
