// When transfers begin and end: the DMA, as far as its choices are known.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "sim/fast/memory_timeline.h"
#include "sim/fast/transfer_times.h"

namespace orrery {

// The DMA chooses at the end of the tick in which it is free and a transfer has room; so its
// choices in a tick are known as soon as all orders, and all ends of passes, up to that tick are.
// It is asked for what has come about by then, and never ahead.
//
// On a plain link the end of a transfer follows from what was asked before it. A memory reorders,
// so there it depends on what is asked for later: the memory is played up to the next choice, and
// an end is known some time before it comes.
class DmaTimeline {
 public:
  DmaTimeline(const Machine& machine, const Layer& layer, const ClockDomains& clocks,
              TransferTimes& times);

  // A transfer that can begin from tick `ready` on, but for the pass and the transfer that it still
  // waits for (0: none).
  struct Waiting {
    TransferNumber number = 0;
    int sort = 0;
    PassNumber pass = 0;  // the first that waits for it
    std::int64_t ready = 0;
    PassNumber until_filled = 0, until_over = 0;
    TransferNumber until_done = 0;
    std::vector<Burst> bursts;  // of a memory
  };
  void order(Waiting transfer);
  // A pass has been given to the array: the ticks in which its filters are taken and it is over.
  void pass_is_known(PassNumber pass, std::int64_t filled, std::int64_t over);
  // Begins transfers until the end of `transfer` is known; returns the tick, an edge of the core
  // clock, from which the core knows of its end.
  std::int64_t seen(TransferNumber transfer);
  // Begins all transfers whose choice falls before tick `now`.
  void catch_up(std::int64_t now);
  // Forgets what no order after tick `now` can ask for.
  void forget(std::int64_t now);
  const Counts& counts() const { return counts_; }
  const LinkCode& link_code() const { return code_; }
  // What became of the memory until tick `end`, when all transfers are over; empty: a plain link.
  std::optional<DramUse> memory_use(std::int64_t end);

  // For folding: what decides how it goes on after tick `now`, relative to it and to the latest
  // pass and transfer; all choices before `now` have been made.
  void append_state(std::vector<std::int64_t>& to, std::int64_t now, PassNumber pass,
                    TransferNumber transfer) const;
  // Of that, how long link and DRAM are taken.
  std::pair<std::int64_t, DramDevice::Moment> backlog(std::int64_t now) const {
    return {std::max<std::int64_t>(0, link_free_ - now), dram_.backlog(now)};
  }
  // Moves it in time, and on to later passes and transfers, whose counts it adds.
  void shift(std::int64_t ticks, PassNumber passes, TransferNumber transfers, const Counts& counts);
  // 0: a transfer whose end the core knew in tick `now`.
  std::int64_t live(TransferNumber transfer, std::int64_t now) const;

 private:
  struct Begun {
    std::int64_t end = -1, seen = -1;  // ticks; -1: not begun yet
  };

  static std::int64_t ready(const Waiting& t);
  bool step(std::int64_t before);
  std::int64_t next_choice() const;
  void choose(std::int64_t choice);
  void begin(const Waiting& transfer, std::int64_t begin);
  void set_end(TransferNumber transfer, std::int64_t end);
  void take_ends();
  Begun& begun(TransferNumber transfer);

  const Machine& machine_;
  const ClockDomains& clocks_;
  TransferTimes& times_;
  DramDevice dram_;
  std::optional<MemoryTimeline> memory_;
  std::deque<TransferNumber> in_memory_;  // begun there, their end not known
  std::vector<Waiting> waiting_;
  std::deque<Begun> begun_;  // from transfer first_ on
  TransferNumber first_ = 1;
  std::deque<std::int64_t> under_way_;  // ends of the last `outstanding` begun; -1: not known yet
  std::int64_t free_ = 0;  // tick from which the next choice can fall, if there is room for it
  std::int64_t link_free_ = 0;
  Counts counts_;
  LinkCode code_;
};

}  // namespace orrery
