// What an engine is given: a machine, a layer and a mapping, in one YAML document.
#pragma once

#include <string>

#include "dataflows/mapping/mapping.h"
#include "workloads/input/node.h"

namespace orrery::test {

struct EngineCase {
  Machine machine;
  Layer layer;
  Mapping mapping;
};

// A map with the keys `machine` (a machine file), `batch`, `layers` (one, as in a network.yaml) and
// `mappings` (one, as in a file of mappings). Fractions of zeros are left out: they move no cycle;
// so is what the machine file says of sources.
Node document(const EngineCase& c);

// Reads such a map. Throws InputError for what the readers of its parts refuse, and where check()
// refuses the case.
EngineCase read_case(const Node& document);

}  // namespace orrery::test
