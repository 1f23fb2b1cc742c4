// `orrery compare --macs`: one array with several MAC datapaths, with values.
#pragma once

#include "cli/options.h"

namespace orrery {

// Prints the comparison and writes what was asked for; returns an exit code.
int compare_macs(const Options& options);

}  // namespace orrery
