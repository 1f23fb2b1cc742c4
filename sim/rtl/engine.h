// The RTL arrays as arrays of the SystemC machine: compiled for a machine where it is not done yet,
// clocked in step with its core clock.
#pragma once

#include <string>

#include "dataflows/mapping/mapping.h"
#include "sim/machine/clocked_array.h"
#include "sim/rtl/plugin.h"

namespace orrery {

// Arrays for RunOptions::array. `say` is told what is compiled (built_plugin). What it makes throws
// InputError where why_not_in_rtl() has a sentence on the machine, std::runtime_error where the
// tools fail.
MakeClockedArray rtl_arrays(const RtlPlaces& places, void (*say)(const std::string&));

// Why the RTL cannot play the layer under this mapping, which fits: a sentence that says what would
// be right. Empty: it can. Compiles a pass of each size that the layer has.
std::string why_not_in_rtl(const Machine& machine, const Layer& layer, const Mapping& mapping);

}  // namespace orrery
