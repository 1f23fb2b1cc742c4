// Lanes on a clock: a source, a queue of registers for each lane, and the lanes, a step in each
// cycle.
#pragma once

#include "sim/sparse/lanes.h"

namespace orrery {

// Plays all rounds clock by clock, each entry in its cycle. The modules are built once in a
// process, with the first call, which must come before any other SystemC run of it; then one thread
// at a time may play any machine's lanes.
LaneTimes play_lanes_on_clocks(const LaneRules& rules, LaneWork& work);

}  // namespace orrery
