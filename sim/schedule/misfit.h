// Whether a layer can run as it is mapped.
#pragma once

#include <string>

#include "dataflows/mapping/mapping.h"

namespace orrery {

// Why the machine cannot run the layer: check()'s sentence, or what stands against pooling on the
// way out, which is how a pooling layer with an empty nest runs. Empty: it can.
std::string misfit(const Machine& machine, const Layer& layer, const Mapping& mapping);

}  // namespace orrery
