// What a run of a channel's devices costs, from currents or at a flat price.
#pragma once

#include <vector>

#include "arch/dram/dram_standard.h"
#include "sim/dram/channel.h"

namespace orrery {

// In pJ, of all devices of a channel.
struct DramEnergy {
  double activate = 0, read = 0, write = 0, refresh = 0;
  double open = 0, closed = 0, open_down = 0, closed_down = 0;  // background by state
  double io = 0;
  double background() const { return open + closed + open_down + closed_down; }
  double total() const { return activate + read + write + refresh + background() + io; }
  bool operator==(const DramEnergy&) const = default;
  DramEnergy& operator+=(const DramEnergy& other);
};

// Energy of commands beyond the background, and background in a clock, of one rank, in pJ.
struct DramPrices {
  double activate = 0;  // and the precharge that follows
  double read = 0, write = 0, refresh = 0, refresh_bank = 0;
  double open = 0, closed = 0, open_down = 0, closed_down = 0;
  double read_io = 0, write_io = 0;
};

// V x mA x ns = pJ, over all rails and devices; `derating` multiplies every current. An activate is
// idd0 over rc less what the background counts in ras and in the rest of rc; a refresh is idd5b
// less idd3n over rfc.
DramPrices dram_prices(const DramStandard& standard, double derating = 1);

// The parts of counts and states up to the end of a run.
DramEnergy dram_energy(const DramPrices& prices, const DramCounts& counts,
                       const std::vector<DramStateCycles>& ranks);

}  // namespace orrery
