// A selection made real: the machine, the layers, and a mapping for each of them.
#pragma once

#include <vector>

#include "arch/machine/machine.h"
#include "cli/options.h"
#include "dataflows/mapping/mapping.h"
#include "workloads/network/network.h"

namespace orrery {

struct Plan {
  Machine machine;
  Network network;                    // the selected layers, with the batch
  std::vector<Mapping> mappings;      // one a layer; a pooling layer has an empty nest
  std::vector<SourceLine> mapped_at;  // where the user wrote it; no file for an automatic one
};

// Reads the files and maps the layers. Throws InputError; mappings are not checked.
Plan make_plan(const Selection& selection);

// Why layer `i` cannot run as planned: check()'s sentence, or empty.
std::string misfit(const Plan& plan, std::size_t i);

// The names of the dataflows in use, e.g. "rs" or "rs, mine".
std::string dataflow_names(const Plan& plan);

}  // namespace orrery
