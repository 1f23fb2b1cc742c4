// Switching activity of a layer's PEs, with gating of zeros and without.
#pragma once

#include <algorithm>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "arch/energy/price_list.h"
#include "sim/activity/pe_activity.h"

namespace orrery {

// The same PE with a MAC that gates and with a plain one, as gates.
struct PeNetlists {
  Netlist plain, gated;
};

// Names of the two datapaths for operands of so many bits.
struct GatingMacs {
  std::string plain, gated;
};
GatingMacs gating_macs(const Machine& machine);

// Has `script` (rtl/synthesis/pe_netlist) make both for the sizes of the machine's PE; `cells` is
// the library that it maps to. Throws InputError where yosys is missing or the machine has another
// kind of PE (lock step, fewer pipeline stages than the RTL, sizes beyond 16 bits),
// std::runtime_error where the script fails.
PeNetlists make_netlists(const Machine& machine, const std::filesystem::path& script,
                         const std::filesystem::path& cells);

struct LayerActivity {
  std::string layer;
  PeActivity plain, gated;
  // Energy of spads and MACs over the whole layer by an energy table.
  double table_plain = 0, table_gated = 0;
  EnergyUnit unit = EnergyUnit::kPj;

  double zeros() const {
    return static_cast<double>(gated.gated) /
           static_cast<double>(std::max<std::int64_t>(1, gated.macs));
  }
};

// Charge of all parts that a PE of `machine` has; with `clock`, of the clock pins of its registers
// too, twice a cycle and never gated.
double charge_of(const PeActivity& activity, const Machine& machine, bool clock);
// Whether a PE of this machine has the part of that name.
bool has_part(const Machine& machine, const std::string& name);

// Plays a pass in the middle of those that start psums. The mapping must have passed check().
LayerActivity layer_activity(const PeNetlists& netlists, const Layer& layer, const Machine& machine,
                             const Mapping& mapping, const Operands& in,
                             const std::function<void(double)>& progress);

}  // namespace orrery
