// The array in lock step in C++ and that in RTL on the same passes, cycle by cycle.
#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "sim/machine/lock_step_log.h"
#include "sim/machine/lock_step_plan.h"
#include "sim/machine/pass_record.h"
#include "sim/rtl/difference.h"
#include "sim/rtl/lock_step_rtl.h"

namespace orrery {

// A pass of a sequence; `plan` is made to drive.
struct LockStepPassCase {
  const LockStepPass* pass = nullptr;
  const LockStepPlan* plan = nullptr;
  PassTiles tiles;            // but psums,
  std::size_t psum_from = 0;  // whose tile begins there in the psums of the sequence
  std::int64_t from = 0;      // cycle from which on its tiles are in the GLB
};

struct LockStepSequence {
  const Machine* machine = nullptr;
  MacRegisters registers;
  PeWork work = PeWork::kMultiply;
  std::vector<LockStepPassCase> passes;
  std::vector<std::int32_t> psum;  // before the first pass
};

struct LockStepComparison {
  std::optional<ArrayDifference> difference;
  std::int64_t cycles = 0;
  std::uint64_t psums = 0;  // that left, of all passes
};

// Plays the passes one after the other, each as soon as the array can take it, first by a
// LockStepArray, then by the RTL; compares what happened in each cycle, what was counted (overflows
// of chains, which RTL does not tell, left out) and the psums in the end. Where `waves` is given,
// both are written there as rtl.fst (of a module built for it) and cycles.vcd, on one time axis.
// Throws InputError where the RTL cannot play a pass, DeadlockError where the C++ array never ends.
LockStepComparison compare_lock_step(const LockStepSequence& sequence, LockStepRtl& rtl,
                                     const std::filesystem::path& waves = {});

// The earliest of what happened in a cycle; nothing: all is the same.
std::optional<ArrayDifference> first_difference(const LockStepSequence& sequence,
                                                const LockStepLog& cpp, const LockStepLog& rtl);

}  // namespace orrery
