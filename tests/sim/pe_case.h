// Random PEs, programs and surroundings for one PE alone.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/machine/pe_alone.h"

namespace orrery::test {

// What a PE is told about a pass.
struct PeWork {
  PassProgram program;
  bool takes_psums = false;
};

struct PeCase {
  std::uint64_t seed = 0;  // of all that happens at the ports
  PeSetup setup;
  std::vector<PeWork> later{};  // passes after the setup's own, one after the other
  // Percent of the cycles in which a bus offers its next packet, or the taker of psums accepts.
  int ifmap = 100, filter = 100, psum_in = 100, psum_out = 100;
  int hold = 0;  // and of those in which psums of an earlier pass would be on their way

  int passes() const { return 1 + static_cast<int>(later.size()); }
  PeWork work(int pass) const {
    if (pass == 0) return {setup.program, setup.takes_psums};
    return later[static_cast<std::size_t>(pass) - 1];
  }
};

// For one seed the same cases, everywhere: several with a program of random_array_case().
std::vector<PeCase> random_pe_cases(std::uint64_t seed);

// As C++ that makes the case again.
std::string to_string(const PeCase& c);

// Random words for the streams of each pass.
struct PeStreams {
  std::vector<std::int16_t> ifmap, filter;
  std::vector<std::int32_t> psum;
};
std::vector<PeStreams> random_streams(const PeCase& c);

}  // namespace orrery::test
