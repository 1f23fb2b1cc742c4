// `simulate` on machines whose lanes pass over zeros.
#pragma once

#include "cli/options.h"

namespace orrery {

// Whether the selected machine is one. Throws InputError where it cannot be read.
bool has_lanes(const Selection& selection);

// `simulate` on it: an exit code; InputError for options that only other machines have.
int simulate_lanes(const Options& options);

}  // namespace orrery
