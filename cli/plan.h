// A selection made real: the machine, the layers, and a mapping for each of them.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "arch/energy/energy_table.h"
#include "arch/machine/machine.h"
#include "cli/options.h"
#include "dataflows/mapping/mapping.h"
#include "dataflows/space/space.h"
#include "sim/result/result.h"
#include "workloads/network/widths.h"
#include "workloads/sparse/prune.h"

namespace orrery {

struct Plan {
  Machine machine;
  std::vector<std::string> set;       // "PATH=VALUE": what was changed in its file
  Widths widths;                      // the machine's
  Network network;                    // the selected layers, with the batch, at these widths
  std::vector<bool> runs;             // false: not selected, but a selected one needs its ofmap
  std::vector<Mapping> mappings;      // one a layer; a pooling layer has an empty nest
  std::vector<SourceLine> mapped_at;  // where the user wrote it; no file for an automatic one
  std::optional<Pruning> pruning;     // of filters; empty: they stay
  // What else the dataflow of the automatic ones could make of a layer (dataflows/space/space.h).
  std::function<std::vector<Space>(const Layer&, const Machine&)> spaces;
};

// Are the layers in the plan whose ofmaps the selected ones need, directly or through others?
enum class Upstream { kLeftOut, kIncluded };

// Puts the selection's MAC and then its values in the place of the file's; returns all of them as
// "PATH=VALUE".
std::vector<std::string> change_machine(Node& file, const Selection& selection);

// Reads the files and maps the layers. Throws InputError; mappings are not checked.
Plan make_plan(const Selection& selection, Upstream upstream = Upstream::kLeftOut);

// Why layer `i` cannot run as planned: check()'s sentence, or empty.
std::string misfit(const Plan& plan, std::size_t i);

// An energy table that prices the actions of every machine and datapath.
inline constexpr const char* kTableForAll = "sram";
// The energy table of this name or path; where none is given, the usual one.
EnergyTable read_energy(const std::string& given, const char* usual = kTableForAll);

// A result without layers: what it says of the machine, with `set` its values that are not its
// file's, and of the network.
NetworkResult result_on(const Machine& machine, const std::vector<std::string>& set,
                        const std::string& network);

// The names of the dataflows of the layers that run, e.g. "rs" or "rs, mine".
std::string dataflow_names(const Plan& plan);

}  // namespace orrery
