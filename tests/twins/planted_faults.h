// Faults that yosys planted in a netlist, by their numbers.
#pragma once

#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "sim/twin/script.h"

namespace orrery::test {

// The lines of a file; of one that mutate_array wrote, a line a fault, of the number 1 first.
inline std::vector<std::string> planted_faults(const std::string& file) {
  std::ifstream in(file);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

inline bool at_full_length() {
  const char* all = std::getenv("ORRERY_ALL");  // NOLINT(concurrency-mt-unsafe)
  return all != nullptr && std::string(all) == "1";
}

// Whether yosys proves that a fault of a netlist changes nothing; of the number 0, what
// prove_array_harmless says.
inline bool is_proved_harmless(const std::string& netlist, int fault) {
  return run_script(ORRERY_SOURCE_DIR "/tests/twins/prove_array_harmless",
                    {ORRERY_FAULTS_DIR, netlist, std::to_string(fault)})
             .code == 0;
}

}  // namespace orrery::test
