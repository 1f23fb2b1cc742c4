// DRAM as a bandwidth and a latency: when a request has been served.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "sim/machine/clocks.h"

namespace orrery {

// A request's data is complete `latency` after it was made and, since requests are served one after
// the other, not before its bytes have passed at the bandwidth. Time is in ticks and exact: parts
// of a tick are kept, so that equal requests take equal times whenever they come.
class DramDevice {
 public:
  // A tick, and how many of its bytes_per_second parts are over.
  struct Moment {
    std::int64_t tick = 0, part = 0;
    auto operator<=>(const Moment&) const = default;
  };

  DramDevice() = default;
  DramDevice(const Dram& dram, const ClockDomains& clocks)
      : latency_(clocks.ticks_of(dram.latency_ns * 1e-9)),
        ticks_per_second_(clocks.ticks_per_second),
        bytes_per_second_(std::llround(dram.bytes_per_second)) {}

  // The tick, rounded to the nearest, in which `bytes` asked for in tick `asked` are complete.
  std::int64_t serve(std::int64_t asked, std::int64_t bytes) {
    const Moment start = std::max(free_, Moment{asked + latency_, 0});
    // 128 bits: a request of 2^24 words on a slow link has more parts than 64 hold.
    const auto parts = Wide{bytes} * ticks_per_second_ + start.part;
    free_ = {start.tick + static_cast<std::int64_t>(parts / bytes_per_second_),
             static_cast<std::int64_t>(parts % bytes_per_second_)};
    return free_.tick + (2 * free_.part >= bytes_per_second_ ? 1 : 0);
  }
  // How much longer requests so far keep it busy than one made in tick `asked` waits anyway: all of
  // the past that matters then.
  Moment backlog(std::int64_t asked) const {
    const Moment start{asked + latency_, 0};
    return free_ <= start ? Moment{} : Moment{free_.tick - start.tick, free_.part};
  }
  void set_backlog(std::int64_t asked, Moment backlog) {
    free_ = {asked + latency_ + backlog.tick, backlog.part};
  }
  void shift(std::int64_t ticks) { free_.tick += ticks; }

 private:
  __extension__ using Wide = __int128;
  std::int64_t latency_ = 0, ticks_per_second_ = 0, bytes_per_second_ = 1;
  Moment free_;
};

}  // namespace orrery
