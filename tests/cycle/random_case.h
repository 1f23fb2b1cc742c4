// Random runs, small enough to enumerate: a machine, a layer, a legal mapping and operands.
#pragma once

#include <cstdint>
#include <string>

#include "dataflows/mapping/mapping.h"
#include "tests/workloads/random_layer.h"
#include "workloads/tensor/tensor.h"

namespace orrery::test {

struct Case {
  Machine machine;
  Layer layer;
  Mapping mapping;
  Operands in;
  std::string text;  // to paste: seed, layer, mapping and machine
};

// A variation of one of the machines in arch/ that could stand in a file.
Machine random_machine(Rng& rng);

// Such a machine, a layer that it runs, and a mapping that passes
// check(): the automatic one, or a random nest with random keeps. A pure function of the seed.
Case random_case(std::uint64_t seed);

}  // namespace orrery::test
