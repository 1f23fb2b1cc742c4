// One pass, played by the array and by its witness.
#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <stdexcept>

#include "sim/machine/array.h"
#include "tests/sim/plain_array.h"

namespace orrery::test {

// Cycles after which the array counts as stuck, beyond those that the witness needs.
inline constexpr std::int64_t kGrace = 1000;

// What the array makes of the pass; nothing where it says that the pass never ends. Without ifmap
// words it plays without values.
inline std::optional<PassRecord> play_array(Array& array, const Arithmetic& arithmetic,
                                            const Pass& pass, PlainTiles& tiles,
                                            std::int64_t most_cycles) {
  array.start(pass, {arithmetic},
              {.ifmap = tiles.ifmap.empty() ? nullptr : tiles.ifmap.data(),
               .padding = tiles.padding.empty() ? nullptr : tiles.padding.data(),
               .filter = tiles.filter.empty() ? nullptr : tiles.filter.data(),
               .psum = tiles.psum.empty() ? nullptr : tiles.psum.data(),
               .read_psums = tiles.read_psums},
              tiles.psums_from);
  try {
    while (!array.done()) {
      array.step();
      if (array.done() || array.cycle() <= most_cycles) continue;
      ADD_FAILURE() << "the array is still at work in cycle " << array.cycle();
      return std::nullopt;
    }
  } catch (const std::runtime_error&) {
    return std::nullopt;
  }
  return array.record();
}

template <class Record>
void expect_equal(const PassRecord& array, const Record& plain) {
  EXPECT_EQ(array.cycles, plain.cycles);
  EXPECT_EQ(array.filled_cycle, plain.filled_cycle);
  EXPECT_EQ(array.handed_cycle, plain.handed_cycle);
  for (std::size_t i = 0; i < kPeStateNames.size(); ++i)
    EXPECT_EQ(array.pe_cycles[i], plain.pe_cycles[i]) << kPeStateNames[i];
  for (std::size_t i = 0; i < kBeforeMacNames.size(); ++i)
    EXPECT_EQ(array.before_mac[i], plain.before_mac[i]) << kBeforeMacNames[i];
  for (std::size_t i = 0; i < kActions.size(); ++i) {
    EXPECT_EQ(array.counts.value[i], plain.counts.value[i])
        << kActions[i].structure << ' ' << kActions[i].tensor << ' ' << kActions[i].action;
  }
}

// Plays a pass by both and expects the same of both; returns the witness's record and leaves its
// psums in `tiles`. `plain_pass`: the pass as the witness sees it.
inline PlainRecord play_both(Array& array, const Machine& machine, const Arithmetic& arithmetic,
                             const Pass& pass, const Pass& plain_pass, PlainTiles& tiles) {
  PlainTiles own = tiles;
  const PlainRecord plain = play_plainly(machine, arithmetic, plain_pass, tiles);
  const auto record =
      play_array(array, arithmetic, pass, own, plain.ends ? plain.cycles + kGrace : 1'000'000);
  EXPECT_EQ(record.has_value(), plain.ends) << "one of the two never ends";
  if (!record || !plain.ends) return plain;
  expect_equal(*record, plain);
  EXPECT_EQ(own.psum, tiles.psum);
  return plain;
}
inline PlainRecord play_both(Array& array, const Machine& machine, const Arithmetic& arithmetic,
                             const Pass& pass, PlainTiles& tiles) {
  return play_both(array, machine, arithmetic, pass, pass, tiles);
}

}  // namespace orrery::test
