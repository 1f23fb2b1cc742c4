// What `orrery synth` found, as tables and as JSON.
#pragma once

#include <string>
#include <vector>

#include "sim/twin/synthesis.h"

namespace orrery {

// A row for each design: the twins, then the units beside their published areas.
std::string to_table(const std::vector<Synthesized>& twins, const std::vector<Synthesized>& units,
                     int width);

// docs/synthesis.md lists the keys.
std::string to_json(const std::vector<Synthesized>& twins, const std::vector<Synthesized>& units);

}  // namespace orrery
