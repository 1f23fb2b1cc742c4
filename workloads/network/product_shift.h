// The number of bits to cut from each product where a network does not say.
#pragma once

#include "workloads/layer/layer.h"

namespace orrery {

// The shift at which psums of synthetic_operands() have a standard deviation of about 2^12, so that
// they rarely leave 16 bits (8 standard deviations at the exact shift, 5.6 at the worst rounding):
//
// With A = 2^(operand_bits-2), a non-zero ifmap word is uniform in [1, A), so E[x^2] = A^2/3; a
// non-zero filter word is uniform in (-A, A), so E[w] = 0 and E[w^2] = A^2/3. A product has mean 0
// and variance A^4/9. A psum sums K = C*R*S * (1 - ifmap_zeros) * (1 - filter_zeros) of them,
// independent given the ifmap: deviation A^2/3 * sqrt(K). The shift is log2 of that less 12,
// rounded to the nearest, never below 0.
int product_shift_for_synthetic_data(const Layer& layer);

}  // namespace orrery
