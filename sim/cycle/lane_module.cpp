#include "sim/cycle/lane_module.h"

#include <deque>
#include <systemc>
#include <vector>

namespace orrery {
namespace {

// One clocked process for all lanes. A step reads what the registers hold at the start of the
// cycle: lanes act on items that have arrived, and the source sees queues as they were.
class LaneModule : public sc_core::sc_module {
 public:
  sc_core::sc_in<bool> clock;

  explicit LaneModule(const sc_core::sc_module_name& name) : sc_module(name) {
    SC_HAS_PROCESS(LaneModule);
    SC_METHOD(step);
    sensitive << clock.pos();
    dont_initialize();
  }

  void begin(const LaneRules& rules, LaneWork& work) {
    rules_ = rules;
    work_ = &work;
    all_ = {};
    next_round();
  }
  bool over() const { return over_; }
  const LaneTimes& times() const { return all_; }

 private:
  struct Queued {
    int item = 0;
    std::int64_t arrival = 0;  // first cycle in which it can be worked on
  };
  struct Lane {
    std::deque<Queued> queue;
    int done = 0;  // cycles of the head that have passed
  };

  void next_round() {
    over_ = !work_->next_round();
    cycle_ = 0;
    next_item_ = 0;
    draining_ = 0;
    group_ = 0;
    lanes_.assign(static_cast<std::size_t>(rules_.lanes), {});
    source_.clear();
    if (!over_ && work_->items() == 0) next_round();
    if (!over_) group_ = work_->group(0);
  }

  // What the source was about at the end of a cycle: the next item's group, and whether it was held
  // back. Lanes see it as late as they see items.
  struct Source {
    bool blocked = false, ended = false;
    int group = 0;
  };

  bool has_room(const std::vector<std::size_t>& queued) const {
    for (int lane = 0; lane < rules_.lanes; ++lane) {
      const bool takes = work_->share(next_item_, lane).cycles() > 0;
      const bool full =
          queued[static_cast<std::size_t>(lane)] >= static_cast<std::size_t>(rules_.queue_items);
      if (takes && full) return false;
    }
    return true;
  }

  void send(const std::vector<std::size_t>& queued) {
    Source now;
    if (next_item_ < work_->items()) {
      now.blocked = !has_room(queued);
      if (!now.blocked) {
        for (int lane = 0; lane < rules_.lanes; ++lane) {
          if (work_->share(next_item_, lane).cycles() == 0) continue;
          lanes_[static_cast<std::size_t>(lane)].queue.push_back(
              {next_item_, cycle_ + 1 + rules_.latency_cycles});
        }
        ++next_item_;
        ++all_.items;
      }
    }
    now.ended = next_item_ >= work_->items();
    if (!now.ended) now.group = work_->group(next_item_);
    source_.push_back(now);
  }

  bool ready(const Lane& lane) const {
    return !lane.queue.empty() && lane.queue.front().arrival <= cycle_ &&
           work_->group(lane.queue.front().item) == group_;
  }

  LaneState work_at_head(Lane& lane, int index) {
    const int item = lane.queue.front().item;
    const LaneShare share = work_->share(item, index);
    const int entries = share.macs + share.padding, entry = lane.done++;
    LaneState state = LaneState::kEmpty;
    if (entry < entries) {
      work_->play(item, index, entry);
      // Which of the entries are padding zeros the share does not say, only how many.
      state = entry < share.macs ? LaneState::kMac : LaneState::kPadding;
    }
    if (lane.done == share.cycles()) {
      lane.queue.pop_front();
      lane.done = 0;
    }
    return state;
  }

  LaneState idle(const Lane& lane) const {
    const bool held = !lane.queue.empty() && lane.queue.front().arrival <= cycle_;
    if (held) return LaneState::kImbalance;  // of a later group
    const std::int64_t seen = cycle_ - 1 - rules_.latency_cycles;
    if (seen < 0) return LaneState::kWaitItem;
    const Source& source = source_[static_cast<std::size_t>(seen)];
    if (source.ended || source.group != group_) return LaneState::kImbalance;
    return source.blocked ? LaneState::kQueueFull : LaneState::kWaitItem;
  }

  // Whether anything of the group is still to be sent or to be done.
  bool group_is_open() const {
    if (next_item_ < work_->items() && work_->group(next_item_) == group_) return true;
    for (const Lane& lane : lanes_) {
      if (!lane.queue.empty() && work_->group(lane.queue.front().item) == group_) return true;
    }
    return false;
  }

  void step() {
    if (over_) return;
    if (draining_ > 0) {
      drain();
      return;
    }
    std::vector<std::size_t> queued;
    for (const Lane& lane : lanes_) queued.push_back(lane.queue.size());
    for (std::size_t i = 0; i < lanes_.size(); ++i) {
      Lane& lane = lanes_[i];
      ++all_[ready(lane) ? work_at_head(lane, static_cast<int>(i)) : idle(lane)];
    }
    send(queued);
    ++cycle_;
    ++all_.cycles;
    while (!group_is_open() && group_ < last_group()) ++group_;
    if (!group_is_open()) end_work();
  }

  int last_group() const { return work_->group(work_->items() - 1); }

  void end_work() {
    draining_ = rules_.drain_cycles;
    if (draining_ == 0) next_round();
  }

  void drain() {
    all_[LaneState::kDrain] += rules_.lanes;
    ++all_.cycles;
    if (--draining_ == 0) next_round();
  }

  LaneRules rules_;
  LaneWork* work_ = nullptr;
  std::vector<Lane> lanes_;
  std::vector<Source> source_;  // by cycle of the round
  std::int64_t cycle_ = 0;      // of the round
  int next_item_ = 0, group_ = 0, draining_ = 0;
  bool over_ = true;
  LaneTimes all_;
};

class Bench : public sc_core::sc_module {
 public:
  explicit Bench(const sc_core::sc_module_name& name) : sc_module(name) { lanes_.clock(clock_); }
  LaneTimes play(const LaneRules& rules, LaneWork& work) {
    lanes_.begin(rules, work);
    while (!lanes_.over()) sc_core::sc_start(chunk_);
    return lanes_.times();
  }

 private:
  const sc_core::sc_time chunk_{1024, sc_core::SC_NS};
  sc_core::sc_clock clock_{"clock", sc_core::sc_time(1, sc_core::SC_NS)};
  LaneModule lanes_{"lanes"};
};

}  // namespace

LaneTimes play_lanes_on_clocks(const LaneRules& rules, LaneWork& work) {
  static Bench bench("lane_bench");
  return bench.play(rules, work);
}

}  // namespace orrery
