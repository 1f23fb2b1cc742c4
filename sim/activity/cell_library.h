// The cells of a Liberty file (rtl/synthesis/gates.lib): what their outputs are of their inputs.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace orrery {

// An output of a cell without memory.
struct CellOutput {
  static constexpr int kMostInputs = 4;
  std::string pin;
  std::vector<std::string> inputs;  // at most kMostInputs
  std::uint16_t table = 0;          // bit i: the output where input k is bit k of i
};

struct LogicCell {
  std::vector<CellOutput> outputs;  // of a register: none
  // Of a register: the pin that it takes, the one that it shows, and the one that clears it while
  // it is 0 (empty: none). All have one clock.
  std::string next, state, clear;
  bool is_register() const { return !next.empty(); }
};

// By name. Throws std::runtime_error where a function has more inputs, or is none of !, &, |, ^ and
// parentheses.
std::map<std::string, LogicCell> read_cells(const std::filesystem::path& liberty);

}  // namespace orrery
