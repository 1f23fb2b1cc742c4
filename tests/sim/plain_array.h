// A slow and obvious PE array: the witness of the timing that sim/machine/array.h and pe.h promise.
//
// Every PE is visited in every cycle, every FIFO holds its words, and every decision is taken on a
// copy of the state at the start of the cycle. A PE's counters are unrolled into a list of
// operations before the pass, so that the first and last use of a word or psum is looked up, not
// worked out. No code of the array is shared; the compiled pass is read as data.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "arch/counts/counts.h"
#include "dataflows/pass/pass.h"
#include "sim/result/result.h"

namespace orrery::test {

// The tiles of a pass, from its origin on.
struct PlainTiles {
  std::vector<std::int16_t> ifmap;
  std::vector<std::uint8_t> padding;  // beside ifmap: 1 where the NoC makes a zero
  std::vector<std::int16_t> filter;
  std::vector<std::int32_t> psum;
  bool read_psums = true;
  std::int64_t psums_from = 0;  // cycle in which the pass before is over
};

struct PlainRecord {
  bool ends = false;  // false: nothing can move any more, and psums are missing
  std::int64_t cycles = 0;
  std::int64_t filled_cycle = 0;
  std::int64_t handed_cycle = 0;
  std::array<std::uint64_t, kPeStateNames.size()> pe_cycles{};
  std::array<std::uint64_t, kBeforeMacNames.size()> before_mac{};
  Counts counts;
};

// Plays the pass; its psums are left in `tiles`.
PlainRecord play_plainly(const Machine& machine, const Arithmetic& arithmetic, const Pass& pass,
                         PlainTiles& tiles);

}  // namespace orrery::test
