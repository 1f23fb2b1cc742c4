#include "dataflows/pass/nest.h"

#include <algorithm>

namespace orrery {
namespace {

void append_reductions(std::vector<ReductionLoop>& out, const std::vector<Loop>& loops,
                       bool reversed = false) {
  for (const Loop& loop : loops) {
    if (is_reduction(loop.dim)) out.push_back({loop.dim, loop.step, reversed});
  }
}

}  // namespace

Nest take_apart(const Mapping& mapping, const Layer& layer, const Machine& machine) {
  Nest nest;
  const auto split = [&](Dim d, int limit) {
    if (limit == 0 || layer.bound(d) <= limit) return;
    nest.dram.push_back({d, limit, Place::kDram});
    ++nest.configurations;
  };
  split(Dim::kM, machine.limits.filters);
  split(Dim::kC, machine.limits.channels);
  for (const Loop& loop : mapping.nest) {
    switch (loop.place) {
      case Place::kDram:
        nest.dram.push_back(loop);
        break;
      case Place::kGlb:
        nest.glb.push_back(loop);
        break;
      case Place::kRows:
      case Place::kCols:
        nest.spatial.push_back(loop);
        break;
      case Place::kPe:
        nest.pe.push_back(loop);
        break;
    }
  }
  return nest;
}

Box nominal(const std::vector<Loop>& loops, const Box& within) {
  Box box = within;
  for (const Loop& loop : loops) box = block(loop, box, 0);
  return box;
}

Spread spread(const Nest& nest, const Layer& layer) {
  Box box = nominal(nest.glb, nominal(nest.dram, layer.box()));
  Spread s;
  for (const Loop& loop : nest.spatial) {
    s.trips.push_back(trips(loop, box));
    (loop.place == Place::kRows ? s.rows : s.cols) *= s.trips.back();
    box = block(loop, box, 0);
  }
  return s;
}

int chain_length(const Nest& nest, const Spread& spread) {
  int length = 1;
  for (std::size_t i = nest.spatial.size(); i-- > 0;) {
    if (nest.spatial[i].place != Place::kRows || spread.trips[i] == 1) continue;
    if (!is_reduction(nest.spatial[i].dim)) break;
    length *= spread.trips[i];
  }
  return length;
}

std::vector<int> digits(const Nest& nest, const Spread& spread, int row, int col) {
  std::vector<int> out;
  int row_weight = spread.rows, col_weight = spread.cols;
  for (std::size_t i = 0; i < nest.spatial.size(); ++i) {
    const bool on_rows = nest.spatial[i].place == Place::kRows;
    int& position = on_rows ? row : col;
    int& weight = on_rows ? row_weight : col_weight;
    weight /= spread.trips[i];
    out.push_back(position / weight);
    position %= weight;
  }
  return out;
}

std::optional<Box> pe_box(const Nest& nest, const Spread& spread, const Box& pass, int row,
                          int col) {
  Box box = pass;
  const std::vector<int> digit = digits(nest, spread, row, col);
  for (std::size_t i = 0; i < digit.size(); ++i) {
    // Beyond a ragged edge.
    if (digit[i] >= trips(nest.spatial[i], box)) return std::nullopt;
    box = block(nest.spatial[i], box, digit[i]);
  }
  return box;
}

int nest_place(const Nest& nest, const Spread& spread, int row, int col) {
  int place = 0;
  const std::vector<int> digit = digits(nest, spread, row, col);
  for (std::size_t i = 0; i < digit.size(); ++i) place = place * spread.trips[i] + digit[i];
  return place;
}

const Box& tile_box(const Mapping& mapping, Tensor t, const Box& glb, const Box& pass) {
  return mapping.keep.glb[index(t)] ? glb : pass;
}

bool same_words(const Box& a, const Box& b, Tensor t) {
  return std::ranges::all_of(kAllDims, [&](Dim d) { return !indexes(d, t) || a[d] == b[d]; });
}

ReductionTree reduction_tree(const Mapping& mapping, const Layer& layer, const Machine& machine) {
  const Nest nest = take_apart(mapping, layer, machine);
  ReductionTree tree;
  append_reductions(tree.outer, nest.dram);
  append_reductions(tree.outer, nest.glb);
  append_reductions(tree.local, nest.pe);
  // Psums enter a column at its highest row and leave it at its lowest.
  append_reductions(tree.chain, nest.spatial, machine.array.psum_route == PsumRoute::kColumn);
  return tree;
}

}  // namespace orrery
