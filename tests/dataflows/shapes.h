// Layers of every kind, small enough to walk, and the machines to map them on.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "arch/machine/machine.h"
#include "workloads/layer/layer.h"

namespace orrery::test {

inline Layer shape(const std::string& name, const std::array<int, kDims>& bounds, int stride = 1,
                   int dilation = 1) {
  Layer layer;
  layer.name = name;
  layer.bounds = bounds;
  layer.operand_bits = 8;
  layer.stride_rows = layer.stride_cols = stride;
  layer.dilation_rows = layer.dilation_cols = dilation;
  const auto span = [&](Dim out, Dim tap) {
    return (layer.bound(out) - 1) * stride + (layer.bound(tap) - 1) * dilation + 1;
  };
  layer.ifmap_rows = span(Dim::kP, Dim::kR);
  layer.ifmap_cols = span(Dim::kQ, Dim::kS);
  return layer;
}

inline std::vector<Layer> shapes() {  // G N M C P Q R S
  std::vector<Layer> all{shape("conv", {1, 2, 10, 7, 9, 9, 3, 3}),
                         shape("strided", {1, 1, 8, 3, 7, 6, 5, 4}, 2),
                         shape("dilated", {1, 1, 6, 5, 8, 8, 3, 3}, 1, 2),
                         shape("pointwise", {1, 1, 30, 20, 6, 6, 1, 1}),
                         shape("depthwise", {12, 1, 1, 1, 8, 8, 3, 3}),
                         shape("grouped", {2, 1, 6, 5, 7, 7, 3, 3}),
                         shape("fc", {1, 3, 40, 50, 1, 1, 1, 1}),
                         shape("fc of planes", {1, 1, 30, 6, 1, 1, 4, 5}),
                         shape("gemm", {1, 24, 10, 12, 1, 1, 1, 1}),
                         shape("rows", {1, 1, 10, 12, 24, 1, 1, 1}),
                         shape("pooled", {1, 1, 9, 4, 8, 8, 3, 3}),
                         shape("one", {1, 1, 1, 1, 1, 1, 1, 1})};
  all[10].post.pool.push_back({});
  return all;
}

inline std::vector<Machine> machines() {
  std::vector<Machine> all;
  for (const char* name : {"eyeriss", "tutorial_2x2", "tutorial_4x4"}) {
    all.push_back(
        read_machine(std::string(ORRERY_SOURCE_DIR) + "/arch/" + std::string(name) + ".yaml"));
  }
  return all;
}

}  // namespace orrery::test
