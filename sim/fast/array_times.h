// How long the array takes for passes, and what they count: played without values, each sort of
// pass once for each state in which it meets the array, and remembered.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "sim/machine/array.h"
#include "sim/machine/lock_step.h"
#include "sim/schedule/walk.h"

namespace orrery {

class PassMemory;

class ArrayTimes {
 public:
  virtual ~ArrayTimes() = default;
  // Passes that take the same time in the same state have the same number. Throws DeadlockError,
  // InputError.
  virtual int sort(const Step& step) = 0;
  // PEs mapped in a pass.
  virtual int pes(int sort) const = 0;
  // Whether the filters of a pass move into shadow registers before it begins, and the cycles that
  // this takes.
  virtual bool shadows(int sort) const = 0;
  virtual std::int64_t fill_cycles(int sort) const = 0;
  // Plays the next pass, on one axis of core cycles for all passes (see LockStepArray::play).
  virtual PassTimes play(int sort, std::int64_t fill_begin, std::int64_t begin) = 0;
  // A pass is over in cycle `now`. Called for each pass in order; before the next one is played, if
  // that begins no earlier.
  virtual void finish(std::int64_t now) = 0;
  // Sums over the passes so far.
  virtual const PassRecord& totals() const = 0;

  // Everything of the past that can matter after cycle `now`, relative to it: arrays in equal
  // states go on equally.
  virtual void append_state(std::vector<std::int64_t>& to, std::int64_t now) const = 0;
  // Moves that state in time.
  virtual void shift(std::int64_t cycles) = 0;
};

std::unique_ptr<ArrayTimes> array_times(const Machine& machine, const Layer& layer,
                                        const Mapping& mapping, PassMemory* memory);

// += and multiples of records, for sums over passes.
void add(PassRecord& sum, const PassRecord& record, std::int64_t times = 1);
// What `later` has counted since `earlier`.
PassRecord difference(const PassRecord& later, const PassRecord& earlier);

}  // namespace orrery
