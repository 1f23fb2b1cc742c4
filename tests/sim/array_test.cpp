// The array against its witness, over random machines, layers and mappings.
#include "sim/machine/array.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <numeric>
#include <optional>
#include <set>
#include <string>

#include "sim/random/array_case.h"
#include "sim/random/conv.h"
#include "sim/random/words.h"
#include "sim/schedule/walk.h"
#include "tests/dataflows/packets.h"
#include "tests/sim/both.h"
#include "tests/sim/plain_order.h"

namespace orrery {
namespace {

using test::in_plain_order;
using test::PlainRecord;
using test::PlainTiles;

std::uint64_t cases() {
  const char* all = std::getenv("ORRERY_ALL");
  return all != nullptr && std::string(all) == "1" ? 100'000 : 500;
}

using Layouts = std::array<TileLayout, kTensors>;

PlainTiles random_tiles(const ArrayCase& c, const Layouts& layout, bool read_psums, Rng& rng) {
  const Numbers& n = c.machine.numbers;
  const auto words = [&](Tensor t) { return layout[index(t)].size(); };
  PlainTiles tiles{
      .ifmap = random_words<std::int16_t>(words(Tensor::kIfmap), n.operand_bits, 30, rng),
      .padding = {},
      .filter = random_words<std::int16_t>(words(Tensor::kFilter), n.operand_bits, 10, rng),
      .psum = random_words<std::int32_t>(words(Tensor::kPsum), n.psum_bits, 10, rng),
      .read_psums = read_psums,
      .psums_from = c.machine.array.pipelined ? rng.in(0, 60) : 0};
  if (c.machine.padding == Padding::kStored) return tiles;
  for (const std::int16_t word : tiles.ifmap)
    tiles.padding.push_back(word == 0 && rng.in(0, 1) == 1 ? 1 : 0);
  return tiles;
}

// Times and counts are those of a pass without zeros. Returns the cycles that were skipped.
Cycle expect_the_same_without_values(Array& array, const ArrayCase& c, const Pass& pass,
                                     const PlainTiles& tiles) {
  PlainTiles ones = tiles, none = tiles;
  std::ranges::fill(ones.ifmap, std::int16_t{1});
  none.ifmap.clear();
  none.filter.clear();
  none.psum.clear();
  const Arithmetic arithmetic = c.machine.arithmetic(c.layer);
  const auto with = test::play_array(array, arithmetic, pass, ones, 1'000'000);
  const auto without = test::play_array(array, arithmetic, pass, none, 1'000'000);
  EXPECT_TRUE(with && without);
  if (with && without) test::expect_equal(*without, *with);
  return array.skipped();
}

Machine by_step(Machine machine) {
  Noc& noc = machine.noc;
  for (Bus* bus : {&noc.ifmap, &noc.filter, &noc.psum_in, &noc.psum_out})
    bus->order = BusOrder::kStep;
  return machine;
}

struct Tally {
  int passes = 0, deadlocks = 0, folded = 0;
  std::int64_t cycles = 0;
};

void play_pass(const ArrayCase& c, const Step& step, bool read_psums, std::optional<Array>& array,
               Rng& rng, Tally& tally) {
  Layouts layout;
  for (const Tensor t : kAllTensors) layout[index(t)] = tile_layout(c.layer, step.pass, t);
  const Pass pass = compile_pass(c.layer, c.machine, c.mapping, step.pass, layout);
  const Pass plain_pass =
      in_plain_order(c.layer, c.machine, c.mapping, step.pass,
                     compile_pass(c.layer, by_step(c.machine), c.mapping, step.pass, layout));
  for (const auto stream : {&Pass::ifmap, &Pass::filter, &Pass::psum_in, &Pass::psum_out})
    ASSERT_EQ(test::packets(pass.*stream), test::packets(plain_pass.*stream));
  for (const PeRole& pe : pass.pes) {
    ASSERT_TRUE(pe.psum_sink == PsumSink::kNoc || pe.above >= 0)
        << "no PE takes the psums of row " << pe.row << ", column " << pe.col;
  }
  PlainTiles tiles = random_tiles(c, layout, read_psums, rng);
  const PlainRecord record =
      test::play_both(*array, c.machine, c.machine.arithmetic(c.layer), pass, plain_pass, tiles);
  ++tally.passes;
  if (!record.ends) {
    ++tally.deadlocks;
    array.emplace(c.machine);  // the pass has been left half-way
    return;
  }
  tally.cycles += record.cycles;
  const Cycle skipped = expect_the_same_without_values(*array, c, pass, tiles);
  tally.folded += skipped > 0 ? 1 : 0;
  const auto spent =
      std::accumulate(record.pe_cycles.begin(), record.pe_cycles.end(), std::uint64_t{0});
  EXPECT_EQ(spent, pass.pes.size() * static_cast<std::uint64_t>(record.cycles));
}

// Every pass of the layer that differs from the ones before in shape or in reading psums.
void play_case(const ArrayCase& c, Tally& tally) {
  Rng rng(c.seed);
  std::optional<Array> array(std::in_place, c.machine);
  Walk walk(c.layer, c.mapping, c.machine);
  std::set<std::pair<std::vector<int>, bool>> seen;
  for (Step step; walk.next(step) && !testing::Test::HasFailure();) {
    const bool read_psums = !step.starts_psums || c.machine.first_psum == FirstPsum::kRead;
    std::vector<int> size;
    for (const Range& range : step.pass.range) size.push_back(range.size());
    if (seen.emplace(size, read_psums).second) play_pass(c, step, read_psums, array, rng, tally);
  }
}

TEST(Array, EqualsASlowArrayInEveryPassOfRandomCases) {
  Tally tally;
  for (std::uint64_t seed = 1; seed <= cases(); ++seed) {
    const ArrayCase c = random_array_case(seed);
    play_case(c, tally);
    ASSERT_FALSE(HasFailure()) << to_string(c);
  }
  // Both ways for a pass to go are met.
  EXPECT_GT(tally.deadlocks, 0);
  EXPECT_GT(tally.passes, 2 * tally.deadlocks);
  // Some passes without values repeat themselves.
  EXPECT_GT(tally.folded, 0);
  RecordProperty("folded", tally.folded);
  RecordProperty("passes", tally.passes);
  RecordProperty("deadlocks", tally.deadlocks);
  RecordProperty("cycles", std::to_string(tally.cycles));
}

}  // namespace
}  // namespace orrery
