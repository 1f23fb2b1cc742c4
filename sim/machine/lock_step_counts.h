// What a pass of an array in lock step counts, as far as that does not depend on the values of
// words.
#pragma once

#include "arch/counts/counts.h"
#include "sim/machine/lock_step_plan.h"

namespace orrery {

// All counts of a pass in which no MAC is gated and no padding is made at the NoC.
Counts pass_counts(const LockStepPlan& plan, PeWork work, const Machine& machine, bool reads_psums);

// Words on the ifmap bus where `padding`, which lies beside the tile from the origin of the pass
// on, is 1. They are not read from the store.
std::int64_t words_made(const LockStepPlan& plan, const std::uint8_t* padding);

}  // namespace orrery
