// A sequence of passes, played by the array in lock step in C++ and by that in RTL.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "sim/rtl/lock_step_compare.h"
#include "tests/sim/both_lock_step.h"

namespace orrery::test {

// A compiled array of that size; compiles it, once, where it is not there yet.
std::unique_ptr<RtlModule> make_module(const LockStepRtlSize& size,
                                       RtlExtras extras = RtlExtras::kNone);
inline LockStepRtl make_rtl(const LockStepRtlSize& size, RtlExtras extras = RtlExtras::kNone) {
  return {make_module(size, extras), size};
}

struct PairOutcome {
  std::string refused;  // why the case is not played by both; empty: it is
  LockStepComparison compared;
};

// Plays a case by both on words of `tensors`; writes waves of both where it is told a folder.
PairOutcome play_pair(const LockStepCase& c, const BothTensors& tensors, LockStepRtl& rtl,
                      const std::filesystem::path& waves = {});

}  // namespace orrery::test
