// Output stationary: a psum stays in its PE from zero to the last of its products.
//
// Rows hold ofmap rows and columns ofmap columns of one ofmap channel (in the taxonomy of ISCA
// 2016: OS_A), so a filter word is broadcast to all PEs and an ifmap word goes to every PE whose
// window has it. Nothing moves from PE to PE; finished psums leave on the psum bus.
#pragma once

#include "dataflows/mapping/mapping.h"

namespace orrery {

// Throws InputError where no tile fits. The layer must have MACs.
Mapping output_stationary(const Layer& layer, const Machine& machine);

}  // namespace orrery
