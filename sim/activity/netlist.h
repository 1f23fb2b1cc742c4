// Gates and registers, as yosys' write_json leaves them, with the hierarchy taken apart.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "sim/activity/cell_library.h"

namespace orrery {

struct Netlist {
  // Nets that never change. An input that nothing drives counts as 0.
  static constexpr std::int32_t kZero = 0, kOne = 1;

  struct Gate {
    std::array<std::int32_t, CellOutput::kMostInputs> in{};  // those that are not used: kZero
    std::int32_t out = 0;
    std::uint16_t table = 0;  // as CellOutput's
  };
  struct Register {
    std::int32_t next = 0, state = 0;
    bool clears = false;  // at reset
  };

  std::int32_t nets = 2;
  std::vector<Gate> gates;  // each after those that drive it
  std::vector<Register> registers;
  std::map<std::string, std::vector<std::int32_t>> ports;  // of the top; the lowest bit first
  // Of each net: the path of the instance that drives it, as an index into `instances`, and how
  // many pins it drives. A net that a port of the top drives has the top's.
  std::vector<std::string> instances;
  std::vector<std::int32_t> instance_of, load;
  // Registers by instance.
  std::vector<std::int32_t> registers_of;
};

// Throws std::runtime_error where the file is not such a netlist, or gates drive each other in a
// circle.
Netlist read_netlist(const std::filesystem::path& json, const std::string& top,
                     const std::map<std::string, LogicCell>& cells);

}  // namespace orrery
