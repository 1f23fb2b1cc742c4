// Faults that yosys planted in a netlist, by their numbers.
#pragma once

#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

namespace orrery::test {

// A line a fault, of the number 1 first; as mutate and mutate_array write them.
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

}  // namespace orrery::test
