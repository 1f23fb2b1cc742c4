// A sequence of passes, played by the array in lock step in C++ and by that in RTL.
#pragma once

#include <string>

#include "sim/rtl/lock_step_rtl.h"
#include "tests/sim/both_lock_step.h"

namespace orrery::test {

struct PairOutcome {
  std::string refused;     // why the RTL does not play the case; empty: it does
  std::string difference;  // the first; empty: none
  std::size_t passes = 0;
  std::int64_t cycles = 0;
  std::uint64_t psums = 0;
};

// Plays a case by both on words of `tensors`, and compares logs, records and psums.
PairOutcome play_pair(const LockStepCase& c, const BothTensors& tensors, LockStepRtl& rtl);

}  // namespace orrery::test
