// Lanes cycle by cycle: a source, a queue for each lane, and the lanes. A step reads what stood in
// the queues at the start of the cycle: lanes act on items that have arrived, and the source sees
// queues as they were.
#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <vector>

#include "sim/sparse/lanes.h"

namespace orrery {

class LaneSteps {
 public:
  // Keeps a reference.
  LaneSteps(const LaneRules& rules, LaneWork& work);

  // Goes to the first or the next round; false after the last. Only while no round is under way.
  bool next_round();
  // False before the first round, after a round's last cycle, and in a round without items.
  bool in_round() const { return busy_ || draining_ > 0; }
  // One cycle of the round under way; each entry is played in its cycle.
  void step();

  // Of all rounds so far.
  const LaneTimes& times() const { return times_; }
  // Of the last cycle: what each lane did, whether an item was sent, and the group that all lanes
  // came to be done with (-1: none).
  std::span<const LaneState> states() const { return states_; }
  bool sent() const { return sent_; }
  int closed() const { return closed_; }

 private:
  struct Queued {
    int item = 0;
    std::int64_t arrival = 0;  // first cycle in which it can be worked on
  };
  struct Lane {
    std::deque<Queued> queue;
    int done = 0;  // cycles of the head that have passed
  };
  // What the source was about at the end of a cycle: the next item's group, and whether it was held
  // back. Lanes see it as late as they see items.
  struct Source {
    bool blocked = false, ended = false;
    int group = 0;
  };

  bool has_room(const std::vector<std::size_t>& queued) const;
  void send(const std::vector<std::size_t>& queued);
  bool ready(const Lane& lane) const;
  LaneState work_at_head(Lane& lane, int index);
  LaneState idle(const Lane& lane) const;
  bool group_is_open() const;
  void close_groups();

  const LaneRules rules_;
  LaneWork& work_;
  std::vector<Lane> lanes_;
  std::vector<LaneState> states_;
  std::vector<Source> source_;  // by cycle of the round
  std::int64_t cycle_ = 0;      // of the round
  int next_item_ = 0, group_ = 0, draining_ = 0, closed_ = -1;
  bool busy_ = false, sent_ = false;
  LaneTimes times_;
};

}  // namespace orrery
