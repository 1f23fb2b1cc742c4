// Where RTL arrays are compiled from, and kept.
#pragma once

#include <string>

#include "sim/rtl/plugin.h"

namespace orrery {

// The sources that come with Orrery, and the folder that $ORRERY_ARRAYS names or one in the user's
// cache folder ($XDG_CACHE_HOME or ~/.cache). Throws InputError where either is missing, or
// verilator is.
RtlPlaces rtl_places();

// That an array is being compiled.
void say_on_stderr(const std::string& sentence);

}  // namespace orrery
