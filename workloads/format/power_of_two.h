// Logarithmic weights: 0 or +-2^k, so that a product is a shift.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace orrery {

// round(log2 x) for finite x > 0. No double lies half-way: that would be an odd power of the square
// root of 2.
int rounded_log2(double x);
// AP2: sign(x) * 2^round(log2 |x|), and 0 for 0 ("approximate power of 2", Courbariaux et al.,
// BinaryNet, 2016).
double nearest_power_of_two(double x);

// Where the nearest power is looked for: kLog splits 2^k and 2^(k+1) at 2^(k + 1/2), kLinear at
// 3/2 * 2^k (halves to the larger magnitude). Zero takes what lies below the split that the next
// smaller power would have (kLog), or below half the smallest (kLinear; a half goes to the power).
enum class PowerDomain : std::uint8_t { kLog, kLinear };
// "log", "linear".
std::string_view name(PowerDomain domain);

// value = level * 2^exponent; level 0 or +-2^k with 0 <= k < magnitudes.
struct PowerOfTwoWeights {
  std::vector<std::int16_t> levels;
  int exponent = 0;
  bool operator==(const PowerOfTwoWeights&) const = default;
};
// magnitudes 1..15; 7 fill a code of four bits (sign and k + 1, or 0). The largest magnitude stands
// for the power nearest to the greatest |weight|. Throws InputError where a weight is not finite,
// std::invalid_argument for other magnitudes.
PowerOfTwoWeights power_of_two_weights(std::span<const float> weights, int magnitudes,
                                       PowerDomain domain);
std::vector<float> power_of_two_dequantize(const PowerOfTwoWeights& weights);

}  // namespace orrery
