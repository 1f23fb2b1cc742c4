// Results as CSV (RFC 4180): a header, then one line a layer; no total, so that columns can be
// summed.
#pragma once

#include <string>

#include "sim/result/result.h"

namespace orrery {

// Columns: the figures of the run and `layer`, the figures of the layer, `stall_<cause>` (core
// cycles), `pe_<state>` (PE-cycles), one column an action as `glb_ifmap_array_read`, `check`, and
// the layer's texts.
std::string to_csv(const NetworkResult& result);

}  // namespace orrery
