// The time of lanes as a recurrence over items: each begins when its lane, its arrival and the
// group before allow, and is sent when the queues do.
#pragma once

#include <span>
#include <vector>

#include "sim/sparse/lanes.h"

namespace orrery {

class LaneClock {
 public:
  explicit LaneClock(const LaneRules& rules);
  // Sends the next item; a share for each lane.
  void send(std::span<const LaneShare> shares);
  // No later item begins before all those sent are done.
  void meet();
  // The round is over; the clock stands at the start of another.
  LaneTimes finish();

 private:
  struct Lane {
    std::int64_t free = 0;  // the cycle from which on it does nothing, as far as is charged
    std::size_t next = 0;   // place in `done`
    std::vector<std::int64_t> done;  // of its last items, as many as its queue has: when they left
  };
  void charge(LaneState state, std::int64_t cycles) { times_[state] += cycles; }
  void wait(Lane& lane, std::int64_t arrival, std::int64_t at_best);

  LaneRules rules_;
  std::vector<Lane> lanes_;
  std::int64_t next_send_ = 0;  // first cycle in which the source may send
  LaneTimes times_;
};

// Plays all rounds. With values, each entry is played too.
enum class LaneValues : std::uint8_t { kOff, kOn };
LaneTimes play_lanes(const LaneRules& rules, LaneWork& work, LaneValues values);

}  // namespace orrery
