// The largest tiles that a machine holds.
#pragma once

#include "dataflows/mapping/mapping.h"
#include "dataflows/pattern/pattern.h"

namespace orrery {

// The mapping that `pattern` describes for (layer, machine). Its free sizes are halved (rounding
// up) as few times in all as leave check() with nothing to say; of equally many halvings, those
// that fall on the dimensions that pattern.shrink names first, and on a dimension's outer loops.
//
// Throws InputError with the pattern's name and check()'s sentence where not even sizes of 1 fit,
// and where none of the first kMostTries choices fits. The layer must have MACs.
Mapping fit(const Pattern& pattern, const Layer& layer, const Machine& machine);

inline constexpr int kMostTries = 50'000;

// The pattern's nest where it stands for this layer: where the layer ends in pooling, loops over
// ofmap rows and columns go from DRAM to the GLB, which must hold whole planes.
std::vector<SizedLoop> placed(const Pattern& pattern, const Layer& layer);

}  // namespace orrery
