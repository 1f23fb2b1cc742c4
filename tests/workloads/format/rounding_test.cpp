#include "workloads/format/rounding.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "workloads/input/input_error.h"

namespace orrery {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// The whole number that each mode chooses for x / divisor, looked for among those around it.
std::int64_t chosen(std::int64_t x, std::int64_t divisor, Rounding rounding) {
  std::int64_t below = -1000;
  while ((below + 1) * divisor <= x) ++below;
  const std::int64_t to_below = x - below * divisor, to_above = divisor - to_below;
  if (to_below == 0 || rounding == Rounding::kFloor) return below;
  if (rounding == Rounding::kTowardZero) return x > 0 ? below : below + 1;
  if (rounding == Rounding::kBiased) return 4 * to_below >= divisor ? below + 1 : below;
  if (to_below != to_above) return to_below < to_above ? below : below + 1;
  if (rounding == Rounding::kHalfAway) return x > 0 ? below + 1 : below;
  if (rounding == Rounding::kHalfEven) return below % 2 == 0 ? below : below + 1;
  return below + 1;
}

template <class Check>
void for_each_mode(Check check) {
  for (const NamedRounding& named : kRoundings) {
    if (named.rounding == Rounding::kStochastic) continue;
    SCOPED_TRACE(named.name);
    check(named.rounding);
  }
}

TEST(Rounding, ShiftsDivisionsAndRealsAgreeWithTheDefinition) {
  for_each_mode([](Rounding mode) {
    for (int shift = 0; shift <= 5; ++shift) {
      const std::int64_t divisor = std::int64_t{1} << shift;
      for (std::int64_t x = -130; x <= 130; ++x) {
        const std::int64_t expected = chosen(x, divisor, mode);
        EXPECT_EQ(shift_right(x, shift, mode), expected) << x << " >> " << shift;
        EXPECT_EQ(divide(x, divisor, mode), expected) << x << " / " << divisor;
        const double real = static_cast<double>(x) / static_cast<double>(divisor);
        EXPECT_EQ(round_real(real, mode), static_cast<double>(expected)) << real;
      }
    }
  });
}

TEST(Rounding, DivisionsByAnyDivisorAgreeWithTheDefinition) {
  for_each_mode([](Rounding mode) {
    for (const std::int64_t divisor : {1, 2, 3, 5, 6, 7, 9, 25, 49, 125}) {
      for (std::int64_t x = -300; x <= 300; ++x) {
        EXPECT_EQ(divide(x, divisor, mode), chosen(x, divisor, mode)) << x << " / " << divisor;
      }
    }
  });
}

TEST(Rounding, WideShiftsKeepTheirLastBit) {
  const std::int64_t half = std::int64_t{1} << 61;
  EXPECT_EQ(shift_right(half, 62, Rounding::kHalfUp), 1);
  EXPECT_EQ(shift_right(half - 1, 62, Rounding::kHalfUp), 0);
  EXPECT_EQ(shift_right(half, 62, Rounding::kHalfEven), 0);
  EXPECT_EQ(shift_right(-half, 62, Rounding::kHalfAway), -1);
  EXPECT_EQ(shift_right(-half, 62, Rounding::kHalfUp), 0);
}

// 1/2 - 2^-54: adding 1/2 to it in double gives 1.
TEST(Rounding, TheRealNextToAHalfIsNoHalf) {
  const double below = std::nextafter(0.5, 0);
  for (const Rounding mode : {Rounding::kHalfUp, Rounding::kHalfAway, Rounding::kHalfEven}) {
    EXPECT_EQ(round_real(below, mode), 0) << name(mode);
    EXPECT_EQ(round_real(-below, mode), 0) << name(mode);
    EXPECT_EQ(round_real(std::nextafter(-0.5, -1), mode), -1) << name(mode);
  }
  EXPECT_EQ(round_real(std::nextafter(-0.75, -1), Rounding::kBiased), -1);
  EXPECT_EQ(round_real(-0.75, Rounding::kBiased), 0);
}

// A shift by 4 looks at 4 bits of the draw: of the 16, as many round up as the rest says.
TEST(Rounding, StochasticShiftsRoundUpWithExactlyTheDroppedPart) {
  for (std::int64_t x = -40; x <= 40; ++x) {
    std::int64_t sum = 0;
    for (std::uint64_t top = 0; top < 16; ++top) {
      sum += shift_right(x, 4, Rounding::kStochastic, top << 60);
    }
    EXPECT_EQ(sum, x);
  }
}

TEST(Rounding, StochasticDivisionsAndRealsAreRightOnTheAverage) {
  const RandomStream stream(1, "stochastic");
  constexpr int kDraws = 100000;
  double quotients = 0, reals = 0;
  for (int i = 0; i < kDraws; ++i) {
    quotients += static_cast<double>(divide(-17, 7, Rounding::kStochastic, stream.at(i)));
    reals += round_real(-2.3, Rounding::kStochastic, stream.at(i));
  }
  const double deviation = 0.5 / std::sqrt(kDraws);
  EXPECT_NEAR(quotients / kDraws, -17.0 / 7, 4 * deviation);
  EXPECT_NEAR(reals / kDraws, -2.3, 4 * deviation);
}

TEST(Rounding, ModesAreFoundByName) {
  for (const NamedRounding& named : kRoundings) {
    EXPECT_EQ(name(named.rounding), named.name);
    EXPECT_EQ(rounding_by_name(named.name), named.rounding);
  }
  try {
    rounding_by_name("half_evn");
    FAIL();
  } catch (const InputError& error) {
    EXPECT_EQ(std::string(error.what()),
              "no rounding is called 'half_evn' (did you mean 'half_even'?)");
  }
}

TEST(Rounding, CodesSaturate) {
  for (const auto& [x, code] : {std::pair{127.4, 127},
                                {127.5, 127},
                                {1e300, 127},
                                {kInfinity, 127},
                                {-128.6, -128},
                                {-kInfinity, -128}}) {
    EXPECT_EQ(to_code(x, signed_range(8), Rounding::kHalfEven), code) << x;
  }
}

TEST(Rounding, WhatIsNotANumberHasNoCode) {
  EXPECT_THROW(to_code(std::nan(""), signed_range(8), Rounding::kHalfEven), InputError);
}

TEST(Rounding, ValuesThatAreNotFiniteAreNamed) {
  require_finite(std::vector<float>{1, -2, 0});
  try {
    require_finite(std::vector<float>{1, -INFINITY});
    FAIL();
  } catch (const InputError& error) {
    EXPECT_EQ(std::string(error.what()), "value 1 is -inf: only finite values have a code");
  }
}

TEST(Rounding, RangesAndWrappingAreThoseOfTwosComplement) {
  EXPECT_EQ(signed_range(16), (CodeRange{-32768, 32767}));
  EXPECT_EQ(symmetric_range(8), (CodeRange{-127, 127}));
  EXPECT_EQ(unsigned_range(4), (CodeRange{0, 15}));
  EXPECT_EQ(wrap(128, 8), -128);
  EXPECT_EQ(wrap(-129, 8), 127);
  EXPECT_EQ(wrap(std::int64_t{1} << 31, 32), std::numeric_limits<std::int32_t>::min());
  EXPECT_EQ(wrap(-5, 64), -5);
}

}  // namespace
}  // namespace orrery
