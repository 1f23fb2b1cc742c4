// How synthetic words are drawn, by their code.
//
// kTwos of more than 4 bits: zero, or with A = 2^(bits-2) and equal chances in [1, A) (ifmaps: a
// ReLU's output, one bit of headroom) or (-A, A) (filters). kUnsigned of more than 4 bits: the
// same, with A = 2^(bits-1). Narrower codes, and those of few levels: zero, or any other number
// that they have, with equal chances; signs: either. Ternary and five-level words take the
// frequencies of normal weights in their best approximation: at least 42.3 % zeros (the rule delta
// = 0.7 E|w| of TWN), and zeros : ones : twos as 33 : 47 : 20. Zero points are added to what is
// drawn; where that leaves the code, the number is taken with the other sign.
#pragma once

#include <cstdint>

#include "workloads/format/code.h"

namespace orrery {

// A of a code that is drawn so; 0 for the others.
int synthetic_limit(Code code);
// Probability of a zero: what the layer says, or what the code's own numbers have, if that is more.
double synthetic_zeros(Code code, double zeros);
// E[x^2] of the numbers less their zero point, of which the layer says so many zeros.
double synthetic_square(Code code, double zeros);

// The number that the lower half of a random one stands for, other than zero; of signs: either.
int synthetic_positive(Code code, std::uint64_t number);
int synthetic_non_zero(Code code, std::uint64_t number);
// Zero point and number together.
int around(Code code, int zero_point, int value);

}  // namespace orrery
