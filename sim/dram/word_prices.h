// What the words of a machine's memory cost in closed form, before anything is played.
#pragma once

#include "arch/energy/price_list.h"

namespace orrery {

// The list, with the machine's DRAM priced by its standard's currents where it names one and the
// list is in pJ: a word its share of a burst, a core cycle the least background. What depends on
// the order of requests (activates, open rows, refreshes, bursts of which few words are wanted) is
// left out.
PriceList with_memory(PriceList list, const Machine& machine);

// The same as a bound: psums, which a waiting write may answer, and reads that may share a burst
// with those of other transfers, are free.
PriceList least_with_memory(const PriceList& list, const Machine& machine);

}  // namespace orrery
