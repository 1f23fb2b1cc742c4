// Ternary weights: -1, 0 and +1 with a scale (TWN) or with one scale for each sign (TTQ).
//
// Sources: Li and Liu, Ternary Weight Networks, 2016 (arXiv 1605.04711); Zhu et al., Trained
// Ternary Quantization, ICLR 2017.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace orrery {

// value = positive_scale, 0 or -negative_scale.
struct TernaryWeights {
  std::vector<std::int16_t> codes;
  float positive_scale = 1, negative_scale = 1;  // equal in TWN
  bool operator==(const TernaryWeights&) const = default;
};

// Those of the paper: with normal weights 42.3 % of the codes are zero. The least-squares optimum
// is 0.767 for normal, 2/3 for uniform weights.
inline constexpr double kTwnFactor = 0.7;
inline constexpr double kTtqFraction = 0.05;

// Both throw InputError where a weight is not finite.
// +-1 where |w| > delta = factor * mean |w|; both scales are the mean of |w| over those.
TernaryWeights twn(std::span<const float> weights, double factor = kTwnFactor);
// +-1 where |w| > delta = fraction * max |w|; the scales are those that training found.
TernaryWeights ttq(std::span<const float> weights, float positive_scale, float negative_scale,
                   double fraction = kTtqFraction);
std::vector<float> ternary_dequantize(const TernaryWeights& weights);

// The operands summed where the code is +1 and where it is -1: a dot product is
// positive_scale * positive - negative_scale * negative, for equal scales scale * difference(). An
// accumulator then has the scale of the operands times that of the weights, and affine.h's
// requantize applies.
struct TernaryDot {
  std::int64_t positive = 0, negative = 0;
  std::int64_t difference() const { return positive - negative; }
  double value(const TernaryWeights& weights) const;
  bool operator==(const TernaryDot&) const = default;
};
TernaryDot ternary_dot(std::span<const std::int16_t> operands, std::span<const std::int16_t> codes);

}  // namespace orrery
