// Passes that no layer and no mapping stand behind: any groups of PEs, any routes of psums.
#pragma once

#include <cstdint>

#include "sim/rtl/trial.h"

namespace orrery::test {

// For one seed the same case, everywhere: up to three passes on an array of the shape's size and
// packets. `steps`: the most of a counter, up to 4.
ArrayTrial random_fabric(std::uint64_t seed, const RtlShape& shape, int steps);

// The same, on all PEs: in turn sums of 65535 products in each of the counters, streams of up to
// 65535 words with high strides, and two passes of up to 16384 windows.
ArrayTrial long_fabric(std::uint64_t seed, const RtlShape& shape);

}  // namespace orrery::test
