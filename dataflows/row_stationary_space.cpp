#include <algorithm>
#include <iterator>

#include "dataflows/row_stationary.h"

namespace orrery {
namespace {

// Row stationary as row_stationary.cpp describes it, every size of its own: p filters of a PE,
// t_cols and t_rows blocks of them, m as blocks of a pass; q channels of a PE, r sets of them,
// blocks of a pass; a segment's width and the segments of a strip. Filter rows and columns fold
// over passes or over tiles, ofmap columns over tiles.
std::vector<SpaceLoop> nest_of(const Layer& layer, const Machine& machine) {
  using enum Dim;
  using enum Place;
  const Place strips = layer.post.pool.empty() ? kDram : kGlb;
  const int rows = machine.array.rows, cols = machine.array.cols;
  const auto even = [&](Dim d, int most) { return even_sizes(layer.bound(d), most); };
  const auto any = [&](Dim d) { return even(d, layer.bound(d)); };
  const std::vector<SpaceLoop> loops{{kG, kDram, {1}},
                                     {kN, kDram, any(kN)},
                                     {kP, strips, even(kP, rows), true},
                                     {kQ, strips, any(kQ)},
                                     {kM, kDram, any(kM), true},
                                     {kC, kDram, any(kC), true},
                                     {kR, kDram, any(kR), true},
                                     {kS, kDram, any(kS), true},
                                     {kC, kGlb, even(kC, rows), true},
                                     {kR, kGlb, even(kR, rows)},
                                     {kS, kGlb, any(kS)},
                                     {kM, kGlb, even(kM, rows), true},
                                     {kM, kRows, even(kM, cols), true},
                                     {kP, kRows, even(kP, cols)},
                                     {kC, kRows, even(kC, machine.pe.ifmap_spad_words)},
                                     {kR, kRows, {1}},
                                     {kM, kCols, even(kM, std::max(1, machine.pe.psum_spad_words))},
                                     {kP, kCols, {1}},
                                     {kN, kPe, {1}},
                                     {kQ, kPe, {1}},
                                     {kS, kPe, {1}},
                                     {kC, kPe, {1}},
                                     {kM, kPe, {1}}};
  std::vector<SpaceLoop> nest;
  for (const Place place : {kDram, kGlb, kRows, kCols, kPe}) {
    std::ranges::copy_if(loops, std::back_inserter(nest),
                         [&](const SpaceLoop& loop) { return loop.place == place; });
  }
  return nest;
}

}  // namespace

std::vector<Space> row_stationary_spaces(const Layer& layer, const Machine& machine) {
  const Mapping automatic = row_stationary(layer, machine);
  Space space{.dataflow = automatic.dataflow,
              .nest = nest_of(layer, machine),
              .keep_pe = automatic.keep.pe,
              .keeps = {automatic.keep.glb},
              .automatic = {}};
  for (unsigned mask = 0; mask < 1U << kTensors; ++mask) {
    std::array<bool, kTensors> keep{};
    for (const Tensor t : kAllTensors) {
      keep[index(t)] = !machine.store_of(t).prefetches() && (mask >> index(t) & 1U) != 0;
    }
    if (std::ranges::count(space.keeps, keep) == 0) space.keeps.push_back(keep);
  }
  include_automatic(space, automatic, layer);
  return {space};
}

}  // namespace orrery
