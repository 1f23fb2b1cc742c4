// Random cases for the RTL PE: those of PeAlone that fit a module, with any datapath.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/sim/pe_seen.h"
#include "tests/twins/pe_twin.h"

namespace orrery::test {

// For one seed the same cases, everywhere; none where none fits.
std::vector<PeCase> pe_twin_cases(const PeModule& module, std::uint64_t seed);
// Cases in which bounds, and positions in both streams, go up to 65535.
std::vector<PeCase> pe_long_cases(const PeModule& module);
// Words for each pass, often at the ends of their codes or at their zero points.
std::vector<PeStreams> pe_twin_streams(const PeCase& c);

// Plays a case by PeAlone and by the module, from a reset on.
PePlay play_pe_case(const PeCase& c, const std::vector<PeStreams>& streams, PeTwin& module,
                    PeStateCycles& spent);

struct PeTwinVerdict {
  std::int64_t cycles = 0;
  PeStateCycles spent{};   // in the random cases
  std::string difference;  // the first, with cycle and case; empty: none
};
// Plays random cases by the module and by PeAlone, at least so many cycles, then the long ones; up
// to a difference, of which a wave is written if it is to be.
PeTwinVerdict play_pe_twin(const PeModule& module, int fault, std::int64_t cycles,
                           const std::string& wave);

}  // namespace orrery::test
