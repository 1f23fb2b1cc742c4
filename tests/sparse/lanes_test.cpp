// Time of lanes: by hand, by laws, and the recurrence against the clocks.
#include <gtest/gtest.h>

#include <numeric>

#include "sim/cycle/lane_module.h"
#include "sim/sparse/lane_clock.h"
#include "tests/sparse/random_lanes.h"

namespace orrery {
namespace {

// Shares by item and lane, in groups.
class GivenWork : public LaneWork {
 public:
  GivenWork(std::vector<std::vector<LaneShare>> shares, std::vector<int> groups)
      : shares_(std::move(shares)), groups_(std::move(groups)) {}
  bool next_round() override { return round_++ == 0; }
  int items() const override { return static_cast<int>(shares_.size()); }
  int group(int item) const override { return groups_[static_cast<std::size_t>(item)]; }
  LaneShare share(int item, int lane) const override {
    return shares_[static_cast<std::size_t>(item)][static_cast<std::size_t>(lane)];
  }
  LaneState play(int item, int lane, int entry) override {
    return entry < share(item, lane).macs ? LaneState::kMac : LaneState::kPadding;
  }

 private:
  std::vector<std::vector<LaneShare>> shares_;
  std::vector<int> groups_;
  int round_ = 0;
};

struct Hand {
  LaneRules rules;
  std::vector<std::vector<LaneShare>> shares;
  std::vector<int> groups;
  std::int64_t cycles;
  // mac, padding, empty, wait_item, queue_full, imbalance, drain
  std::array<std::int64_t, 7> states;
};

// Two lanes, cycle by cycle in the comments: a digit is the item that is worked at; i waits for an
// item, f for a full queue, = for the other lane.
const Hand kHands[] = {
    // i000 and i0==: sent in cycle 0, begun in 1.
    {{2, 1, 0, 0}, {{{3, 0, 0}, {1, 0, 0}}}, {0}, 4, {4, 0, 0, 2, 0, 2, 0}},
    // A queue of one: item 1 is sent in cycle 4, when lane 0 is done. lane 0: i000i11 no: i000 f
    // 11;
    // lane 1: i0 i f f 111. Item 1 could have been sent in 1 and begun in 2.
    {{2, 1, 0, 0},
     {{{3, 0, 0}, {1, 0, 0}}, {{2, 0, 0}, {3, 0, 0}}},
     {0, 0},
     8,
     {9, 0, 0, 2, 1 + 3, 1, 0}},
    // A queue of two: item 1 is sent in cycle 1. i00011 and i0111=.
    {{2, 2, 0, 0},
     {{{3, 0, 0}, {1, 0, 0}}, {{2, 0, 0}, {3, 0, 0}}},
     {0, 0},
     6,
     {9, 0, 0, 2, 0, 1, 0}},
    // The same in two groups: i00011= and i0==111.
    {{2, 2, 0, 0},
     {{{3, 0, 0}, {1, 0, 0}}, {{2, 0, 0}, {3, 0, 0}}},
     {0, 1},
     7,
     {9, 0, 0, 2, 0, 2 + 1, 0}},
    // Two cycles on the way, three to drain, a padding zero, an empty item.
    {{2, 8, 2, 3}, {{{1, 1, 0}, {0, 0, 1}}}, {0}, 8, {1, 1, 1, 6, 0, 1, 6}},
    {{2, 8, 2, 3}, {}, {}, 0, {}}};

TEST(Lanes, TakeAsLongAsByHand) {
  for (const Hand& hand : kHands) {
    for (const bool clocked : {false, true}) {
      GivenWork work(hand.shares, hand.groups);
      const LaneTimes times = clocked ? play_lanes_on_clocks(hand.rules, work)
                                      : play_lanes(hand.rules, work, LaneValues::kOff);
      EXPECT_EQ(times.cycles, hand.cycles) << clocked;
      EXPECT_EQ(times.lane_cycles, hand.states) << clocked << " " << hand.cycles;
      EXPECT_EQ(times.items, std::ssize(hand.shares)) << clocked;
    }
  }
}

TEST(Lanes, AgreeWithTheClocksOnRandomCases) {
  for (unsigned seed = 1; seed <= 2000 && !testing::Test::HasFailure(); ++seed) {
    const LaneCase c = random_lane_case(seed);
    RandomWork fast_work(c), clocked_work(c);
    const LaneTimes fast = play_lanes(c.rules, fast_work, LaneValues::kOn);
    const LaneTimes clocked = play_lanes_on_clocks(c.rules, clocked_work);
    EXPECT_EQ(fast.cycles, clocked.cycles) << c.text();
    EXPECT_EQ(fast.lane_cycles, clocked.lane_cycles) << c.text();
    EXPECT_EQ(fast.items, clocked.items) << c.text();
    EXPECT_EQ(fast_work.played, clocked_work.played) << c.text();
  }
}

TEST(Lanes, ChargeEachCycleOnceAndEveryEntry) {
  for (unsigned seed = 1; seed <= 500; ++seed) {
    const LaneCase c = random_lane_case(seed);
    RandomWork work(c);
    const LaneTimes times = play_lanes(c.rules, work, LaneValues::kOn);
    const std::int64_t all =
        std::accumulate(times.lane_cycles.begin(), times.lane_cycles.end(), std::int64_t{0});
    EXPECT_EQ(all, c.rules.lanes * times.cycles) << c.text();
    EXPECT_EQ(times[LaneState::kMac] + times[LaneState::kPadding], work.played) << c.text();
  }
}

TEST(Lanes, NeverTakeLongerWithADeeperQueue) {
  for (unsigned seed = 1; seed <= 500; ++seed) {
    LaneCase c = random_lane_case(seed);
    std::int64_t before = std::int64_t{1} << 40;
    for (c.rules.queue_items = 1; c.rules.queue_items <= 32; c.rules.queue_items *= 2) {
      RandomWork work(c);
      const std::int64_t cycles = play_lanes(c.rules, work, LaneValues::kOff).cycles;
      EXPECT_LE(cycles, before) << c.text();
      before = cycles;
    }
  }
}

}  // namespace
}  // namespace orrery

// SystemC's library wants one; the program's stands beside its engine, which is not linked here.
extern "C" int sc_main(int, char**) { return 0; }
