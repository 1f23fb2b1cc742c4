// Results as text for a terminal.
#pragma once

#include <string>

#include "sim/result/result.h"

namespace orrery {

// Four grids no wider than `width` characters where that can be (below 1: no limit): the layers and
// their total; cycles of the array by cause; PE-cycles by state; words by place, action and tensor.
// Then frames a second. GLB words are those the array reads and writes of ifmaps and psums. MB are
// 10^6 bytes.
std::string to_table(const NetworkResult& result, int width);

}  // namespace orrery
