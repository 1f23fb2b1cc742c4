// Random runs, small enough to enumerate: a machine, a layer, a legal mapping and operands.
#pragma once

#include <cstdint>
#include <string>

#include "dataflows/mapping/mapping.h"
#include "sim/random/conv.h"
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
// The same with a MAC datapath of that name, its options, and operands in its numbers: codes, zero
// points, and as many channels as fill some words. The layer is packed, the operands are integers.
Case random_case(std::uint64_t seed, std::string_view mac);

}  // namespace orrery::test
