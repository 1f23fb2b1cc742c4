// `orrery map --search`: the mapper's answer for each layer of a plan.
#pragma once

#include "cli/options.h"
#include "cli/plan.h"

namespace orrery {

// Replaces the automatic mappings of the plan by those that the search finds, and prints a line for
// each layer: its cost before and after, how many mappings were judged, and the bound. Layers that
// a file maps, and those that only pool, stay as they are. Throws InputError.
void search_mappings(Plan& plan, const Options& options);

}  // namespace orrery
