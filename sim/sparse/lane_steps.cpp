#include "sim/sparse/lane_steps.h"

namespace orrery {

LaneSteps::LaneSteps(const LaneRules& rules, LaneWork& work) : rules_(rules), work_(work) {
  states_.resize(static_cast<std::size_t>(rules.lanes));
}

bool LaneSteps::next_round() {
  if (!work_.next_round()) return false;
  cycle_ = 0;
  next_item_ = 0;
  lanes_.assign(static_cast<std::size_t>(rules_.lanes), {});
  source_.clear();
  busy_ = work_.items() > 0;
  if (busy_) group_ = work_.group(0);
  return true;
}

bool LaneSteps::has_room(const std::vector<std::size_t>& queued) const {
  for (int lane = 0; lane < rules_.lanes; ++lane) {
    const bool takes = work_.share(next_item_, lane).cycles() > 0;
    const bool full =
        queued[static_cast<std::size_t>(lane)] >= static_cast<std::size_t>(rules_.queue_items);
    if (takes && full) return false;
  }
  return true;
}

void LaneSteps::send(const std::vector<std::size_t>& queued) {
  Source now;
  if (next_item_ < work_.items()) {
    now.blocked = !has_room(queued);
    if (!now.blocked) {
      for (int lane = 0; lane < rules_.lanes; ++lane) {
        if (work_.share(next_item_, lane).cycles() == 0) continue;
        lanes_[static_cast<std::size_t>(lane)].queue.push_back(
            {next_item_, cycle_ + 1 + rules_.latency_cycles});
      }
      ++next_item_;
      ++times_.items;
      sent_ = true;
    }
  }
  now.ended = next_item_ >= work_.items();
  if (!now.ended) now.group = work_.group(next_item_);
  source_.push_back(now);
}

bool LaneSteps::ready(const Lane& lane) const {
  return !lane.queue.empty() && lane.queue.front().arrival <= cycle_ &&
         work_.group(lane.queue.front().item) == group_;
}

LaneState LaneSteps::work_at_head(Lane& lane, int index) {
  const int item = lane.queue.front().item;
  const LaneShare share = work_.share(item, index);
  const int entry = lane.done++;
  const bool stored = entry < share.macs + share.padding;
  const LaneState state = stored ? work_.play(item, index, entry) : LaneState::kEmpty;
  if (lane.done == share.cycles()) {
    lane.queue.pop_front();
    lane.done = 0;
  }
  return state;
}

LaneState LaneSteps::idle(const Lane& lane) const {
  const bool held = !lane.queue.empty() && lane.queue.front().arrival <= cycle_;
  if (held) return LaneState::kImbalance;  // of a later group
  const std::int64_t seen = cycle_ - 1 - rules_.latency_cycles;
  if (seen < 0) return LaneState::kWaitItem;
  const Source& source = source_[static_cast<std::size_t>(seen)];
  if (source.ended || source.group != group_) return LaneState::kImbalance;
  return source.blocked ? LaneState::kQueueFull : LaneState::kWaitItem;
}

// Whether anything of the group is still to be sent or to be done.
bool LaneSteps::group_is_open() const {
  if (next_item_ < work_.items() && work_.group(next_item_) == group_) return true;
  for (const Lane& lane : lanes_) {
    if (!lane.queue.empty() && work_.group(lane.queue.front().item) == group_) return true;
  }
  return false;
}

void LaneSteps::close_groups() {
  if (group_is_open()) return;
  closed_ = group_;
  const int last = work_.group(work_.items() - 1);
  while (group_ < last && !group_is_open()) ++group_;
  if (group_is_open()) return;
  busy_ = false;
  draining_ = rules_.drain_cycles;
}

void LaneSteps::step() {
  closed_ = -1;
  sent_ = false;
  ++times_.cycles;
  if (draining_ > 0) {
    --draining_;
    states_.assign(states_.size(), LaneState::kDrain);
  } else {
    std::vector<std::size_t> queued;
    for (const Lane& lane : lanes_) queued.push_back(lane.queue.size());
    for (std::size_t i = 0; i < lanes_.size(); ++i) {
      Lane& lane = lanes_[i];
      states_[i] = ready(lane) ? work_at_head(lane, static_cast<int>(i)) : idle(lane);
    }
    send(queued);
    ++cycle_;
    close_groups();
  }
  for (const LaneState state : states_) ++times_[state];
}

}  // namespace orrery
