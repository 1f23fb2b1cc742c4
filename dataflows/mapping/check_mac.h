// Whether the MACs of a machine can compute a layer: part of check().
#pragma once

#include <string>

#include "arch/machine/machine.h"

namespace orrery {

// The reason why not, or empty.
std::string check_mac(const Layer& layer, const Machine& machine);

}  // namespace orrery
