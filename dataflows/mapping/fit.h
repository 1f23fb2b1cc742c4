// The largest tiles that a machine holds.
#pragma once

#include <array>
#include <vector>

#include "dataflows/mapping/mapping.h"

namespace orrery {

// `mapping` with the fewest halvings (rounding up) of the steps of some loops, named by their
// places in the nest, with which check() has nothing to say; of equally many, those that fall on
// the loops named first. Throws InputError with the dataflow's name and check()'s sentence where
// even steps of 1 do not fit.
Mapping fit(Mapping mapping, const std::vector<std::size_t>& shrinkable, const Layer& layer,
            const Machine& machine);

// Every tensor whose store can keep tiles; those that only stream through a prefetch store are
// bypassed.
std::array<bool, kTensors> glb_keeps(const Machine& machine);

}  // namespace orrery
