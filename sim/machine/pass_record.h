// What an array answers for a pass.
#pragma once

#include <array>
#include <cstdint>

#include "arch/counts/counts.h"
#include "sim/result/result.h"

namespace orrery {

struct PassRecord {
  std::int64_t cycles = 0;  // from the first to the one in which the last psum reaches the GLB
  std::int64_t steps = 0;   // cycles in which PEs in lock step take a step
  std::int64_t filled_cycle = 0;  // cycles after which the last filter word had left the GLB
  // Cycles after which the next pass may begin: `cycles`, or where passes are pipelined those up to
  // the last operation of a PE.
  std::int64_t handed_cycle = 0;
  std::array<std::uint64_t, kPeStateNames.size()> pe_cycles{};
  // Of these, waiting before a PE's first MAC.
  std::array<std::uint64_t, kBeforeMacNames.size()> before_mac{};
  std::uint64_t& wait(BeforeMac b) { return before_mac[static_cast<std::size_t>(b)]; }
  Counts counts;
  std::uint64_t chain_overflows = 0;  // sums in chains that wrapped
};

}  // namespace orrery
