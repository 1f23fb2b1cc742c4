// How large a layer's psums are, and the shifts and biases that suit them. A chip's driver would
// choose these numbers; here they follow from a rule, so that words neither overflow nor die out.
//
// The words of a psum's products are taken as independent, and filters as of mean 0. With
// K = C*R*S products, a psum's standard deviation before any shift is sqrt(K * E[x^2] * E[w^2]) for
// ifmap words x (zeros and padding included) and filter words w.
#pragma once

#include "workloads/tensor/tensor.h"

namespace orrery {

// The widths of a machine, and whether its post-processing can shift psums.
struct Widths {
  int operand_bits = 16;  // 8 or 16, or what the datapath has
  int product_bits = 16;  // 8..32
  int psum_bits = 16;     // product_bits..32
  bool requantizes = true;
  bool cuts_products = true;  // shifts products right and cuts them
  // What a layer's operands are that states nothing of them; no bits: two's complement of
  // operand_bits. And the fields of their words.
  Code ifmap{Coding::kTwos, 0}, filter{Coding::kTwos, 0};
  int lanes = 1;
  bool operator==(const Widths&) const = default;
};

// What the rule looks at.
struct Magnitudes {
  double ifmap_square = 0;   // E[x^2], of words less their zero point
  double filter_square = 0;  // E[w^2], of words less their zero point
  int filter_bits = 0;       // every |w| < 2^filter_bits
  bool operator==(const Magnitudes&) const = default;
};

// Those that synthetic_operands() has by construction. With A = 2^(operand_bits-2) a non-zero ifmap
// word is uniform in [1, A) and a non-zero filter word in (-A, A): both have a mean square of
// A^2/3.
// Narrow codes are drawn as synthetic.h says.
Magnitudes synthetic_magnitudes(const Layer& layer);
// Those of given words; the ifmap's are of the first image, so that a choice made by them, and with
// it every image, is the same whatever the batch.
Magnitudes magnitudes(const Operands& in, const Formats& formats = {});

// Gives the layer the shifts that its network does not state.
//
// product_shift: the psum's deviation becomes 2^(psum_bits-4) at most, up to the rounding of its
// log2 to the nearest: psums then leave psum_bits beyond 8 deviations (5.6 at the worst rounding).
// It is 0 where psums are smaller than that without a shift, which includes every case in which
// whole products and all of their sums fit. It is never so small that a product of any ifmap word
// loses its upper bits.
//
// requant_shift: the deviation of a psum with its bias becomes 2^(b-3) at most, rounded up, with b
// the bits of the ofmap's code (one more, if it is unsigned), so that words saturate beyond 4
// deviations; 0 where the machine does not requantize, and for signs.
//
// A datapath that cuts no products has no product_shift.
void settle_shifts(Layer& layer, const Magnitudes& m, const Widths& widths);

// Synthetic biases are uniform in +-2^bias_bits: as large as the deviation of the layer's psums
// with its product_shift, and at most a sixteenth of the range of the psum. 0..psum_bits-4.
int bias_bits(const Layer& layer, const Magnitudes& m, int psum_bits);
// What they are drawn around: 0, or, with layer.ofmap_zeros, what leaves ReLU so many zeros when
// psums and biases together are normal. Of each product that is shifted and is not zero, half a
// unit is lost to rounding down.
std::int32_t bias_centre(const Layer& layer, const Magnitudes& m, int psum_bits);

}  // namespace orrery
