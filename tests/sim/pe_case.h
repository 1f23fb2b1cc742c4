// Random PEs, programs and surroundings for one PE alone.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/machine/pe_alone.h"

namespace orrery::test {

struct PeCase {
  std::uint64_t seed = 0;  // of all that happens at the ports
  PeSetup setup;
  // Percent of the cycles in which a bus offers its next packet, or the taker of psums accepts.
  int ifmap = 100, filter = 100, psum_in = 100, psum_out = 100;
};

// For one seed the same cases, everywhere: several with a program of random_case().
std::vector<PeCase> random_pe_cases(std::uint64_t seed);

// As C++ that makes the case again.
std::string to_string(const PeCase& c);

// Random words for the streams of a case.
struct PeStreams {
  std::vector<std::int16_t> ifmap, filter;
  std::vector<std::int32_t> psum;
};
PeStreams random_streams(const PeCase& c);

}  // namespace orrery::test
