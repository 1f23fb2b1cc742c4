// Switching activity of a PE: its gates, under the operands of a layer.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "sim/activity/netlist.h"
#include "sim/activity/pe_streams.h"

namespace orrery {

// A part of the PE. Dynamic energy goes as the capacitance that is charged: a net counts once a
// switch for each pin that it drives, and once for itself.
struct PartActivity {
  std::string name;
  std::uint64_t nets = 0, registers = 0;
  std::uint64_t switches = 0;  // of nets
  std::uint64_t charge = 0;    // of nets and the pins that they drive
};

struct PeActivity {
  std::int64_t pes = 0, cycles = 0;  // PE-cycles
  std::int64_t macs = 0, gated = 0;
  std::vector<PartActivity> parts;  // in the order of part_names(); each net is in one
};

// Parts by the instances of rtl/array/pe.sv that they are.
std::vector<std::string> part_names();

// Plays each PE's streams on the gates of a PE, one lane each, and on PeAlone; every psum that
// leaves, and the cycle, must be the same (std::runtime_error). The setup's program is not used.
// `progress` is told the share done.
PeActivity play_gates(const Netlist& netlist, const PeSetup& setup, std::span<const PeStreams> pes,
                      const std::function<void(double)>& progress);

}  // namespace orrery
