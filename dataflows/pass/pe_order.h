// The order of a bus that serves PE after PE.
#pragma once

#include "dataflows/pass/pass.h"

namespace orrery {

// The packets of `by_step`, each of which is one packet for all PEs of its group, in the order
// `pe`: next comes the packet of the first PE (by row, then by column) that all its PEs come to
// next in their streams. Where no PE is in two groups these are all packets of one group, then
// those of the next, in the order of their first PEs. Each PE's share keeps its order.
Stream pe_order(const Stream& by_step);

}  // namespace orrery
