// From integers to the words that a machine moves.
//
// A word of an operand holds the fields of `lanes` consecutive channels, lane 0 in the low bits.
// The last word of a group's channels is filled up with codes that add nothing. Signs have none:
// there an ifmap lane holds -1 and a filter lane +1, each pair adds -1, and what that comes to in
// a psum is given back with its bias. Ofmaps are not packed: each of their words holds one channel.
#pragma once

#include "workloads/tensor/tensor.h"

namespace orrery {

// The layer in words of so many lanes: its C counts words, and it has a bias where lanes must be
// given back. With one lane: the layer itself.
Layer packed(const Layer& layer, int lanes);
// The layer before; itself if it is not packed.
Layer unpacked(const Layer& layer);

// The words of a packed layer's operands; `in` holds integers, in the shapes of unpacked(layer).
Operands pack(const Layer& layer, const Operands& in);

// The word of padding.
std::int16_t padding_word(const Layer& layer);

// A word of that code, read from a memory that gave it back with any sign.
std::int16_t as_word(Code code, int lanes, std::int32_t stored);

}  // namespace orrery
