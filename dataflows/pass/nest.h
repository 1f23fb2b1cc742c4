// The nest of a mapping, taken apart: which box a pass, a tile and a PE work on.
#pragma once

#include <optional>
#include <vector>

#include "dataflows/mapping/mapping.h"
#include "workloads/golden/golden.h"

namespace orrery {

// The mapping's loops by place. Where a layer has more filters or channels than one configuration
// of the machine supports, `dram` starts with `configurations` loops that split it
// (Machine::limits).
struct Nest {
  std::vector<Loop> dram, glb, spatial, pe;  // spatial: rows and columns, in their order
  int configurations = 0;
};
Nest take_apart(const Mapping& mapping, const Layer& layer, const Machine& machine);

// The largest box that any iteration of `loops` works on: extents from zero. Loops of several
// places may be applied in turn.
Box nominal(const std::vector<Loop>& loops, const Box& within);

// Size and position of the array's use: trip counts of the spatial loops over the largest pass.
struct Spread {
  std::vector<int> trips;  // of each spatial loop
  int rows = 1, cols = 1;
};
Spread spread(const Nest& nest, const Layer& layer);
// Neighbouring rows of a column of PEs that add to the same psums: the trips of the row loops over
// reductions inside the last other one that turns.
int chain_length(const Nest& nest, const Spread& spread);

// The step of each spatial loop at (row, col). Rows and columns are mixed-radix numbers: each loop
// of an axis is a digit, the outermost the most significant.
std::vector<int> digits(const Nest& nest, const Spread& spread, int row, int col);

// The part of a pass that the PE at (row, col) works on; empty where it has nothing to do.
std::optional<Box> pe_box(const Nest& nest, const Spread& spread, const Box& pass, int row,
                          int col);
// The place of (row, col) in the order of the nest: its spatial loops turn like an odometer, the
// innermost fastest, whether over rows or columns.
int nest_place(const Nest& nest, const Spread& spread, int row, int col);

// The tile of `t` that the GLB holds for a pass: of the GLB's box if kept, of the pass if bypassed.
const Box& tile_box(const Mapping& mapping, Tensor t, const Box& glb, const Box& pass);

// True where two boxes touch the same words of `t`, i.e. agree in the dimensions that index it.
bool same_words(const Box& a, const Box& b, Tensor t);

// The order in which one psum is added up: by the nest in time, and in a pass along the column that
// it climbs, or in the order in which its PEs send their shares to the store that adds them. Where
// psums meet in another way their order is not told: they wrap there, or stay in one PE.
ReductionTree reduction_tree(const Mapping& mapping, const Layer& layer, const Machine& machine);

}  // namespace orrery
