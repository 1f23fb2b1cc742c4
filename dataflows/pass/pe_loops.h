// The loops that turn inside one PE.
#pragma once

#include <vector>

#include "dataflows/mapping/mapping.h"

namespace orrery {

struct PeLoop {
  Dim dim;
  int bound;
};

// The PE loops that take more than one step over `box`, outermost first; at least one loop.
std::vector<PeLoop> turning_loops(const std::vector<Loop>& pe_loops, const Box& box);

}  // namespace orrery
