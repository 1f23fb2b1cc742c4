// The PE array in lock step (docs/lock_step.md): every PE takes the same step of the nest in the
// same cycle. Time is a recurrence over steps; values move through the registers of the PEs.
#pragma once

#include <cstdint>

#include "sim/machine/lock_step_clock.h"
#include "sim/machine/lock_step_values.h"

namespace orrery {

class LockStepArray {
 public:
  explicit LockStepArray(const Machine& machine);

  bool shadows(const LockStepPlan& plan) const { return clock_.shadows(plan); }
  std::int64_t fill_cycles(const LockStepPlan& plan) const { return clock_.fill_cycles(plan); }

  // Plays a pass whose buses start in cycle `begin`, no earlier than `handed` of the pass before.
  // Its filters, where shadowed, moved from cycle `fill_begin` on, and are there. Without an ifmap
  // tile (and then without the others) only times and counts are played, and no MAC is gated; a
  // `padding` that is there still tells which words are made. Throws DeadlockError.
  PassTimes play(const LockStepPlan& plan, PeWork work, const MacRegisters& registers,
                 const PassTiles& tiles, std::int64_t fill_begin, std::int64_t begin);

  // What has been counted since the last call. Cycles are those up to the last step so far, and
  // those after it up to the end of the pass or `now`, whichever comes first. Each cycle is charged
  // once, whatever passes overlap in it.
  PassRecord take_record(std::int64_t now);

  // Passes to come are written down there; null: nowhere.
  void log(LockStepLog* log) { log_ = log; }

  // Plans of the passes to come must have been made with the same lost word.
  void lose(const LostWord& word) { values_.lose(word); }

 private:
  LockStepLog::Pass* begin_log();
  void end_log(std::int64_t fill_begin, const PassTimes& times);

  const Machine& machine_;
  LockStepClock clock_;
  LockStepValues values_;
  LockStepLog* log_ = nullptr;
};

}  // namespace orrery
