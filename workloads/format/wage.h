// WAGE's weights and activations: whole multiples of sigma(k) = 2^(1-k) between -1 + sigma and
// 1 - sigma, so that a code has k bits and -2^(k-1) is never used.
//
// Source: Wu et al., Training and Inference with Integers in Deep Neural Networks, ICLR 2018, and
// the authors' program, which differs: see WageSource.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "workloads/format/rounding.h"

namespace orrery {

//   kPaper  rounds half away from zero; alpha divides activations; weights stay within
//           1 - sigma(gradient bits)
//   kCode   rounds half to even; alpha divides the quantized weights, where it is more than 1.8;
//           weights stay within 1 - sigma(weight bits)
// alpha is a power of 2 of at least 1: in exact arithmetic it makes no difference what it divides.
enum class WageSource : std::uint8_t { kPaper, kCode };
// "paper", "code".
std::string_view name(WageSource source);
Rounding wage_rounding(WageSource source);

struct WageWidths {
  int weight_bits = 2, activation_bits = 8, gradient_bits = 8;  // 2..16
  bool operator==(const WageWidths&) const = default;
};

// 2^(1-bits).
double wage_sigma(int bits);
// Shift(x) = 2^round(log2 x), x > 0.
double wage_shift(double x);
// Codes of Q(x, bits) = clip(sigma * round(x / sigma), -1 + sigma, 1 - sigma), in units of sigma;
// bits 2..16, else std::invalid_argument.
std::vector<std::int16_t> wage_quantize(std::span<const float> values, int bits,
                                        const Rounder& rounder);
std::vector<float> wage_dequantize(std::span<const std::int16_t> codes, int bits);

// What a layer of n_in inputs (C * R * S) starts with.
struct WageLayer {
  double limit = 0;  // weights are drawn from U(-limit, +limit)
  double alpha = 1;  // layer-wise scale, a power of 2
  bool operator==(const WageLayer&) const = default;
};
// With L0 = sqrt(6 / n_in) and L_min = 1.5 * sigma(weight_bits): limit = max(L0, L_min) and
// alpha = max(Shift(L_min / L0), 1). The paper prints the maximum in the place of L0, which would
// make every alpha 1.
WageLayer wage_layer(std::int64_t n_in, int weight_bits);

// The greatest magnitude of a stored weight.
double wage_weight_limit(WageSource source, const WageWidths& widths);
// What the quantized weights and the activations are divided by.
double wage_weight_divisor(WageSource source, double alpha);
double wage_activation_divisor(WageSource source, double alpha);

// Q(a / alpha, k_A) of an integer accumulator of codes of k_A and k_W bits: its unit is
// sigma(k_A) * sigma(k_W), the code's sigma(k_A), so it is shifted right by k_W - 1 + log2(alpha)
// and saturated.
int wage_requantize(std::int64_t accumulator, const WageWidths& widths, double alpha,
                    Rounding rounding, std::uint64_t draw = 0);

}  // namespace orrery
