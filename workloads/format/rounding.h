// How a number that lies between two codes, or beyond the last one, becomes a code.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "workloads/format/random.h"

namespace orrery {

enum class Overflow : std::uint8_t { kWrap, kSaturate };

// With f = x - floor(x), x becomes floor(x), or floor(x) + 1 where
//   kFloor       never: what is dropped from two's complement
//   kTowardZero  x < 0 and f > 0
//   kHalfUp      f >= 1/2: the top dropped bit is added
//   kHalfAway    f > 1/2, or f = 1/2 and x > 0
//   kHalfEven    f > 1/2, or f = 1/2 and floor(x) is odd
//   kBiased      f >= 1/4: either of the top two dropped bits adds one
//   kStochastic  with probability f
enum class Rounding : std::uint8_t {
  kFloor,
  kTowardZero,
  kHalfUp,
  kHalfAway,
  kHalfEven,
  kBiased,
  kStochastic
};

struct NamedRounding {
  Rounding rounding;
  std::string_view name;
};
inline constexpr std::array<NamedRounding, 7> kRoundings{{{Rounding::kFloor, "floor"},
                                                          {Rounding::kTowardZero, "toward_zero"},
                                                          {Rounding::kHalfUp, "half_up"},
                                                          {Rounding::kHalfAway, "half_away"},
                                                          {Rounding::kHalfEven, "half_even"},
                                                          {Rounding::kBiased, "biased"},
                                                          {Rounding::kStochastic, "stochastic"}}};
std::string_view name(Rounding rounding);
// Throws InputError with the nearest known name.
Rounding rounding_by_name(std::string_view name);

// A rounding of whole tensors: word i draws random.at(i), where the mode is stochastic.
struct Rounder {
  Rounding rounding = Rounding::kHalfEven;
  RandomStream random;
  std::uint64_t draw(std::size_t i) const {
    return rounding == Rounding::kStochastic ? random.at(static_cast<std::int64_t>(i)) : 0;
  }
};

// The codes of a format: least <= code <= most.
struct CodeRange {
  int least = 0;
  int most = 0;
  constexpr int clamp(std::int64_t x) const {
    return static_cast<int>(
        std::clamp(x, static_cast<std::int64_t>(least), static_cast<std::int64_t>(most)));
  }
  bool operator==(const CodeRange&) const = default;
};
// Two's complement of 1..31 bits, with its least code or (symmetric) without it.
constexpr CodeRange signed_range(int bits) { return {-(1 << (bits - 1)), (1 << (bits - 1)) - 1}; }
constexpr CodeRange symmetric_range(int bits) {
  return {1 - (1 << (bits - 1)), (1 << (bits - 1)) - 1};
}
// 1..30 bits.
constexpr CodeRange unsigned_range(int bits) { return {0, (1 << bits) - 1}; }

// The low `bits` (1..64) of x as two's complement.
constexpr std::int64_t wrap(std::int64_t x, int bits) {
  const int unused = 64 - bits;
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(x) << unused) >> unused;
}

// Whether floor + rest / divisor becomes floor + 1; 0 <= rest < divisor <= 2^62. `dice` is uniform
// in [0, divisor).
constexpr bool rounds_up(Rounding rounding, std::int64_t floor, std::int64_t rest,
                         std::int64_t divisor, std::int64_t dice) {
  switch (rounding) {
    case Rounding::kFloor:
      return false;
    case Rounding::kTowardZero:
      return floor < 0 && rest != 0;
    case Rounding::kHalfUp:
      return rest >= divisor - rest;
    case Rounding::kHalfAway:
      return floor < 0 ? rest > divisor - rest : rest >= divisor - rest;
    case Rounding::kHalfEven:
      return floor % 2 == 0 ? rest > divisor - rest : rest >= divisor - rest;
    case Rounding::kBiased:
      return rest >= divisor / 4 + (divisor % 4 != 0);
    case Rounding::kStochastic:
      return dice < rest;
  }
  return false;
}

// x / 2^shift; shift 0..62. The draw decides stochastic rounding exactly: its top `shift` bits are
// compared with the dropped ones.
constexpr std::int64_t shift_right(std::int64_t x, int shift, Rounding rounding,
                                   std::uint64_t draw = 0) {
  if (shift == 0) return x;
  const std::int64_t floor = x >> shift;
  const std::int64_t divisor = std::int64_t{1} << shift;
  const std::int64_t rest = x & (divisor - 1);
  const auto dice = static_cast<std::int64_t>(draw >> (64 - shift));
  return floor + rounds_up(rounding, floor, rest, divisor, dice);
}

// x / divisor; 1 <= divisor < 2^31.
constexpr std::int64_t divide(std::int64_t x, std::int64_t divisor, Rounding rounding,
                              std::uint64_t draw = 0) {
  std::int64_t floor = x / divisor;
  std::int64_t rest = x % divisor;
  if (rest < 0) --floor, rest += divisor;
  const auto dice =
      static_cast<std::int64_t>(((draw >> 32) * static_cast<std::uint64_t>(divisor)) >> 32);
  return floor + rounds_up(rounding, floor, rest, divisor, dice);
}

// Throws InputError that names the first value which is infinite or not a number.
void require_finite(std::span<const float> values);

// A whole number next to x, in double. Infinities stay.
double round_real(double x, Rounding rounding, std::uint64_t draw = 0);

// round_real, saturated. Throws InputError where x is not a number.
int to_code(double x, CodeRange range, Rounding rounding, std::uint64_t draw = 0);

}  // namespace orrery
