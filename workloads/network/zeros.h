// The zeros that the author of a layer wants in its synthetic words.
#pragma once

#include "workloads/network/network_file.h"

namespace orrery {

// Gives a layer, whose shape stands, its fractions and patterns of zeros. Where channels have
// fractions of their own the layer's is their mean. Throws InputError where both are written, and
// for a run between 0 and 1, and for zeros of an ofmap without biases or ReLU.
void set_zeros(Layer& layer, const LayerWords& words, const Node& node);

}  // namespace orrery
