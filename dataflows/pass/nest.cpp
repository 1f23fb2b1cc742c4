#include "dataflows/pass/nest.h"

#include <algorithm>
#include <functional>
#include <numeric>

namespace orrery {
namespace {

int product(const std::vector<int>& v) {
  return std::accumulate(v.begin(), v.end(), 1, std::multiplies<>());
}

std::vector<int> trip_counts(const std::vector<Loop>& loops, Box box) {
  std::vector<int> counts;
  for (const Loop& loop : loops) {
    counts.push_back(trips(loop, box));
    box = block(loop, box, 0);
  }
  return counts;
}

// Walks down `loops` by the mixed-radix digits of `position`; false where a digit lies beyond a
// ragged edge.
bool descend(const std::vector<Loop>& loops, const std::vector<int>& radix, int position,
             Box& box) {
  int weight = product(radix);
  for (std::size_t i = 0; i < loops.size(); ++i) {
    weight /= radix[i];
    const int digit = position / weight;
    position %= weight;
    if (digit >= trips(loops[i], box)) return false;
    box = block(loops[i], box, digit);
  }
  return true;
}

void append_reductions(std::vector<ReductionLoop>& out, const std::vector<Loop>& loops,
                       bool reversed) {
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
        nest.rows.push_back(loop);
        break;
      case Place::kCols:
        nest.cols.push_back(loop);
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

int Spread::rows() const { return product(row_trips); }
int Spread::cols() const { return product(col_trips); }

Spread spread(const Nest& nest, const Layer& layer) {
  const Box pass = nominal(nest.glb, nominal(nest.dram, layer.box()));
  Spread s;
  s.row_trips = trip_counts(nest.rows, pass);
  s.col_trips = trip_counts(nest.cols, nominal(nest.rows, pass));
  return s;
}

std::optional<Box> pe_box(const Nest& nest, const Spread& spread, const Box& pass, int row,
                          int col) {
  Box box = pass;
  if (!descend(nest.rows, spread.row_trips, row, box)) return std::nullopt;
  if (!descend(nest.cols, spread.col_trips, col, box)) return std::nullopt;
  return box;
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
  append_reductions(tree.outer, nest.dram, false);
  append_reductions(tree.outer, nest.glb, false);
  append_reductions(tree.local, nest.pe, false);
  // Psums enter a chain at its highest row and leave it at its lowest.
  append_reductions(tree.chain, nest.rows, true);
  return tree;
}

}  // namespace orrery
