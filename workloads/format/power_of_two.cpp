#include "workloads/format/power_of_two.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "workloads/format/rounding.h"

namespace orrery {
namespace {

// The exponent of the power next to x > 0.
int nearest_exponent(double x, PowerDomain domain) {
  if (domain == PowerDomain::kLog) return rounded_log2(x);
  const int below = std::ilogb(x);
  return std::ldexp(x, -below) >= 1.5 ? below + 1 : below;
}

// Of a magnitude x > 0, where 1 is the smallest level.
int level_of(double x, int magnitudes, PowerDomain domain) {
  if (domain == PowerDomain::kLinear && x < 0.5) return 0;
  const int k = nearest_exponent(x, domain);
  if (domain == PowerDomain::kLog && k < 0) return 0;
  return 1 << std::clamp(k, 0, magnitudes - 1);
}

}  // namespace

std::string_view name(PowerDomain domain) { return domain == PowerDomain::kLog ? "log" : "linear"; }

int rounded_log2(double x) {
  // The double next to the square root of 2 lies above it: what is smaller is below the root.
  constexpr double kRoot = 1.4142135623730951;
  const int below = std::ilogb(x);
  return std::ldexp(x, -below) >= kRoot ? below + 1 : below;
}

double nearest_power_of_two(double x) {
  if (x == 0) return 0;
  return std::copysign(std::ldexp(1.0, rounded_log2(std::abs(x))), x);
}

PowerOfTwoWeights power_of_two_weights(std::span<const float> weights, int magnitudes,
                                       PowerDomain domain) {
  if (magnitudes < 1 || magnitudes > 15) {
    throw std::invalid_argument("logarithmic weights have 1 to 15 magnitudes");
  }
  require_finite(weights);
  PowerOfTwoWeights out{std::vector<std::int16_t>(weights.size()), 0};
  double most = 0;
  for (const float w : weights) most = std::max(most, std::abs(double{w}));
  if (most == 0) return out;
  out.exponent = nearest_exponent(most, domain) - (magnitudes - 1);
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (weights[i] == 0) continue;
    const double x = std::ldexp(std::abs(double{weights[i]}), -out.exponent);
    const int level = level_of(x, magnitudes, domain);
    out.levels[i] = static_cast<std::int16_t>(weights[i] < 0 ? -level : level);
  }
  return out;
}

std::vector<float> power_of_two_dequantize(const PowerOfTwoWeights& weights) {
  std::vector<float> values;
  values.reserve(weights.levels.size());
  for (const std::int16_t level : weights.levels) {
    values.push_back(std::ldexp(static_cast<float>(level), weights.exponent));
  }
  return values;
}

}  // namespace orrery
