#include "workloads/format/fixed_point.h"

#include <gtest/gtest.h>

#include <boost/multiprecision/cpp_int.hpp>
#include <cmath>

#include "workloads/format/random.h"

namespace orrery {
namespace {

using boost::multiprecision::cpp_int;

constexpr std::int32_t kMost = std::numeric_limits<std::int32_t>::max();
constexpr std::int32_t kLeast = std::numeric_limits<std::int32_t>::min();
constexpr int kCases = 200000;

cpp_int floor_divide(const cpp_int& x, const cpp_int& divisor) {
  cpp_int quotient = x / divisor;
  if (x < 0 && quotient * divisor != x) --quotient;
  return quotient;
}
cpp_int half_up(const cpp_int& x, int shift) {
  return floor_divide(2 * x + (cpp_int(1) << shift), cpp_int(1) << (shift + 1));
}
cpp_int half_away(const cpp_int& x, int shift) {
  return x < 0 ? cpp_int(-half_up(-x, shift)) : half_up(x, shift);
}
cpp_int saturated(const cpp_int& x) {
  return x > kMost ? cpp_int(kMost) : x < kLeast ? cpp_int(kLeast) : x;
}

// Random words of every magnitude, with the corners of int32 among them.
class Words {
 public:
  std::int32_t next() {
    const std::uint64_t number = stream_.at(position_++);
    constexpr std::int32_t kCorners[] = {0, 1, -1, kMost, kLeast, kLeast + 1, 1 << 30, -(1 << 30)};
    if (number % 16 == 0) return kCorners[number / 16 % 8];
    return static_cast<std::int32_t>(number >> 32) >> (number % 31);
  }
  FixedMultiplier multiplier(int least_shift, int most_shift) {
    const std::uint64_t number = stream_.at(position_++);
    const auto mantissa = static_cast<std::int32_t>((number >> 34) | (1U << 30));
    const auto shifts = static_cast<std::uint64_t>(most_shift - least_shift + 1);
    return {mantissa, least_shift + static_cast<int>(number % shifts)};
  }

 private:
  RandomStream stream_{11, "fixed point"};
  std::int64_t position_ = 0;
};

struct Golden {
  std::int32_t x;
  FixedMultiplier m;
  std::int32_t twice, once;
};

// gemmlowp's and TensorFlow Lite's own results.
TEST(FixedPoint, MultipliesAsTensorFlowLiteDoes) {
  constexpr std::int32_t kOne = 1 << 30;
  for (const Golden& g : {Golden{1000, {1518500250, -7}, 6, 6},
                          {-1000, {1518500250, -7}, -6, -6},
                          {3, {kOne, 0}, 2, 2},
                          {-3, {kOne, 0}, -1, -1},
                          {5, {kOne, -1}, 2, 1},
                          {-5, {kOne, -1}, -1, -1},
                          {6, {kOne, -1}, 2, 2},
                          {-6, {kOne, -1}, -2, -1},
                          {12345, {1395864371, -9}, 16, 16}}) {
    EXPECT_EQ(multiply_twice_rounded(g.x, g.m), g.twice) << g.x << " " << g.m.mantissa;
    EXPECT_EQ(multiply_once_rounded(g.x, g.m), g.once) << g.x << " " << g.m.mantissa;
  }
}

TEST(FixedPoint, PiecesAreExactRoundings) {
  Words words;
  for (int i = 0; i < kCases; ++i) {
    const std::int32_t a = words.next(), b = words.next();
    const int shift = i % 32;
    ASSERT_EQ(doubling_high_product(a, b), saturated(half_up(cpp_int(a) * b, 31))) << a << " " << b;
    ASSERT_EQ(divide_by_power(a, shift), half_away(a, shift)) << a << " " << shift;
    ASSERT_EQ(multiply_by_power(a, shift), saturated(cpp_int(a) << shift)) << a << " " << shift;
  }
}

TEST(FixedPoint, ProductsAreExactRoundingsOfTheirSteps) {
  Words words;
  for (int i = 0; i < kCases; ++i) {
    const std::int32_t x = words.next();
    const FixedMultiplier m = words.multiplier(-31, 30);
    const cpp_int raised = saturated(cpp_int(x) << std::max(m.shift, 0));
    const cpp_int high = half_up(raised * m.mantissa, 31);
    ASSERT_EQ(multiply_twice_rounded(x, m), saturated(half_away(high, std::max(-m.shift, 0))))
        << x << " " << m.mantissa << " " << m.shift;
    ASSERT_EQ(multiply_once_rounded(x, m),
              saturated(half_up(cpp_int(x) * m.mantissa, 31 - m.shift)))
        << x << " " << m.mantissa << " " << m.shift;
  }
}

TEST(FixedPoint, WideProductsRoundTheMultiplierTo16Bits) {
  Words words;
  for (int i = 0; i < kCases; ++i) {
    const std::int64_t x = std::int64_t{words.next()} * (1 << 16) + words.next() % (1 << 15);
    const FixedMultiplier m = words.multiplier(-31, 7);
    const cpp_int mantissa = std::min<cpp_int>(half_up(m.mantissa, 16), 0x7fff);
    ASSERT_EQ(multiply_wide(x, m), saturated(half_up(x * mantissa, 15 - m.shift)))
        << x << " " << m.mantissa << " " << m.shift;
  }
}

// The two differ where the first rounding makes a half of what was none: of the 2^e numbers that
// it can leave to a right shift by e one is the half, and every other time it came from the side
// that rounding once does not take away from zero. So in 2^-(e+1) of the cases, 0.8 % for e = 6.
TEST(FixedPoint, RoundingTwiceAndOnceDifferByOneAndSeldom) {
  const RandomStream stream(5, "accumulators");
  Words words;
  for (int e = 5; e <= 9; ++e) {
    int different = 0;
    for (int i = 0; i < kCases; ++i) {
      const auto x = static_cast<std::int32_t>(stream.at(i) >> 43) - (1 << 20);
      const FixedMultiplier m = words.multiplier(-e, -e);
      const int twice = multiply_twice_rounded(x, m), once = multiply_once_rounded(x, m);
      EXPECT_LE(std::abs(twice - once), 1);
      different += twice != once;
    }
    const double expected = std::ldexp(kCases, -e - 1);
    EXPECT_NEAR(different, expected, 4.5 * std::sqrt(expected)) << e;
  }
}

TEST(FixedPoint, MultipliersAreTheNearest) {
  const RandomStream stream(3, "multipliers");
  for (int i = 0; i < kCases; ++i) {
    const double real = std::ldexp(0.5 + unit(stream.at(i)) / 2, i % 62 - 31);
    const FixedMultiplier m = fixed_multiplier(real);
    ASSERT_GE(m.mantissa, 1 << 30) << real;
    ASSERT_LE(std::abs(std::ldexp(m.mantissa, m.shift - 31) - real), std::ldexp(1.0, m.shift - 32));
  }
}

TEST(FixedPoint, MultipliersReachFromZeroToAGiga) {
  EXPECT_EQ(fixed_multiplier(0), (FixedMultiplier{0, 0}));
  EXPECT_EQ(fixed_multiplier(0.5), (FixedMultiplier{1 << 30, 0}));
  EXPECT_EQ(fixed_multiplier(1), (FixedMultiplier{1 << 30, 1}));
  EXPECT_EQ(fixed_multiplier(std::nextafter(1.0, 0)), (FixedMultiplier{1 << 30, 1}));
  EXPECT_EQ(fixed_multiplier(0x1p-33), (FixedMultiplier{0, 0}));
  EXPECT_EQ(fixed_multiplier(std::nextafter(0x1p30, 0)), (FixedMultiplier{kMost, 30}));
  for (const double wrong : {-1.0, 0x1p30, std::nan("")}) {
    EXPECT_THROW(fixed_multiplier(wrong), std::invalid_argument) << wrong;
  }
}

// The series and the products of seven factors lose a few units of 2^-31 each.
TEST(FixedPoint, ExponentialsAreThoseOfTheRealNumbers) {
  for (int i = 0; i <= 100000; ++i) {
    const double a = -32.0 * i / 100000;
    const auto raw = static_cast<std::int32_t>(std::llround(a * 0x1p26));
    EXPECT_NEAR(exp_of_negative(raw), std::exp(raw * 0x1p-26) * 0x1p31, 0x1p9) << raw;
  }
  EXPECT_EQ(exp_of_negative(0), kMost);
}

TEST(FixedPoint, ReciprocalsAreThoseOfTheRealNumbers) {
  for (int i = 0; i < 100000; ++i) {
    const auto a = static_cast<std::int32_t>(21474.8 * i);
    EXPECT_NEAR(one_over_one_plus(a), 0x1p31 / (1 + a * 0x1p-31), 16) << a;
  }
}

}  // namespace
}  // namespace orrery
