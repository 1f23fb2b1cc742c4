// Five-level weights {-2, -1, 0, 1, 2} * alpha: a product is a shift by one bit at most, and a
// sign.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace orrery {

struct FiveLevelWeights {
  std::vector<std::int16_t> levels;
  float alpha = 0;
  int iterations = 0;  // until codes stayed the same
  bool operator==(const FiveLevelWeights&) const = default;
};

// Least squares: levels change at |w| = alpha/2 and 3*alpha/2 (there: the smaller level), and
//   alpha = (sum of |w| at level 1 + 2 * sum at level 2) / (n1 + 4 * n2),
// in turns from alpha = mean |w| until the levels stay: a fixed point, where neither alone can
// lessen the error. Weights of zeros have alpha 0. Throws InputError where a weight is not finite.
FiveLevelWeights five_level(std::span<const float> weights);
// The levels of a given alpha > 0.
std::vector<std::int16_t> five_levels(std::span<const float> weights, double alpha);
std::vector<float> five_level_dequantize(const FiveLevelWeights& weights);

}  // namespace orrery
