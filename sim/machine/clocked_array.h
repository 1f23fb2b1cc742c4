// An array that is played clock by clock beside the machine, such as one in RTL: it learns of a
// pass no sooner than the pass may begin, and what becomes of it is known only when it is played.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

#include "sim/machine/lock_step_clock.h"
#include "sim/machine/lock_step_plan.h"

namespace orrery {

// A pass compiled for an array: independent PEs have a Pass, PEs in lock step the other two, made
// to drive.
struct ArrayPass {
  Pass independent;
  LockStepPass lock_step;
  LockStepPlan plan;
  int pes = 0;
};

// Cycles are core cycles since the start of the layer.
class ClockedArray {
 public:
  static constexpr std::int64_t kUnknown = -1;

  ClockedArray() = default;
  ClockedArray(const ClockedArray&) = delete;
  ClockedArray& operator=(const ClockedArray&) = delete;
  virtual ~ClockedArray() = default;

  // The next pass; its tiles are in the GLB from cycle `from` on, up to which all has been played.
  // It begins as soon as the array can take it, and so do its filters into shadow registers. Only
  // after the pass before has begun and has its filters. Both must outlive it. Throws InputError
  // where it cannot be played.
  virtual void give(const ArrayPass& pass, const PassTiles& tiles, std::int64_t from) = 0;
  // Plays the cycles before `cycle`, and of that one what no pass can change that is still to be
  // given in it. Throws DeadlockError.
  virtual void play_until(std::int64_t cycle) = 0;
  // Of the pass that was given as number `pass`, from 0 on: what is known so far, else kUnknown.
  // `filled`, `handed` and `done` are known when that cycle comes, at the latest.
  virtual PassTimes times(std::size_t pass) const = 0;
  // What was counted since the last call. Only where every pass is over.
  virtual PassRecord take_record() = 0;
};

// Makes the array of a machine, set for a layer; both must outlive it. Throws InputError where it
// cannot play that machine.
using MakeClockedArray = std::function<std::unique_ptr<ClockedArray>(const Machine&, const Layer&)>;

}  // namespace orrery
