// Row stationary: the automatic mapping of a layer whose user gives none.
#pragma once

#include <vector>

#include "dataflows/mapping/mapping.h"
#include "dataflows/space/space.h"

namespace orrery {

// Of the mappings that row_stationary.cpp describes, the one that is estimated to take the fewest
// cycles; of equals, the one that moves the fewest words in and out of the GLB, then the one with
// the fewest DMA transfers. Throws InputError where none fits. The layer must have MACs.
Mapping row_stationary(const Layer& layer, const Machine& machine);

// All mappings of that kind, those that the search above leaves aside included. Throws as it does.
std::vector<Space> row_stationary_spaces(const Layer& layer, const Machine& machine);

}  // namespace orrery
