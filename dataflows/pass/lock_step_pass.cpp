#include "dataflows/pass/lock_step_pass.h"

#include "dataflows/pass/pe_loops.h"

namespace orrery {
namespace {

std::array<int, kDims> first_point(const Box& box) {
  std::array<int, kDims> point;
  for (const Dim d : kAllDims) point[index(d)] = box[d].lo;
  return point;
}

// Words between two points in the tile of `t`.
std::int32_t distance(const Layer& layer, Tensor t, const TileLayout& layout,
                      const std::array<int, kDims>& from, const std::array<int, kDims>& to) {
  const Coordinates a = coordinates(layer, t, from), b = coordinates(layer, t, to);
  std::int64_t words = 0;
  for (std::size_t axis = 0; axis < kAxes; ++axis)
    words += (b[axis] - a[axis]) * layout.stride[axis];
  return static_cast<std::int32_t>(words);
}

}  // namespace

LockStepPass compile_lock_step(const Layer& layer, const Machine& machine, const Mapping& mapping,
                               const Box& pass, const std::array<TileLayout, kTensors>& layout) {
  const Nest nest = take_apart(mapping, layer, machine);
  const Spread s = spread(nest, layer);
  const Box widest = nominal(nest.spatial, pass);
  const std::vector<PeLoop> loops = turning_loops(nest.pe, widest, widest);
  LockStepPass out;
  out.program = pe_program(layer, mapping, nest.pe, widest, widest);
  out.keep = mapping.keep.pe;
  const std::array<int, kDims> origin = first_point(pass);
  for (const Tensor t : kAllTensors) {
    for (std::size_t i = 0; i < loops.size(); ++i) {
      std::array<int, kDims> next = origin;
      ++next[index(loops[i].dim)];
      out.stride[index(t)][i] = distance(layer, t, layout[index(t)], origin, next);
    }
  }
  for (int row = 0; row < s.rows; ++row) {
    for (int col = 0; col < s.cols; ++col) {
      const std::optional<Box> box = pe_box(nest, s, pass, row, col);
      if (!box) continue;
      LockStepPe pe{.row = row,
                    .col = col,
                    .place = nest_place(nest, s, row, col),
                    .offset = {},
                    .bound = {}};
      for (const Tensor t : kAllTensors) {
        pe.offset[index(t)] = distance(layer, t, layout[index(t)], origin, first_point(*box));
      }
      for (std::size_t i = 0; i < loops.size(); ++i) pe.bound[i] = (*box)[loops[i].dim].size();
      out.cols = std::max(out.cols, col + 1);
      out.pes.push_back(pe);
    }
  }
  return out;
}

}  // namespace orrery
