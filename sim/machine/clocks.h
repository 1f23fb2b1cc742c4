// Two clock domains on one time axis of whole ticks, so that no edge is ever rounded.
#pragma once

#include <cmath>
#include <cstdint>
#include <numeric>

#include "arch/machine/machine.h"

namespace orrery {

struct ClockDomain {
  std::int64_t period = 1;  // ticks
  // The `edges`-th edge at or after `t`, both counted from the start of the layer; 0 edges: the
  // first one.
  std::int64_t edge(std::int64_t t, int edges) const {
    return ((t + period - 1) / period + edges) * period;
  }
};

// A tick is the same part of every clock period, and a picosecond at most: what is not a whole
// number of ticks (DRAM's times) is rounded to the nearest.
struct ClockDomains {
  static constexpr std::int64_t kResolution = 1'000'000'000'000;  // ticks in a second, at least
  std::int64_t ticks_per_second = 0;
  ClockDomain core, link;

  explicit ClockDomains(const Clocks& clocks) {
    const std::int64_t core_hz = std::llround(clocks.core_mhz * 1e6);
    const std::int64_t link_hz = std::llround(clocks.link_mhz * 1e6);
    const std::int64_t edges = std::lcm(core_hz, link_hz);
    ticks_per_second = edges * ((kResolution + edges - 1) / edges);
    core.period = ticks_per_second / core_hz;
    link.period = ticks_per_second / link_hz;
  }
  std::int64_t ticks_of(double seconds) const {
    return std::llround(seconds * static_cast<double>(ticks_per_second));
  }
};

}  // namespace orrery
