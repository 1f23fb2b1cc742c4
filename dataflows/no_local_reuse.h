// No local reuse: nothing stays in a PE; both operands come from the GLB for each product, and its
// psum leaves at once.
//
// Rows hold ifmap channels, whose products are summed up a column; columns hold ofmap channels, so
// an ifmap word is multicast along a row and each PE gets filter words of its own, anew for each
// ofmap position.
#pragma once

#include "dataflows/pattern/pattern.h"

namespace orrery {

Pattern no_local_reuse();

}  // namespace orrery
