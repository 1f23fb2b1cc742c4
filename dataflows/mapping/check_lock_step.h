// Rules of check() for arrays in lock step and for pooling on the array.
#pragma once

#include <string>

#include "dataflows/pass/nest.h"

namespace orrery {

// A pass that is not too long, and, where operands are systolic, loops over the array along which
// words can move on. `pass` is the largest. Empty, or a sentence.
std::string check_lock_step(const Nest& nest, const Layer& layer, const Machine& machine,
                            const Box& pass);

// A pooling window turns whole inside a PE. Empty, or a sentence.
std::string check_pooling(const Mapping& mapping, const Layer& layer, const Machine& machine);

}  // namespace orrery
