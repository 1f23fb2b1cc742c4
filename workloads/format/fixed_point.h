// Fixed-point arithmetic as gemmlowp and TensorFlow Lite define it, on 32-bit integers.
// Sources: gemmlowp fixedpoint/fixedpoint.h; TensorFlow Lite kernels/internal/common.h.
#pragma once

#include <bit>
#include <cstdint>
#include <limits>

namespace orrery {

// mantissa * 2^(shift - 31), mantissa in [2^30, 2^31) or 0; shift -31..30.
struct FixedMultiplier {
  std::int32_t mantissa = 0;
  int shift = 0;
  bool operator==(const FixedMultiplier&) const = default;
};
// The nearest one to real >= 0 (mantissa half away from zero); 0 below 2^-32. Throws
// std::invalid_argument where real is negative, not finite, or 2^30 or more.
FixedMultiplier fixed_multiplier(double real);

constexpr std::int32_t saturate_int32(std::int64_t x) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int32_t>::max();
  return static_cast<std::int32_t>(x > kMost ? kMost : x < -kMost - 1 ? -kMost - 1 : x);
}

// "Saturating rounding doubling high multiplication": a * b / 2^31, to nearest, halves upwards;
// -2^31 * -2^31 saturates. The addend below zero is one less than half and the division truncates,
// which rounds as an upward half does.
constexpr std::int32_t doubling_high_product(std::int32_t a, std::int32_t b) {
  const std::int64_t product = std::int64_t{a} * b;
  const std::int64_t nudge = product >= 0 ? std::int64_t{1} << 30 : 1 - (std::int64_t{1} << 30);
  return saturate_int32((product + nudge) / (std::int64_t{1} << 31));
}

// "Rounding divide by power of two": x / 2^exponent, half away from zero; exponent 0..31.
constexpr std::int32_t divide_by_power(std::int32_t x, int exponent) {
  const std::int64_t mask = (std::int64_t{1} << exponent) - 1;
  const std::int64_t rest = x & mask;
  const std::int64_t threshold = (mask >> 1) + (x < 0);
  return static_cast<std::int32_t>((std::int64_t{x} >> exponent) + (rest > threshold));
}

// x * 2^exponent, saturated; exponent 0..31.
constexpr std::int32_t multiply_by_power(std::int32_t x, int exponent) {
  return saturate_int32(std::int64_t{x} * (std::int64_t{1} << exponent));
}

// x * m rounded twice: the high product to nearest, then the right shift half away from zero. A
// left shift comes first and saturates.
constexpr std::int32_t multiply_twice_rounded(std::int32_t x, FixedMultiplier m) {
  const std::int32_t raised = m.shift > 0 ? multiply_by_power(x, m.shift) : x;
  const std::int32_t high = doubling_high_product(raised, m.mantissa);
  return m.shift < 0 ? divide_by_power(high, -m.shift) : high;
}

// x * m rounded once, halves upwards; saturated.
constexpr std::int32_t multiply_once_rounded(std::int32_t x, FixedMultiplier m) {
  const int shift = 31 - m.shift;
  const std::int64_t half = std::int64_t{1} << (shift - 1);
  return saturate_int32((std::int64_t{x} * m.mantissa + half) >> shift);
}

// x * m for 48-bit accumulators, -2^47 <= x < 2^47, shift -31..7: the mantissa is rounded to 16
// bits, then halves go upwards (TensorFlow Lite's int16 activations); saturated.
constexpr std::int32_t multiply_wide(std::int64_t x, FixedMultiplier m) {
  const std::int64_t mantissa = m.mantissa < 0x7fff0000 ? (m.mantissa + (1 << 15)) >> 16 : 0x7fff;
  const int shift = 15 - m.shift;
  return saturate_int32((x * mantissa + (std::int64_t{1} << (shift - 1))) >> shift);
}

// exp(a / 2^26) * 2^31 for -2^31 <= a <= 0, within 2^-26 or so of the exact value; exp(0) is
// 2^31 - 1.
std::int32_t exp_of_negative(std::int32_t a);

// 2^31 / (1 + a / 2^31) for a in [0, 2^31), by three Newton steps.
std::int32_t one_over_one_plus(std::int32_t a);

}  // namespace orrery
