// A memory with bursts under transfers without clocks: it is played from event to event, never
// beyond what is known of transfers to come.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "sim/dram/use.h"
#include "sim/machine/clocks.h"
#include "sim/machine/dram_bursts.h"

namespace orrery {

// Bursts are asked for in order, of all transfers, one a channel and memory cycle, each when its
// channel has room. They pass the link in that order: what is read when its data are there; what is
// written before it is asked for. Times are ticks.
class MemoryTimeline {
 public:
  MemoryTimeline(const Machine& machine, const ClockDomains& clocks, const Layer& layer);

  // The next transfer begins in tick `begin`, a link edge not before those played; its
  // post-processing is over `post` ticks later.
  void begin(std::int64_t begin, std::int64_t post, const std::vector<Burst>& bursts);
  // The link edges with which transfers end, in the order of begin(), as far as they are known.
  bool has_end() const;
  std::int64_t take_end();
  // Plays the next thing that happens, if that is in tick `until` or before.
  bool step(std::int64_t until);
  // At the end of a layer.
  DramUse use(std::int64_t end);

 private:
  struct Asked {
    Burst burst;
    std::int64_t done = -1;   // tick; -1: not known
    std::int64_t ready = -1;  // of a write: tick from which it can be asked for; -1: not known
    std::size_t transfer = 0;
  };
  struct Transfer {
    std::int64_t begin = 0, end = 0;
    std::size_t not_passed = 0, not_written = 0;
    bool begun = false;  // a burst of it has passed the link
  };

  void pass_link();
  void collect(DramChannel& channel);
  DramCycle next_put();
  void put(DramCycle now);
  Transfer& transfer_of(const Asked& asked) { return transfers_[asked.transfer - first_transfer_]; }
  DramChannel& channel_of(const Burst& burst) { return memory_.channel_of(burst.address); }

  const ClockDomains& clocks_;
  const std::int64_t width_;
  const double derating_;
  DramMemory memory_;
  std::deque<Asked> asked_;                             // from number first_asked_ on
  std::size_t first_asked_ = 0, put_ = 0, passed_ = 0;  // numbers of the next ones
  std::deque<Transfer> transfers_;
  std::size_t first_transfer_ = 0;
  std::int64_t link_time_ = 0;  // in ticks * words_per_cycle
  std::int64_t last_end_ = 0;
  DramCycle no_room_until_ = 0;      // cycle before which the next burst finds no room
  DramCycle put_cycle_ = 0;          // of the last one
  std::vector<DramCycle> last_put_;  // by channel
};

}  // namespace orrery
