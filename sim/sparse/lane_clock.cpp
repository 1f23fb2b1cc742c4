#include "sim/sparse/lane_clock.h"

#include <algorithm>
#include <utility>

namespace orrery {

LaneRules lane_rules(const Machine& machine) {
  return {machine.array.rows, machine.lanes.queue_items, machine.lanes.latency_cycles,
          machine.pe.pipeline_stages};
}

LaneTimes& LaneTimes::operator+=(const LaneTimes& other) {
  cycles += other.cycles;
  items += other.items;
  for (std::size_t i = 0; i < lane_cycles.size(); ++i) lane_cycles[i] += other.lane_cycles[i];
  return *this;
}

LaneClock::LaneClock(const LaneRules& rules) : rules_(rules) {
  lanes_.resize(static_cast<std::size_t>(rules.lanes));
  for (Lane& lane : lanes_) lane.done.assign(static_cast<std::size_t>(rules.queue_items), 0);
}

// A lane that is free before an item arrives waits: as long as the source could not have been
// faster for the item, then for queues that are full.
void LaneClock::wait(Lane& lane, std::int64_t arrival, std::int64_t at_best) {
  if (lane.free >= arrival) return;
  const std::int64_t for_item =
      std::clamp(at_best - lane.free, std::int64_t{0}, arrival - lane.free);
  charge(LaneState::kWaitItem, for_item);
  charge(LaneState::kQueueFull, arrival - lane.free - for_item);
  lane.free = arrival;
}

void LaneClock::send(std::span<const LaneShare> shares) {
  std::int64_t at = next_send_;
  for (std::size_t i = 0; i < lanes_.size(); ++i) {
    if (shares[i].cycles() > 0) at = std::max(at, lanes_[i].done[lanes_[i].next]);
  }
  const std::int64_t behind = rules_.latency_cycles + 1;
  for (std::size_t i = 0; i < lanes_.size(); ++i) {
    Lane& lane = lanes_[i];
    wait(lane, at + behind, next_send_ + behind);
    if (shares[i].cycles() == 0) continue;
    charge(LaneState::kMac, shares[i].macs);
    charge(LaneState::kPadding, shares[i].padding);
    charge(LaneState::kEmpty, shares[i].empty);
    lane.free += shares[i].cycles();
    lane.done[lane.next] = lane.free;
    lane.next = (lane.next + 1) % lane.done.size();
  }
  next_send_ = at + 1;
  ++times_.items;
}

void LaneClock::meet() {
  std::int64_t last = 0;
  for (const Lane& lane : lanes_) last = std::max(last, lane.free);
  for (Lane& lane : lanes_) {
    charge(LaneState::kImbalance, last - lane.free);
    lane.free = last;
  }
}

LaneTimes LaneClock::finish() {
  if (times_.items > 0) {
    meet();
    times_.cycles = lanes_.front().free + rules_.drain_cycles;
    charge(LaneState::kDrain, std::int64_t{rules_.drain_cycles} * rules_.lanes);
  }
  const LaneTimes times = std::exchange(times_, {});
  *this = LaneClock(rules_);
  return times;
}

LaneTimes play_lanes(const LaneRules& rules, LaneWork& work, LaneValues values) {
  LaneTimes all;
  LaneClock clock(rules);
  std::vector<LaneShare> shares(static_cast<std::size_t>(rules.lanes));
  while (work.next_round()) {
    for (int item = 0; item < work.items(); ++item) {
      if (item > 0 && work.group(item) != work.group(item - 1)) clock.meet();
      for (int lane = 0; lane < rules.lanes; ++lane) {
        LaneShare& share = shares[static_cast<std::size_t>(lane)];
        share = work.share(item, lane);
        if (values == LaneValues::kOff) continue;
        for (int e = 0; e < share.macs + share.padding; ++e) work.play(item, lane, e);
      }
      clock.send(shares);
    }
    all += clock.finish();
  }
  return all;
}

}  // namespace orrery
