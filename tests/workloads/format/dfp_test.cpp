#include "workloads/format/dfp.h"

#include <gtest/gtest.h>

#include <boost/multiprecision/cpp_int.hpp>
#include <cmath>
#include <limits>

#include "workloads/input/input_error.h"

namespace orrery {
namespace {

using boost::multiprecision::cpp_int;
using Codes = std::vector<std::int16_t>;

constexpr Rounder kNearest{Rounding::kHalfUp, {}};
constexpr Rounder kFloor{Rounding::kFloor, {}};
constexpr std::int32_t kMost = std::numeric_limits<std::int32_t>::max();

// LIBXSMM's scale is 14 - add_shift - exponent(absmax): the negative of the exponent here.
TEST(Dfp, ScalesAndCodesAreThoseOfLibxsmm) {
  struct Case {
    float greatest;
    int pre_shift, exponent, code;
  };
  for (const Case& c : {Case{1.0F, 0, -14, 16384},
                        {1.99F, 0, -14, 32604},
                        {5.0F, 0, -12, 20480},
                        {1.0F, 1, -13, 8192},
                        {5.0F, 2, -10, 5120},
                        {-5.0F, 0, -12, -20480}}) {
    const std::vector<float> values{0.125F, c.greatest};
    const DfpTensor tensor = dfp_quantize(values, c.pre_shift, kNearest);
    EXPECT_EQ(tensor.exponent, c.exponent) << c.greatest;
    EXPECT_EQ(tensor.codes[1], c.code) << c.greatest;
  }
}

TEST(Dfp, TheGreatestCodeHas15BitsLessTheShift) {
  for (int pre_shift = 0; pre_shift <= 2; ++pre_shift) {
    for (float greatest = 1e-30F; greatest < 1e30F; greatest *= 1.37F) {
      const DfpTensor t = dfp_quantize(std::vector<float>{greatest}, pre_shift, kNearest);
      EXPECT_GE(t.codes[0], 1 << (14 - pre_shift)) << greatest;
      EXPECT_LE(t.codes[0], (1 << (15 - pre_shift)) - 1) << greatest;
      EXPECT_NEAR(dfp_dequantize(t)[0] / greatest, 1, std::ldexp(1.0, pre_shift - 14));
    }
  }
}

TEST(Dfp, NoValueIsQuantizedToTheLeastCode) {
  const float almost_two = std::nextafter(2.0F, 0.0F);
  const DfpTensor t = dfp_quantize(std::vector<float>{almost_two, -almost_two}, 0, kNearest);
  EXPECT_EQ(t.codes, (Codes{32767, -32767}));
  EXPECT_EQ(dfp_quantize(std::vector<float>{0, 0}, 0, kNearest), (DfpTensor{{0, 0}, 0}));
  EXPECT_THROW(dfp_quantize(std::vector<float>{INFINITY}, 0, kNearest), InputError);
  EXPECT_THROW(dfp_quantize(std::vector<float>{std::nanf("")}, 0, kNearest), InputError);
}

// The first length whose products of greatest codes do not fit.
TEST(Dfp, ChainsOf2And4And8ProductsNeverOverflow) {
  EXPECT_EQ(dfp_safe_length(0, 0), 2);
  EXPECT_EQ(dfp_safe_length(1, 0), 4);
  EXPECT_EQ(dfp_safe_length(0, 1), 4);
  EXPECT_EQ(dfp_safe_length(1, 1), 8);
  for (int a_shift = 0; a_shift <= 2; ++a_shift) {
    for (int b_shift = 0; b_shift <= 2; ++b_shift) {
      const int length = dfp_safe_length(a_shift, b_shift);
      for (const int more : {0, 1}) {
        const auto size = static_cast<std::size_t>(length + more);
        const Codes a(size, static_cast<std::int16_t>(32767 >> a_shift));
        const Codes b(size, static_cast<std::int16_t>(-(32767 >> b_shift)));
        const DfpChains chains{.length = length + more};
        EXPECT_EQ(dfp_dot(a, b, 0, chains).overflows, more == 0 ? 0u : 1u) << length;
      }
    }
  }
}

TEST(Dfp, TwoSquaresOfTheLeastCodeOverflow) {
  const Codes least(2, -32768);
  EXPECT_EQ(dfp_dot(least, least, 0, {.length = 2}), (DfpSum{-0x1p31F, 1}));
  EXPECT_EQ(dfp_dot(least, least, 0, {.length = 2, .overflow = Overflow::kSaturate}),
            (DfpSum{0x1p31F, 1}));  // 2^31 - 1 as a float
  EXPECT_EQ(dfp_dot(least, least, 0, {.length = 1}), (DfpSum{0x1p31F, 0}));
}

Codes random_codes(std::size_t count, const char* name) {
  Codes codes;
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t number = RandomStream(21, name).at(static_cast<std::int64_t>(i));
    codes.push_back(static_cast<std::int16_t>(static_cast<int>(number >> 48) - 32768));
  }
  return codes;
}

// Chains as unbounded integers, cut to 32 bits after each addition; sums of floats as doubles
// rounded once (a double holds more than twice the bits of a float, so that is exact).
DfpSum reference(const Codes& a, const Codes& b, int exponent, const DfpChains& chains) {
  DfpSum sum;
  cpp_int chain = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const auto scaled = [](int x, int shift) { return std::floor(std::ldexp(x, -shift)); };
    chain += cpp_int(scaled(a[i], chains.a_shift)) * cpp_int(scaled(b[i], chains.b_shift));
    const bool high = chain > kMost, low = chain < -cpp_int(kMost) - 1;
    sum.overflows += high || low;
    if (chains.overflow == Overflow::kSaturate) {
      chain = high ? cpp_int(kMost) : low ? cpp_int(-cpp_int(kMost) - 1) : chain;
    } else {
      if (high) chain -= cpp_int(1) << 32;
      if (low) chain += cpp_int(1) << 32;
    }
    if (static_cast<int>(i + 1) % chains.length != 0 && i + 1 != a.size()) continue;
    const auto spilled = static_cast<float>(chain.convert_to<double>());
    const double scale = std::ldexp(1.0, exponent + chains.a_shift + chains.b_shift);
    sum.value = static_cast<float>(double{sum.value} + spilled * scale);
    chain = 0;
  }
  return sum;
}

TEST(Dfp, ChainsSpillTheirSumsIntoFloats) {
  const Codes a = random_codes(301, "a"), b = random_codes(301, "b");
  for (const Overflow overflow : {Overflow::kWrap, Overflow::kSaturate}) {
    for (const int length : {1, 2, 3, 8, 50, 200, 400}) {
      for (const int shift : {0, 1, 2}) {
        const DfpChains chains{length, shift, 2 - shift, overflow};
        EXPECT_EQ(dfp_dot(a, b, -20, chains), reference(a, b, -20, chains))
            << length << " " << shift;
      }
    }
  }
}

TEST(Dfp, ADotProductContinuesWhereAChainEnds) {
  const Codes a = random_codes(96, "a"), b = random_codes(96, "b");
  const DfpChains chains{.length = 16};
  const std::span<const std::int16_t> all_a = a, all_b = b;
  const DfpSum half = dfp_dot(all_a.first(48), all_b.first(48), -9, chains);
  EXPECT_EQ(dfp_dot(all_a.subspan(48), all_b.subspan(48), -9, chains, half),
            dfp_dot(a, b, -9, chains));
}

TEST(Dfp, NarrowingKeeps15BitsAndMovesTheExponent) {
  struct Case {
    std::int32_t greatest;
    int shift;
  };
  for (const Case& c : {Case{0, 0},
                        {32767, 0},
                        {32768, 1},
                        {-32768, 1},
                        {65535, 1},
                        {65536, 2},
                        {kMost, 16},
                        {-kMost - 1, 17}}) {
    const std::vector<std::int32_t> sums{c.greatest, 1 << 8};
    const DfpTensor t = dfp_narrow(sums, -30, kFloor);
    EXPECT_EQ(t.exponent, -30 + c.shift) << c.greatest;
    const double floor = std::floor(std::ldexp(c.greatest, -c.shift));
    EXPECT_EQ(t.codes[0], std::max(floor, -32767.0)) << c.greatest;
  }
}

// 2^31 - 1 rounds to 2^15 after a shift by 16.
TEST(Dfp, NarrowingSaturatesAfterRounding) {
  for (const Rounding mode : {Rounding::kHalfUp, Rounding::kHalfEven, Rounding::kBiased}) {
    const DfpTensor t = dfp_narrow(std::vector<std::int32_t>{kMost, -kMost}, 0, {mode, {}});
    EXPECT_EQ(t.codes, (Codes{32767, -32767})) << name(mode);
    EXPECT_EQ(t.exponent, 16);
  }
}

TEST(Dfp, StochasticNarrowingIsRightOnTheAverage) {
  const std::vector<std::int32_t> sums(100001, (1 << 20) + 5);
  const DfpTensor t = dfp_narrow(sums, 0, {Rounding::kStochastic, RandomStream(6, "narrow")});
  double mean = 0;
  for (const std::int16_t code : t.codes) mean += std::ldexp(code, t.exponent) / 100001;
  EXPECT_NEAR(mean, (1 << 20) + 5, 4 * 32 / std::sqrt(100001));
}

TEST(Dfp, SumsTakeTheLargerExponent) {
  const DfpTensor a{{1000, -7, 3}, -10}, b{{100, 5, -1}, -8};
  // a counts in quarters of b's unit, and its remainders fall.
  EXPECT_EQ(dfp_add(a, b, kFloor), (DfpTensor{{350, 3, -1}, -8}));
  EXPECT_EQ(dfp_add(a, b, kFloor), dfp_add(b, a, kFloor));
  const DfpTensor large{{32767}, 0};
  EXPECT_EQ(dfp_add(large, large, kFloor), (DfpTensor{{32767}, 1}));
  EXPECT_EQ(dfp_add(large, {{-1}, -100}, kFloor), (DfpTensor{{32766}, 0}));
}

}  // namespace
}  // namespace orrery
