// The loops that turn inside one PE.
#pragma once

#include <array>
#include <vector>

#include "dataflows/mapping/mapping.h"

namespace orrery {

struct PeLoop {
  Dim dim;
  int bound;
};

// The PE loops that take more than one step over `widest`, outermost first and at least one, with
// their steps over `box`.
std::vector<PeLoop> turning_loops(const std::vector<Loop>& pe_loops, const Box& box,
                                  const Box& widest);

// Whether the windows of a PE slide along the rows (P and R) and the columns (Q and S) of a kept
// ifmap: where they overlap and leave no gaps, a step of the output dimension brings only the words
// that are new; otherwise each window is fetched anew. Both loops of the axis must turn, with no
// other loop over ifmap words between them.
std::array<bool, 2> sliding_axes(const Layer& layer, const Mapping& mapping,
                                 const std::vector<PeLoop>& loops);

}  // namespace orrery
