// Ticks as SystemC's time.
#pragma once

#include <systemc>

#include "sim/machine/clocks.h"

namespace orrery {

// SystemC's smallest unit of time stands for one tick: the period of the least common multiple of
// the clocks.
inline sc_core::sc_time ticks(std::int64_t n) {
  return sc_core::sc_time::from_value(static_cast<sc_dt::uint64>(n));
}
inline std::int64_t tick_count(const sc_core::sc_time& t) {
  return static_cast<std::int64_t>(t.value());
}

}  // namespace orrery
