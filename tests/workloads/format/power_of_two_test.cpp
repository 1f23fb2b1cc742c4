#include "workloads/format/power_of_two.h"

#include <gtest/gtest.h>

#include <cmath>

#include "workloads/format/random.h"
#include "workloads/input/input_error.h"

namespace orrery {
namespace {

TEST(PowerOfTwo, LogarithmsRoundAtTheRootOfTwo) {
  const double root = std::sqrt(2.0);  // the double above the root
  for (int exponent = -60; exponent <= 60; ++exponent) {
    const double scale = std::ldexp(1.0, exponent);
    EXPECT_EQ(rounded_log2(scale), exponent);
    EXPECT_EQ(rounded_log2(root * scale), exponent + 1);
    EXPECT_EQ(rounded_log2(std::nextafter(root, 0) * scale), exponent);
    EXPECT_EQ(rounded_log2(std::nextafter(2.0, 0) * scale), exponent + 1);
  }
}

TEST(PowerOfTwo, DomainsHaveNames) {
  EXPECT_EQ(name(PowerDomain::kLog), "log");
  EXPECT_EQ(name(PowerDomain::kLinear), "linear");
}

TEST(PowerOfTwo, Ap2KeepsTheSignAndZero) {
  for (const auto& [x, ap2] : {std::pair{0.0, 0.0},
                               {1.0, 1.0},
                               {-1.0, -1.0},
                               {3.0, 4.0},
                               {-2.5, -2.0},
                               {0.3, 0.25},
                               {1e-3, 0x1p-10}}) {
    EXPECT_EQ(nearest_power_of_two(x), ap2) << x;
  }
}

std::vector<float> random_weights() {
  std::vector<float> weights{0, 1, -1};
  for (std::int64_t i = 0; i < 2000; ++i) {
    const double magnitude = std::exp2(-10 * unit(RandomStream(51, "magnitude").at(i)));
    weights.push_back(static_cast<float>(i % 2 == 0 ? magnitude : -magnitude));
  }
  return weights;
}

// The level of all levels whose value is nearest, by `distance`.
template <class Distance>
double nearest_level(int magnitudes, int exponent, Distance distance) {
  double best = 0;
  for (int k = -1; k < magnitudes; ++k) {
    const double value = k < 0 ? 0 : std::ldexp(1.0, k + exponent);
    if (distance(value) < distance(best)) best = value;
  }
  return best;
}

TEST(PowerOfTwo, LinearWeightsAreTheNearestValues) {
  const std::vector<float> weights = random_weights();
  for (int magnitudes = 1; magnitudes <= 15; ++magnitudes) {
    const PowerOfTwoWeights coded = power_of_two_weights(weights, magnitudes, PowerDomain::kLinear);
    const std::vector<float> values = power_of_two_dequantize(coded);
    for (std::size_t i = 0; i < weights.size(); ++i) {
      const double w = std::abs(weights[i]);
      const double best = nearest_level(magnitudes, coded.exponent,
                                        [&](double value) { return std::abs(value - w); });
      ASSERT_EQ(values[i], std::copysign(best, weights[i])) << weights[i] << " " << magnitudes;
    }
  }
}

// Zero stands where the next smaller power would.
TEST(PowerOfTwo, LogarithmicWeightsAreTheNearestInTheLogarithm) {
  const std::vector<float> weights = random_weights();
  for (int magnitudes = 1; magnitudes <= 15; ++magnitudes) {
    const PowerOfTwoWeights coded = power_of_two_weights(weights, magnitudes, PowerDomain::kLog);
    const std::vector<float> values = power_of_two_dequantize(coded);
    for (std::size_t i = 3; i < weights.size(); ++i) {
      const double w = std::abs(weights[i]), below = std::ldexp(1.0, coded.exponent - 1);
      const double best = nearest_level(magnitudes, coded.exponent, [&](double value) {
        return std::abs(std::log2(value == 0 ? below : value) - std::log2(w));
      });
      const bool zero = w < below;
      ASSERT_EQ(values[i], std::copysign(zero ? 0 : best, weights[i]))
          << weights[i] << " " << magnitudes;
    }
  }
}

TEST(PowerOfTwo, DomainsDifferBetweenTheRootAndThreeHalves) {
  const std::vector<float> weights{8, 1.45F, 1.40F, 1.55F, -1.45F};
  EXPECT_EQ(power_of_two_weights(weights, 4, PowerDomain::kLog),
            (PowerOfTwoWeights{{8, 2, 1, 2, -2}, 0}));
  EXPECT_EQ(power_of_two_weights(weights, 4, PowerDomain::kLinear),
            (PowerOfTwoWeights{{8, 1, 1, 2, -1}, 0}));
}

TEST(PowerOfTwo, LevelsOfSevenMagnitudesFillFourBits) {
  for (const PowerDomain domain : {PowerDomain::kLog, PowerDomain::kLinear}) {
    for (const std::int16_t level : power_of_two_weights(random_weights(), 7, domain).levels) {
      EXPECT_TRUE(level == 0 || (std::abs(level) <= 64 && (level & -level) == std::abs(level)));
    }
    EXPECT_EQ(power_of_two_weights(std::vector<float>(2), 7, domain),
              (PowerOfTwoWeights{{0, 0}, 0}));
    EXPECT_THROW(power_of_two_weights({}, 16, domain), std::invalid_argument);
    EXPECT_THROW(power_of_two_weights(std::vector<float>{INFINITY}, 7, domain), InputError);
  }
}

}  // namespace
}  // namespace orrery
