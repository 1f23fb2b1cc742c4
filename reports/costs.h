// What a run cost in energy, as text.
#pragma once

#include <string>

#include "sim/result/result.h"

namespace orrery {

// Two grids no wider than `width` (below 1: no limit): energy of each layer by level, a MAC, power
// and energy-delay product; and the total by level and tensor. Empty for a run that was not priced.
std::string to_costs(const NetworkResult& result, int width);

}  // namespace orrery
