// What an array in lock step did, cycle by cycle, so that two that play the same passes can be
// compared. Cycles are core cycles on one axis for all passes.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "sim/result/result.h"

namespace orrery {

struct LockStepLog {
  // All PEs wait, up to but not in cycle `until`.
  struct Wait {
    PeState state = PeState::kWaitIfmap;
    std::int64_t from = 0, until = 0;
    bool operator==(const Wait&) const = default;
  };
  // An item on its bus: its first cycle, and the one after its last.
  struct Transfer {
    std::int64_t begin = 0, end = 0;
    bool operator==(const Transfer&) const = default;
  };
  // A psum, or where psums are spilled a PE's part of it, on the psum-out bus.
  struct Psum {
    std::int64_t cycle = 0;    // of its last word
    std::int32_t address = 0;  // from the origin of the pass in the tile
    std::int32_t value = 0;    // as it leaves the array
    std::int32_t window = 0;
    bool operator==(const Psum&) const = default;
  };
  struct Pass {
    std::int64_t fill_begin = 0, begin = 0, filled = 0, handed = 0, done = 0;  // as PassTimes
    std::vector<std::int64_t> steps;                                           // the cycle of each
    std::vector<Wait> waits;                        // while there are steps
    std::array<std::vector<Transfer>, 2> operands;  // items with words on the bus
    std::vector<Transfer> psums_in, psums_out;      // of each window
    std::vector<Psum> psums;
    bool operator==(const Pass&) const = default;
  };
  std::vector<Pass> passes;
};

}  // namespace orrery
