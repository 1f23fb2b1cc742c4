// Lanes that pass over zeros: each walks a compressed stream of its own, fed by one queue, and they
// meet from time to time.
//
//   source --items, one a cycle--> queue of lane 0 --> lane 0 --+
//             (to all lanes        queue of lane 1 --> lane 1 --+-- meet
//              that take it)         ...                        |
//
// Rules, in cycles from the start of a round:
//   An item is sent to all lanes that take it at once, at most one in a cycle, and only in a cycle
//   at whose start the queue of each of them has room. It can be worked on `latency_cycles` + 1
//   cycles later.
//   A lane works at the item at the head of its queue, an entry (a stored word, padding zeros
//   included) a cycle, or one cycle for an item without entries. The item leaves the queue at the
//   end of its last cycle.
//   No lane begins an item of a group before all lanes are done with the groups before.
//   A round ends `drain_cycles` after the last cycle of any lane; one without items takes no time.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "arch/machine/machine.h"

namespace orrery {

struct LaneRules {
  int lanes = 1;
  int queue_items = 1;     // of a lane, the one that it works at included
  int latency_cycles = 0;  // from the source to a queue, on top of the cycle of the transfer
  int drain_cycles = 0;    // stages behind the last entry
  bool operator==(const LaneRules&) const = default;
};
LaneRules lane_rules(const Machine& machine);

// What a lane does in a cycle. While it waits: for the lanes that are still at the group before, or
// at the last (imbalance); for the source, which stands still because some lane's queue is full
// (queue_full); for the source, which sends as fast as it can (wait_item).
enum class LaneState : std::uint8_t {
  kMac,
  kPadding,
  kEmpty,
  kWaitItem,
  kQueueFull,
  kImbalance,
  kDrain
};
inline constexpr std::array<std::string_view, 7> kLaneStateNames{
    "mac", "padding", "empty", "wait_item", "queue_full", "imbalance", "drain"};

// A lane's share of an item: cycles with a word, with a padding zero, and without either. All zero:
// the lane does not take the item.
struct LaneShare {
  int macs = 0, padding = 0, empty = 0;
  int cycles() const { return macs + padding + empty; }
};

struct LaneTimes {
  std::int64_t cycles = 0;
  // Summed over lanes; their sum is lanes * cycles.
  std::array<std::int64_t, kLaneStateNames.size()> lane_cycles{};
  std::int64_t items = 0;
  std::int64_t& operator[](LaneState s) { return lane_cycles[static_cast<std::size_t>(s)]; }
  std::int64_t operator[](LaneState s) const { return lane_cycles[static_cast<std::size_t>(s)]; }
  LaneTimes& operator+=(const LaneTimes& other);
  bool operator==(const LaneTimes&) const = default;
};

// What lanes walk, in rounds of items; a seam between kinds of streams and those who play them.
class LaneWork {
 public:
  virtual ~LaneWork() = default;
  // Goes to the first or the next round; false after the last.
  virtual bool next_round() = 0;
  // Of the round. Items of a group follow each other; groups ascend. Some lane takes each item.
  virtual int items() const = 0;
  virtual int group(int item) const = 0;
  virtual LaneShare share(int item, int lane) const = 0;
  // Plays an entry of a lane's share of an item: 0 .. macs + padding - 1, each once and in order.
  // Returns what it was: kMac or kPadding.
  virtual LaneState play(int item, int lane, int entry) = 0;
};

}  // namespace orrery
