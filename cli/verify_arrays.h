// `orrery verify --array`.
#pragma once

#include "cli/options.h"

namespace orrery {

int verify_arrays_command(const Options& options);

}  // namespace orrery
