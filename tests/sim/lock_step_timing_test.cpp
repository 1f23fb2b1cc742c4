// Small passes in lock step whose cycles and counts are worked out by hand from docs/lock_step.md.
// Both the array and its witness play them. A step that issues in cycle k needs words whose last
// bus cycle is k - 1 - latency at the latest.
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "sim/random/array_case.h"
#include "sim/random/lock_step_case.h"
#include "tests/sim/both_lock_step.h"

namespace orrery {
namespace {

using enum Dim;
using test::BothTensors;
using test::PlainLockRecord;
using test::PlainTimes;

constexpr std::int32_t kIfmapWord = 2, kFilterWord = 3, kProduct = 6;

// An array of rows x cols with plenty of room, no latencies and buses of one word; all of `layer`
// in one pass that starts its psums.
LockStepCase simple_case(int rows, int cols, Layer layer, std::vector<Loop> nest) {
  LockStepCase c;
  c.machine = roomy_machine();
  c.machine.array = {.rows = rows, .cols = cols, .pace = Pace::kLockStep};
  c.machine.pe.adders = 2;
  c.layer = std::move(layer);
  c.mapping = {.dataflow = "by hand", .nest = std::move(nest), .keep = {}};
  c.passes = {{c.layer.box(), false}};
  return c;
}

Layer layer_of(const std::vector<std::pair<Dim, int>>& bounds) {
  Layer layer;
  for (const auto& [dim, bound] : bounds) layer.bounds[index(dim)] = bound;
  layer.ifmap_rows = layer.bound(kP) + layer.bound(kR) - 1;
  layer.ifmap_cols = layer.bound(kQ) + layer.bound(kS) - 1;
  return layer;
}

BothTensors even_tensors(const LockStepCase& c) {
  return test::make_tensors(c, [](Tensor t) {
    return t == Tensor::kIfmap ? kIfmapWord : (t == Tensor::kFilter ? kFilterWord : 0);
  });
}

PlainLockRecord play(const LockStepCase& c) {
  EXPECT_EQ(check(c.mapping, c.layer, c.machine), "");
  BothTensors tensors = even_tensors(c);
  return test::play_both(c, tensors);
}

std::uint64_t spent(const PlainLockRecord& record, PeState state) {
  return record.pe_cycles[static_cast<std::size_t>(state)];
}

// The ifmap word goes in cycle 0, the two filter words in 0 and 1: the step issues in 2. Its psums
// are ready in 3 and leave in 3 and 4.
TEST(LockStepTiming, TwoPesTakeOneStepWhenTheLastOfTheirWordsIsThere) {
  LockStepCase c = simple_case(1, 2, layer_of({{kM, 2}}), {{kM, 1, Place::kCols}});
  c.machine.array.psum_route = PsumRoute::kInPlace;
  const PlainLockRecord record = play(c);
  EXPECT_EQ(record.times[0], (PlainTimes{0, 0, 2, 5, 5}));
  EXPECT_EQ(spent(record, PeState::kWaitIfmap), 2u);   // two PEs, cycle 0
  EXPECT_EQ(spent(record, PeState::kWaitFilter), 2u);  // cycle 1
  EXPECT_EQ(spent(record, PeState::kMac), 2u);
  EXPECT_EQ(spent(record, PeState::kDone), 4u);
  EXPECT_EQ(record.counts[Action::noc_ifmap_bus_word], 1u);
  EXPECT_EQ(record.counts[Action::noc_ifmap_delivery], 2u);
}

struct Change {
  std::string what;
  std::function<void(LockStepCase&)> change;
  std::int64_t done;
};

TEST(LockStepTiming, EachDelayOfOneStepCountsOnItsWay) {
  const std::vector<Change> changes{
      {"wide filter bus", [](auto& c) { c.machine.noc.filter.words_per_cycle = 2; }, 4},
      {"late filters", [](auto& c) { c.machine.noc.filter.latency_cycles = 2; }, 7},
      {"ifmap in time", [](auto& c) { c.machine.noc.ifmap.latency_cycles = 1; }, 5},
      {"late ifmap", [](auto& c) { c.machine.noc.ifmap.latency_cycles = 3; }, 7},
      {"three stages", [](auto& c) { c.machine.pe.pipeline_stages = 3; }, 7},
      {"old psums in time", [](auto& c) { c.passes[0].read_psums = true; }, 5},
      {"late old psums",
       [](auto& c) { c.passes[0].read_psums = true, c.machine.noc.psum_in.latency_cycles = 2; }, 7},
      {"wide way out", [](auto& c) { c.machine.noc.psum_out.words_per_cycle = 2; }, 4},
      {"long way out", [](auto& c) { c.machine.noc.psum_out.latency_cycles = 3; }, 8},
  };
  for (const Change& change : changes) {
    LockStepCase c = simple_case(1, 2, layer_of({{kM, 2}}), {{kM, 1, Place::kCols}});
    c.machine.array.psum_route = PsumRoute::kInPlace;
    change.change(c);
    EXPECT_EQ(play(c).times[0].done, change.done) << change.what;
  }
}

// Filters shift in for 2 rows x 2 columns of one word a cycle: there in 4. Ifmap items of two words
// are there in 2, 4 and 6. Steps issue in 4, 5 and 6; their psums have another two PEs to go and
// leave in 7, 8 and 9.
TEST(LockStepTiming, ASystolicArrayOfTwoByTwoIsSkewedByTwoCycles) {
  LockStepCase c = simple_case(2, 2, layer_of({{kN, 3}, {kC, 2}, {kM, 2}}),
                               {{kC, 1, Place::kRows}, {kM, 1, Place::kCols}, {kN, 1, Place::kPe}});
  c.machine.array.delivery = Delivery::kSystolic;
  c.machine.noc.psum_out.words_per_cycle = 2;
  const PlainLockRecord record = play(c);
  EXPECT_EQ(record.times[0], (PlainTimes{0, 0, 4, 10, 10}));
  EXPECT_EQ(spent(record, PeState::kWaitIfmap), 4u * 2);
  EXPECT_EQ(spent(record, PeState::kWaitFilter), 4u * 2);
  EXPECT_EQ(spent(record, PeState::kDone), 4u * 3);
  // Every ifmap word moves on to column 1, the two filter words of row 0 by a row, every psum once.
  EXPECT_EQ(record.counts[Action::noc_ifmap_delivery], 6u);
  EXPECT_EQ(record.counts[Action::noc_ifmap_hop], 6u);
  EXPECT_EQ(record.counts[Action::noc_filter_delivery], 4u);
  EXPECT_EQ(record.counts[Action::noc_filter_hop], 2u);
  EXPECT_EQ(record.counts[Action::noc_psum_hop], 6u);
}

// One tap a row, two ofmap rows. Each step takes three ifmap words: there in 3 and 6, as the three
// filter words in 3. A psum climbs two rows: ready in 3 + 1 + 2 and 6 + 1 + 2.
TEST(LockStepTiming, PsumsClimbAColumnOfThreeRows) {
  LockStepCase c =
      simple_case(3, 1, layer_of({{kP, 2}, {kR, 3}}), {{kR, 1, Place::kRows}, {kP, 1, Place::kPe}});
  const PlainLockRecord record = play(c);
  EXPECT_EQ(record.times[0].done, 10);
  EXPECT_EQ(spent(record, PeState::kWaitIfmap), 3u * 5);
  EXPECT_EQ(spent(record, PeState::kDone), 3u * 3);
  EXPECT_EQ(record.counts[Action::noc_psum_hop], 4u);
  EXPECT_EQ(record.counts[Action::adder_none_merge], 4u);
  // Summed by a tree, they are ready two cycles earlier and nobody hands them on.
  c.machine.array.psum_route = PsumRoute::kTree;
  const PlainLockRecord tree = play(c);
  EXPECT_EQ(tree.times[0].done, 8);
  EXPECT_EQ(tree.counts[Action::noc_psum_hop], 0u);
  EXPECT_EQ(tree.counts[Action::adder_none_merge], 4u);
}

// rows x cols ofmap words, a PE each, under a kernel of 3 x 3, taps row by row.
LockStepCase patch(int rows, int cols, int channels) {
  const Layer layer = layer_of({{kC, channels}, {kP, rows}, {kQ, cols}, {kR, 3}, {kS, 3}});
  LockStepCase c = simple_case(rows, cols, layer,
                               {{kP, 1, Place::kRows},
                                {kQ, 1, Place::kCols},
                                {kC, 1, Place::kPe},
                                {kR, 1, Place::kPe},
                                {kS, 1, Place::kPe}});
  c.machine.array.psum_route = PsumRoute::kInPlace;
  c.machine.pe.fifo_h_words = 1;
  c.machine.pe.fifo_v_words = 3;
  c.mapping.keep.pe = {false, false, true};
  return c;
}

// The first tap takes 16 words. A further one takes 4 where the PE to the right had the word a step
// before (another tap of the first row) or the PE below three steps before (any tap of a later
// row); else 16.
TEST(LockStepTiming, NeighbourFifosLeaveFourWordsATapToTheBus) {
  struct {
    int h, v, words;
  } const expected[]{
      {1, 3, 16 + 8 * 4}, {1, 2, 3 * (16 + 2 * 4)}, {0, 3, 3 * 16 + 6 * 4}, {0, 0, 9 * 16}};
  for (const int channels : {1, 2}) {
    for (const auto& e : expected) {
      LockStepCase c = patch(4, 4, channels);
      c.machine.pe.fifo_h_words = e.h;
      c.machine.pe.fifo_v_words = e.v;
      const Counts counts = play(c).counts;
      const auto times = [&](int words) { return static_cast<std::uint64_t>(channels * words); };
      EXPECT_EQ(counts[Action::noc_ifmap_bus_word], times(e.words));
      EXPECT_EQ(counts[Action::noc_ifmap_delivery], times(e.words));
      EXPECT_EQ(counts[Action::noc_ifmap_hop], times(9 * 16 - e.words));
      EXPECT_EQ(counts[Action::spad_ifmap_fill], times(9 * 16));
    }
  }
}

// On a flat patch it is seen that the PE below comes before the PE to the right, though that is
// nearer: 2 x 5 words for the first tap, 2 for the others of its row of taps, 5 for those of later
// rows.
TEST(LockStepTiming, WordsComeFromBelowBeforeTheyComeFromTheRight) {
  EXPECT_EQ(play(patch(2, 5, 1)).counts[Action::noc_ifmap_bus_word], 10u + 2u * 2 + 6u * 5);
}

// PE 0 makes ofmap rows 0 and 1, PE 1 row 2, with three taps each; rings hold two words. Steps
// (p, r): PE 0 takes the ifmap row of (0, 2), (1, 1) and (1, 2) from PE 1, which had it in (0, 0),
// (0, 0) and (0, 1). The words of (0, 0) and (0, 1) go in 0 and 1 and are there in 4 and 5; that of
// (0, 2) goes in the cycle after the first step and is there in 9, that of (1, 0) goes in 6 and is
// there in 10. The steps of (1, 1) and (1, 2) issue in 11 and 12: their words do not come by bus.
// The last psum is ready in 13.
TEST(LockStepTiming, AnItemWithoutWordsOnTheBusIsThereAtOnce) {
  LockStepCase c = simple_case(2, 1, layer_of({{kP, 3}, {kR, 3}}),
                               {{kP, 2, Place::kRows}, {kP, 1, Place::kPe}, {kR, 1, Place::kPe}});
  c.machine.array.psum_route = PsumRoute::kInPlace;
  c.machine.noc.ifmap = {{.words_per_cycle = 2, .latency_cycles = 3}};
  c.machine.pe.ifmap_spad_words = c.machine.pe.ifmap_fifo_words = 1;
  c.machine.pe.fifo_v_words = 4;
  c.mapping.keep.pe = {false, false, true};
  const PlainLockRecord record = play(c);
  EXPECT_EQ(record.times[0].done, 14);
  EXPECT_EQ(record.counts[Action::noc_ifmap_bus_word], 2u + 2 + 1 + 1);
  EXPECT_EQ(record.counts[Action::noc_ifmap_hop], 3u);
}

// Two passes of `batch` steps, one for each two filters, on 4 x 2 PEs.
LockStepCase two_tiles(int batch) {
  LockStepCase c = simple_case(
      4, 2, layer_of({{kN, batch}, {kC, 4}, {kM, 4}}),
      {{kM, 2, Place::kGlb}, {kC, 1, Place::kRows}, {kM, 1, Place::kCols}, {kN, 1, Place::kPe}});
  c.machine.array.delivery = Delivery::kSystolic;
  c.machine.array.shadow_filters = c.machine.array.pipelined = true;
  c.machine.levels[0].stores[0].accumulates = true;
  c.machine.noc.filter.words_per_cycle = 2;
  c.machine.noc.ifmap.words_per_cycle = 4;
  c.machine.noc.psum_out.words_per_cycle = 2;
  Box first = c.layer.box(), second = first;
  first[kM] = {0, 2};
  second[kM] = {2, 4};
  c.passes = {{first, false}, {second, false}};
  return c;
}

// A tile shifts in 4 cycles. The first pass begins in 4 and steps in 5, 6, ..., 4 + batch, while
// the second tile shifts in 4 to 7. The second pass begins with the last step of the first, or
// in 8.
TEST(LockStepTiming, AShiftIsHiddenBehindAPassOfAsManySteps) {
  for (const int batch : {1, 2, 3, 4, 5, 9}) {
    const PlainLockRecord record = play(two_tiles(batch));
    const std::int64_t second = std::max(8, 4 + batch);
    EXPECT_EQ(record.times[0].begin, 4);
    EXPECT_EQ(record.times[1].fill_begin, 4);
    EXPECT_EQ(record.times[1].filled, 8);
    EXPECT_EQ(record.times[1].begin, second) << "batch " << batch;
    // Cycles 0 to 3, and those after the last step in which the second tile still shifts.
    const auto waits = static_cast<std::uint64_t>(4 + std::max(0, 3 - batch));
    EXPECT_EQ(spent(record, PeState::kWaitFilter), 8 * waits) << "batch " << batch;
    // Skew 3 + 1, a stage, and a cycle on the bus after the last step.
    EXPECT_EQ(record.times[1].done, second + batch + 6);
  }
}

// Three passes of one step each add to one psum: steps in 1, 2 and 3. A psum takes 4 stages and 2
// rows: it leaves in 7, 8 and 9, when all passes have long been played.
TEST(LockStepTiming, PipelinedPassesMayBeShorterThanTheirDrain) {
  LockStepCase c =
      simple_case(3, 1, layer_of({{kC, 9}}), {{kC, 3, Place::kGlb}, {kC, 1, Place::kRows}});
  c.machine.array.pipelined = true;
  c.machine.levels[0].stores[0].accumulates = true;
  c.machine.noc.ifmap.words_per_cycle = c.machine.noc.filter.words_per_cycle = 3;
  c.machine.pe.pipeline_stages = 4;
  c.passes.assign(3, c.passes[0]);
  for (int i = 0; i < 3; ++i) {
    c.passes[static_cast<std::size_t>(i)].box[kC] = {3 * i, 3 * i + 3};
    c.passes[static_cast<std::size_t>(i)].read_psums = i > 0;
  }
  BothTensors tensors = even_tensors(c);
  const PlainLockRecord record = test::play_both(c, tensors);
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(record.times[static_cast<std::size_t>(i)], (PlainTimes{i, i, i + 1, i + 1, i + 8}));
  EXPECT_EQ(tensors.psum[0], 9 * kProduct);
  EXPECT_EQ(spent(record, PeState::kWaitIfmap), 3u);
  EXPECT_EQ(spent(record, PeState::kMac), 9u);
  EXPECT_EQ(spent(record, PeState::kDone), 3u * 6);
}

// Three windows of one step, three psums each, words there in 1, 2 and 3. The first window's psums
// leave in 2 to 4. With one entry the second step issues in 5, its psums leave in 6 to 8, the third
// issues in 9 and its psums leave in 10 to 12. With two entries the third alone waits, in 3 and 4.
TEST(LockStepTiming, AWindowWaitsForRoomAmongThePsumsOnTheirWay) {
  struct {
    int depth;
    std::int64_t done;
    std::uint64_t waits;
  } const expected[]{{1, 13, 6}, {2, 11, 2}, {3, 11, 0}};
  for (const auto& e : expected) {
    LockStepCase c = simple_case(1, 3, layer_of({{kN, 3}, {kM, 3}}),
                                 {{kM, 1, Place::kCols}, {kN, 1, Place::kPe}});
    c.machine.array.psum_route = PsumRoute::kInPlace;
    c.machine.noc.filter.words_per_cycle = 3;
    c.machine.pe.psum_out_fifo_packets = e.depth;
    const PlainLockRecord record = play(c);
    EXPECT_EQ(record.times[0].done, e.done) << "depth " << e.depth;
    EXPECT_EQ(spent(record, PeState::kWaitPsumOut), 3 * e.waits) << "depth " << e.depth;
  }
}

// Two filters in turn on the same three ifmap words: all three must stay, and there is room for
// two.
TEST(LockStepTiming, AStepWhoseWordsDoNotFitTheRingNeverIssues) {
  LockStepCase c =
      simple_case(1, 1, layer_of({{kM, 2}, {kC, 3}}), {{kM, 1, Place::kPe}, {kC, 1, Place::kPe}});
  c.machine.pe.ifmap_spad_words = c.machine.pe.ifmap_fifo_words = 1;
  BothTensors tensors = even_tensors(c);
  EXPECT_FALSE(test::play_both(c, tensors).ends);
}

// The word of row 3, column 3 goes to the PE there, which hands it on: to the left with the next
// taps, up with the next rows of taps. Nine PEs need it.
TEST(LockStepTiming, ALostWordIsMissedByEveryPeThatItWouldHaveReached) {
  const LockStepCase c = patch(4, 4, 1);
  BothTensors tensors = even_tensors(c);
  const int pe = 3 * 4 + 3;
  test::play_both(c, tensors, {.tensor = Tensor::kIfmap, .item = 0, .pe = pe});
  for (int p = 0; p < 4; ++p) {
    for (int q = 0; q < 4; ++q) {
      const int products = p >= 1 && q >= 1 ? 8 : 9;
      EXPECT_EQ(tensors.psum[static_cast<std::size_t>(4 * p + q)], products * kProduct)
          << "row " << p << ", column " << q;
    }
  }
}

// A filter word that is lost on its way to one PE of a column spoils that column's psums alone.
TEST(LockStepTiming, ALostFilterSpoilsThePsumsOfItsColumn) {
  LockStepCase c = simple_case(2, 2, layer_of({{kN, 3}, {kC, 2}, {kM, 2}}),
                               {{kC, 1, Place::kRows}, {kM, 1, Place::kCols}, {kN, 1, Place::kPe}});
  c.machine.array.delivery = Delivery::kSystolic;
  BothTensors tensors = even_tensors(c);
  const int pe = 1;  // row 0, column 1
  test::play_both(c, tensors, {.tensor = Tensor::kFilter, .item = 0, .pe = pe});
  for (std::size_t n = 0; n < 3; ++n) {
    EXPECT_EQ(tensors.psum[2 * n], 2 * kProduct);
    EXPECT_EQ(tensors.psum[2 * n + 1], kProduct);
  }
}

}  // namespace
}  // namespace orrery
