// Random machines, layers and mappings for the array, small enough to play slowly.
#pragma once

#include <cstdint>
#include <string>

#include "arch/machine/machine.h"
#include "dataflows/mapping/mapping.h"

namespace orrery {

struct ArrayCase {
  std::uint64_t seed = 0;
  Machine machine;
  Layer layer;
  Mapping mapping;  // legal: check() is silent
};

// A machine of one PE with plenty of room, no latencies, buses of one word and psums of one.
Machine roomy_machine();

// The same case for the same seed, everywhere. One in four is mapped by the first
// built-in dataflow that can.
ArrayCase random_array_case(std::uint64_t seed);

// The seed, then the machine, the layer and the mapping as YAML.
std::string to_string(const ArrayCase& c);

}  // namespace orrery
