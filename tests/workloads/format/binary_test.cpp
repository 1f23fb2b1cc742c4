#include "workloads/format/binary.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

namespace orrery {
namespace {

std::vector<float> random_values(std::size_t count, const char* name) {
  std::vector<float> values;
  for (std::size_t i = 0; i < count; ++i) {
    values.push_back(
        static_cast<float>(2 * unit(RandomStream(71, name).at(static_cast<std::int64_t>(i))) - 1));
  }
  return values;
}

std::int64_t dot(const std::vector<std::int16_t>& a, const std::vector<std::int16_t>& b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), std::int64_t{0});
}

constexpr std::size_t kSizes[] = {0, 1, 63, 64, 65, 127, 128, 300};

TEST(Binary, ZeroIsPositiveAndSignsComeBack) {
  const Bits bits = binarize(std::vector<float>{0, -0.0F, 1e-30F, -1e-30F, 5, -5});
  EXPECT_EQ(signs(bits), (std::vector<std::int16_t>{1, 1, 1, -1, 1, -1}));
  EXPECT_EQ(bits.words.front(), 0b010111u);
}

TEST(Binary, StochasticSignsFollowTheHardSigmoidAndSaturateBeyondOne) {
  constexpr std::size_t kDraws = 40000;
  for (const float x : {-3.0F, -1.0F, -0.5F, 0.0F, 0.25F, 1.0F, 2.0F}) {
    const Bits bits =
        binarize_stochastically(std::vector<float>(kDraws, x), RandomStream(8, "signs"));
    const double p = std::clamp((x + 1) / 2.0, 0.0, 1.0);
    const double deviation = std::sqrt(p * (1 - p) * kDraws);
    EXPECT_NEAR(static_cast<double>(count_ones(bits)), p * kDraws, 4 * deviation) << x;
  }
}

TEST(Binary, DotProductsAreThoseOfTheSigns) {
  for (const std::size_t n : kSizes) {
    const Bits a = binarize(random_values(n, "a")), b = binarize(random_values(n, "b"));
    EXPECT_EQ(binary_dot(a, b), dot(signs(a), signs(b))) << n;
  }
  EXPECT_THROW(binary_dot({{0}, 3}, {{0}, 4}), std::invalid_argument);
}

TEST(Binary, MaskedPlacesAddNothing) {
  for (const std::size_t n : kSizes) {
    const Bits a = binarize(random_values(n, "a")), b = binarize(random_values(n, "b"));
    const Bits valid = binarize(random_values(n, "valid"));
    std::vector<std::int16_t> masked = signs(a), mask = signs(valid);
    for (std::size_t i = 0; i < n; ++i) masked[i] = mask[i] > 0 ? masked[i] : std::int16_t{0};
    EXPECT_EQ(masked_binary_dot(a, b, valid), dot(masked, signs(b))) << n;
  }
}

TEST(Binary, ZeroOneActivationsAreMaskedSums) {
  for (const std::size_t n : kSizes) {
    const Bits a = binarize(random_values(n, "a")), b = binarize(random_values(n, "b"));
    std::vector<std::int16_t> zero_one = signs(a);
    for (std::int16_t& x : zero_one) x = static_cast<std::int16_t>((x + 1) / 2);
    EXPECT_EQ(zero_one_dot(a, b), dot(zero_one, signs(b))) << n;
  }
}

TEST(Binary, FirstLayersAreExactByBitPlanes) {
  for (const int bits : {1, 5, 8, 15}) {
    std::vector<std::int16_t> codes;
    for (std::int64_t i = 0; i < 147; ++i) {
      codes.push_back(static_cast<std::int16_t>(RandomStream(1, "pixels").at(i) >> (64 - bits)));
    }
    const Bits weights = binarize(random_values(147, "weights"));
    EXPECT_EQ(plane_binary_dot(codes, bits, weights), dot(codes, signs(weights))) << bits;
  }
}

// Every dot product that 9 to 13 terms can have. Powers of 2 keep the reference exact in double.
TEST(Binary, NormAndSignFoldToOneThreshold) {
  for (std::int32_t n = 9; n <= 13; ++n) {
    for (const float gamma : {1.0F, -1.0F, 0.5F, -4.0F, 0.0F}) {
      for (float beta = -3; beta <= 3; beta += 0.25F) {
        for (const float mean : {0.0F, 1.0F, -2.5F, 40.0F}) {
          const BatchNorm norm{gamma, beta, mean, 4, 0};
          const SignThreshold folded = fold_sign(norm, n);
          for (std::int32_t d = -n; d <= n; d += 2) {
            const bool expected = double{gamma} * (d - double{mean}) / 2 + beta >= 0;
            ASSERT_EQ(folded.positive(d), expected)
                << gamma << " " << beta << " " << mean << " " << d;
            if (folded.rule != SignRule::kAtLeast) continue;
            const std::int32_t equal = (d + n) / 2;  // of the n bits
            ASSERT_EQ(equal >= popcount_threshold(folded.threshold, n), expected) << d;
          }
        }
      }
    }
  }
}

// beta = mean * gamma / sigma but for the last bit: tau is next to an integer.
TEST(Binary, ThresholdsAreRightNextToAnInteger) {
  const float below = std::nextafter(3.0F, 0.0F), above = std::nextafter(3.0F, 4.0F);
  for (const auto& [beta, threshold] : {std::pair{3.0F, -3}, {below, -2}, {above, -3}}) {
    EXPECT_EQ(fold_sign({1, beta, 0, 1, 0}, 100), (SignThreshold{SignRule::kAtLeast, threshold}));
    EXPECT_EQ(fold_sign({-1, -beta, 0, 1, 0}, 100),
              (SignThreshold{SignRule::kAtMost, beta < 3 || beta == 3 ? -3 : -4}))
        << beta;
  }
}

TEST(Binary, NormsWithoutASpreadAreRefused) {
  EXPECT_THROW(fold_sign({1, 0, 0, 0, 0}, 9), std::invalid_argument);
  EXPECT_THROW(fold_sign({1, INFINITY, 0, 1, 0}, 9), std::invalid_argument);
}

}  // namespace
}  // namespace orrery
