// The clock domains on one time axis of whole ticks, so that no edge is ever rounded.
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
// number of ticks (the times of a plain link to DRAM) is rounded to the nearest.
struct ClockDomains {
  static constexpr std::int64_t kResolution = 1'000'000'000'000;   // ticks in a second, at least
  static constexpr std::int64_t kPicoseconds = 1'000'000'000'000;  // in a second
  std::int64_t ticks_per_second = 0;
  ClockDomain core, link;
  ClockDomain memory;  // of a DRAM that names a standard; else a tick

  explicit ClockDomains(const Machine& machine) {
    const std::int64_t core_hz = std::llround(machine.clocks.core_mhz * 1e6);
    const std::int64_t link_hz = std::llround(machine.clocks.link_mhz * 1e6);
    std::int64_t edges = std::lcm(core_hz, link_hz);
    const auto& setup = machine.dram.setup;
    const std::int64_t tck_ps = setup ? setup->standard.tck_ps : kPicoseconds;
    edges = std::lcm(edges, kPicoseconds / std::gcd(kPicoseconds, tck_ps));
    ticks_per_second = edges * ((kResolution + edges - 1) / edges);
    // tck_ps picoseconds are whole ticks; divided first, the product fits 64 bits.
    const std::int64_t common = std::gcd(kPicoseconds, tck_ps);
    if (setup) memory.period = tck_ps / common * (ticks_per_second / (kPicoseconds / common));
    core.period = ticks_per_second / core_hz;
    link.period = ticks_per_second / link_hz;
  }
  std::int64_t ticks_of(double seconds) const {
    return std::llround(seconds * static_cast<double>(ticks_per_second));
  }
};

}  // namespace orrery
