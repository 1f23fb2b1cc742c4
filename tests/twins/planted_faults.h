// Faults that yosys planted in a netlist, by their numbers.
#pragma once

#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

namespace orrery::test {

// The lines of a file; of one that mutate_array wrote, a line a fault, of the number 1 first.
inline std::vector<std::string> planted_faults(const std::string& file) {
  std::ifstream in(file);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

// All of them at full length (ORRERY_ALL=1), else every fourth.
inline std::vector<int> faults_to_play(const std::vector<std::string>& planted) {
  const char* all = std::getenv("ORRERY_ALL");
  const int step = all != nullptr && std::string(all) == "1" ? 1 : 4;
  std::vector<int> faults;
  for (int fault = 1; fault <= static_cast<int>(planted.size()); fault += step)
    faults.push_back(fault);
  return faults;
}

// Whether tests/twins/surviving_faults lists the fault.
inline bool is_known_to_survive(const std::string& netlist, int fault) {
  for (const std::string& line : planted_faults(ORRERY_SOURCE_DIR "/tests/twins/surviving_faults"))
    if (line.starts_with(netlist + ' ' + std::to_string(fault) + ' ')) return true;
  return false;
}

}  // namespace orrery::test
