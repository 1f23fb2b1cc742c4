// The C++ lanes and the RTL lanes on the same layer, cycle by cycle.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "sim/rtl/lane_rtl.h"

namespace orrery {

struct LaneComparison {
  // The first thing that is not the same, with its round, cycle and lane; empty: nothing.
  std::string difference;
  // What was compared. Rounds without items take no cycle.
  std::int64_t rounds = 0, cycles = 0, items = 0, psums = 0;
  std::array<std::int64_t, kLaneStateNames.size()> lane_cycles{};
  PsumTensor rtl_psums;
};

// Plays the layer by LaneSteps and by the module, a fresh one of that size, and compares in each
// cycle of each round what every lane does, whether an item is sent, and psums on the cycle on
// which they leave the adder (columns) or the array (bricks); which cycle is a round's last; and at
// the end all psums. Throws InputError where the RTL cannot play the layer.
LaneComparison compare_lanes(const Machine& machine, const Layer& layer, const Operands& in,
                             const LaneRtlSize& size, RtlModule& module);

}  // namespace orrery
