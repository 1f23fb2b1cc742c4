// What a layer must count on a machine, found by visiting every MAC of the mapping's nest.
//
// A witness for the counts of a run: it knows the loops, the keeps and the meaning of each line of
// actions.def, and nothing of passes as they are compiled, of streams, tiles or machines.
#pragma once

#include <cstdint>

#include "arch/counts/counts.h"
#include "dataflows/mapping/mapping.h"
#include "workloads/tensor/tensor.h"

namespace orrery::test {

struct Expected {
  Counts counts;  // or, where `slack` is not zero, the least; counts + slack is then the most
  Counts slack;
  std::uint64_t passes = 0;
  std::uint64_t configurations = 0;  // times that the machine is set up
  int active_pes = 0;                // of the fullest pass
  std::uint64_t active_pes_sum = 0;  // over all passes
  bool passes_are_equally_full = true;
  std::uint64_t psums_leaving_pes = 0;
  std::uint64_t steps = 0;  // of PEs in lock step
};

// Memory and time grow with the MACs of the layer, which must have a mapping that passes check().
Expected expected_counts(const Machine& machine, const Layer& layer, const Mapping& mapping,
                         const Operands& in);

}  // namespace orrery::test
