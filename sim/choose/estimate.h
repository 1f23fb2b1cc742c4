// What a mapping moves and how long it takes, in closed form: what candidates are judged by.
#pragma once

#include "arch/counts/counts.h"
#include "dataflows/mapping/mapping.h"

namespace orrery {

struct Estimate {
  Counts counts;
  std::uint64_t cycles = 0;
};

// Counts of a layer mapped so, as the engines count where
//   - words that PEs want together go over the bus once,
//   - PEs of a dataflow that keeps an operand keep it for a pass,
//   - no configuration is split, psums take one word, and stores hold padding (biases included).
// Cycles: the steps of the PEs, or the words of the widest-used bus. The mapping must pass check().
Estimate estimate(const Mapping& mapping, const Layer& layer, const Machine& machine);

}  // namespace orrery
