// Why a layer takes as long as it does: its cycles, overhead by overhead.
#pragma once

#include <string>

#include "sim/result/result.h"

namespace orrery {

// A line for each overhead, a column for each layer. The cycles of passes are those of the mean
// mapped PE, so the lines of a column add up to the layer's cycles (up to rounding). A width below
// 1 stands for no limit.
std::string to_why(const NetworkResult& result, int width);

}  // namespace orrery
