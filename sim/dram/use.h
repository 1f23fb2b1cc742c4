// What a layer did to its memory, and what that cost.
#pragma once

#include <cstdint>

#include "sim/dram/energy.h"
#include "sim/dram/memory.h"

namespace orrery {

struct DramUse {
  std::uint64_t reads = 0, writes = 0;                // bursts
  std::uint64_t hits = 0, misses = 0, conflicts = 0;  // bursts, by what their row was before
  std::uint64_t activates = 0, refreshes = 0;
  std::uint64_t bytes = 0;  // of all bursts, used or not
  double seconds = 0;
  DramEnergy energy;  // by part, in pJ
  DramUse& operator+=(const DramUse& other);
  bool operator==(const DramUse&) const = default;
};

// Up to cycle `end`, to which the memory is played: refreshes and background go on while nobody
// asks. `derating` multiplies the currents.
DramUse dram_use(DramMemory& memory, double derating, DramCycle end);

}  // namespace orrery
