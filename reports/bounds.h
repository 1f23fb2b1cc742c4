// How near a run came to what nothing can beat, as text.
#pragma once

#include <string>

#include "sim/result/result.h"

namespace orrery {

// A line for each limit, a column for each layer: the core cycles that it needs at least; then
// which binds, the cycles that were taken, and DRAM words beside the least possible. No wider than
// `width` (below 1: no limit). Empty for a run without bounds.
std::string to_bounds(const NetworkResult& result, int width);

}  // namespace orrery
