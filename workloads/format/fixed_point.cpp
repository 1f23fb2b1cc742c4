#include "workloads/format/fixed_point.h"

#include <array>
#include <cmath>
#include <stdexcept>

namespace orrery {
namespace {

constexpr std::int32_t kMost = std::numeric_limits<std::int32_t>::max();

std::int32_t product(std::int32_t a, std::int32_t b) { return doubling_high_product(a, b); }

// exp(a / 2^31) * 2^31 for a / 2^31 in [-1/4, 0): the Taylor series of degree 4 around -1/8.
std::int32_t exp_of_last_quarter(std::int32_t a) {
  constexpr std::int32_t kExpOfMinusEighth = 1895147668;
  constexpr std::int32_t kThird = 715827883;
  const std::int32_t x = a + (1 << 28);
  const std::int32_t x2 = product(x, x);
  const std::int32_t x3 = product(x2, x);
  const std::int32_t x4 = product(x2, x2);
  const std::int32_t x4_over_4 = divide_by_power(x4, 2);
  const std::int32_t higher = divide_by_power(product(x4_over_4 + x3, kThird) + x2, 1);
  return kExpOfMinusEighth + product(kExpOfMinusEighth, x + higher);
}

}  // namespace

FixedMultiplier fixed_multiplier(double real) {
  if (!(real >= 0) || real >= 0x1p30) {
    throw std::invalid_argument("a multiplier must be at least 0 and less than 2^30");
  }
  FixedMultiplier m;
  const double fraction = std::frexp(real, &m.shift);
  auto mantissa = static_cast<std::int64_t>(std::round(fraction * 0x1p31));
  if (mantissa == std::int64_t{1} << 31) mantissa /= 2, ++m.shift;
  if (m.shift < -31) return {};
  if (m.shift > 30) return {kMost, 30};
  m.mantissa = static_cast<std::int32_t>(mantissa);
  return m;
}

std::int32_t exp_of_negative(std::int32_t a) {
  if (a == 0) return kMost;
  constexpr std::int32_t kQuarter = 1 << 24;
  const std::int32_t last = (a & (kQuarter - 1)) - kQuarter;
  std::int32_t result = exp_of_last_quarter(multiply_by_power(last, 5));
  const std::int32_t quarters = last - a;
  // exp(-2^(i-2)) * 2^31.
  constexpr std::array<std::int32_t, 7> kExp{1672461947, 1302514674, 790015084, 290630308,
                                             39332535,   720401,     242};
  for (std::size_t i = 0; i < kExp.size(); ++i) {
    if ((quarters >> (24 + i) & 1) != 0) result = product(result, kExp[i]);
  }
  return result;
}

std::int32_t one_over_one_plus(std::int32_t a) {
  // Numbers with two integer bits: 1.0 is 2^29.
  constexpr std::int32_t kOne = 1 << 29;
  constexpr std::int32_t k48Over17 = 1515870810;
  constexpr std::int32_t kMinus32Over17 = -1010580540;
  const auto half_denominator = static_cast<std::int32_t>((std::int64_t{a} + kMost + 1) / 2);
  std::int32_t x = k48Over17 + product(half_denominator, kMinus32Over17);
  for (int step = 0; step < 3; ++step) {
    const std::int32_t error = kOne - product(half_denominator, x);
    x += multiply_by_power(product(x, error), 2);
  }
  return multiply_by_power(x, 1);
}

}  // namespace orrery
