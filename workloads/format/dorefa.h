// DoReFa-Net's k-bit weights and activations: unsigned codes 0..2^k-1, affine in their values.
//
//   activation = code / (2^ka - 1)
//   weight     = scale * (2 * code / (2^kw - 1) - 1)
//
// Source: Zhou et al., DoReFa-Net, 2016 (arXiv 1606.06160), equations 5 to 9. With one bit the
// weight is its sign times the mean magnitude of the layer; with more it is tanh(w), scaled to
// 0..1.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "workloads/format/rounding.h"

namespace orrery {

struct DorefaWeights {
  std::vector<std::int16_t> codes;
  int bits = 1;
  float scale = 1;  // E|w| with one bit, else 1
};
// bits 1..8, else std::invalid_argument; finite weights, else InputError. The sign of 0 is +1.
DorefaWeights dorefa_weights(std::span<const float> weights, int bits, const Rounder& rounder);
std::vector<float> dorefa_dequantize(const DorefaWeights& weights);

// round((2^bits - 1) * clip(x, 0, 1)); bits 1..8.
std::vector<std::int16_t> dorefa_activations(std::span<const float> values, int bits,
                                             const Rounder& rounder);
std::vector<float> dorefa_dequantize_activations(std::span<const std::int16_t> codes, int bits);

// The integer dot product in units of scale / ((2^kw - 1) * (2^ka - 1)): with the codes' dot
// product and the sum of the window's activation codes (needed once a window, for all filters) it
// is 2 * dot - (2^kw - 1) * sum.
constexpr std::int64_t dorefa_corrected(std::int64_t code_dot, std::int64_t activation_sum,
                                        int weight_bits) {
  return 2 * code_dot - ((std::int64_t{1} << weight_bits) - 1) * activation_sum;
}
double dorefa_value(std::int64_t corrected, const DorefaWeights& weights, int activation_bits);

// An accumulator as the next layer's activation code: round((2^out_bits - 1) * clip(value, 0, 1)).
struct DorefaRequant {
  int weight_bits = 1, activation_bits = 1, out_bits = 1;
  float scale = 1;
  Rounding rounding = Rounding::kHalfEven;
};
// Exact for scale 1 and |corrected| < 2^44.
int dorefa_requantize(std::int64_t corrected, const DorefaRequant& layer, std::uint64_t draw = 0);

}  // namespace orrery
