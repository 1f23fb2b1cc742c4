// Random shares for lanes, for tests of their time.
#pragma once

#include <fmt/format.h>

#include <random>
#include <string>
#include <vector>

#include "sim/sparse/lanes.h"

namespace orrery {

struct LaneCase {
  unsigned seed = 0;
  LaneRules rules;
  int rounds = 1, most_items = 0, most_cycles = 1;
  double absent = 0, meets = 0;  // chances: a lane does not take an item; a group ends
  std::string text() const {
    return fmt::format("LaneCase{{{}, {{{}, {}, {}, {}}}, {}, {}, {}, {}, {}}}", seed, rules.lanes,
                       rules.queue_items, rules.latency_cycles, rules.drain_cycles, rounds,
                       most_items, most_cycles, absent, meets);
  }
};

inline LaneCase random_lane_case(unsigned seed) {
  std::mt19937 random(seed);
  const auto pick = [&](int least, int most) {
    return std::uniform_int_distribution<int>(least, most)(random);
  };
  return {seed,
          {pick(1, 9), pick(1, 6), pick(0, 1) * pick(0, 5), pick(0, 4)},
          pick(0, 3),
          pick(0, 40),
          pick(1, 12),
          pick(0, 1) * 0.4,
          pick(0, 2) * 0.2};
}

// Shares of a case, drawn anew for each round from its seed.
class RandomWork : public LaneWork {
 public:
  explicit RandomWork(const LaneCase& c) : case_(c), random_(c.seed + 1000) {}

  bool next_round() override {
    if (round_++ == case_.rounds) return false;
    shares_.assign(static_cast<std::size_t>(draw(0, case_.most_items)), {});
    groups_.clear();
    int group = draw(0, 3);
    for (std::vector<LaneShare>& item : shares_) {
      groups_.push_back(group);
      if (chance(case_.meets)) group += draw(1, 2);
      for (int lane = 0; lane < case_.rules.lanes; ++lane)
        item.push_back(chance(case_.absent) ? LaneShare{} : taken());
      LaneShare& one = item[static_cast<std::size_t>(draw(0, case_.rules.lanes - 1))];
      if (one.cycles() == 0) one = taken();
    }
    return true;
  }
  int items() const override { return static_cast<int>(shares_.size()); }
  int group(int item) const override { return groups_[static_cast<std::size_t>(item)]; }
  LaneShare share(int item, int lane) const override {
    return shares_[static_cast<std::size_t>(item)][static_cast<std::size_t>(lane)];
  }
  LaneState play(int item, int lane, int entry) override {
    ++played;
    return entry < share(item, lane).macs ? LaneState::kMac : LaneState::kPadding;
  }

  int played = 0;

 private:
  int draw(int least, int most) { return std::uniform_int_distribution<int>(least, most)(random_); }
  bool chance(double p) { return std::uniform_real_distribution<double>()(random_) < p; }
  LaneShare taken() {
    const int entries = draw(0, case_.most_cycles), padding = draw(0, entries);
    return {entries - padding, padding, entries == 0 ? 1 : 0};
  }

  LaneCase case_;
  std::mt19937 random_;
  int round_ = 0;
  std::vector<std::vector<LaneShare>> shares_;
  std::vector<int> groups_;
};

}  // namespace orrery
