// Output stationary: a psum stays in its PE from zero to the last of its products, which come
// channel by channel and tap by tap along a row of taps. Nothing moves from PE to PE; finished
// psums leave on the psum bus. What rows and columns hold makes three kinds (OS_A, OS_B and OS_C of
// Chen, Emer, Sze, ISCA 2016).
//
// os_a, many ofmap pixels of one channel: rows hold ofmap rows and columns ofmap columns, so a
// filter word is broadcast to all PEs and an ifmap word goes to every PE whose window has it.
//
// os_b, several pixels of several channels: rows hold ofmap pixels, neighbours in a row where it is
// long enough; columns hold ofmap channels. A filter word goes to a whole column, an ifmap word to
// all columns of the rows whose windows have it.
//
// os_c, one pixel of many channels: all PEs hold ofmap channels, so an ifmap word is broadcast and
// each PE gets filter words of its own.
#pragma once

#include <vector>

#include "dataflows/pattern/pattern.h"
#include "dataflows/space/space.h"

namespace orrery {

Pattern os_a();
Pattern os_b();
Pattern os_c();

// The mapping of the kind that busies most PEs in a full pass; of equals, the first. Throws
// InputError where none fits.
Mapping output_stationary(const Layer& layer, const Machine& machine);

// The spaces of the kinds that fit. Throws as it does.
std::vector<Space> output_stationary_spaces(const Layer& layer, const Machine& machine);

}  // namespace orrery
