// Whether the two engines say the same of a layer.
#pragma once

#include <string>

#include "dataflows/mapping/mapping.h"
#include "sim/fast/pass_memory.h"
#include "workloads/tensor/tensor.h"

namespace orrery::test {

// The first figure in which they differ, with both values; empty: they agree. The SystemC engine
// plays a MAC that does not gate, whose counts depend on no value; gating moves no cycle.
std::string difference_of_engines(Machine machine, const Layer& layer, const Mapping& mapping,
                                  const Operands& in, bool folds);

// The same of the fast engine with a memory of passes and without.
std::string difference_of_memory(const Machine& machine, const Layer& layer, const Mapping& mapping,
                                 PassMemory& memory);

}  // namespace orrery::test
