#include "workloads/format/ternary.h"

#include <gtest/gtest.h>

#include "tests/workloads/format/weights.h"
#include "workloads/format/affine.h"

namespace orrery {
namespace {

constexpr int kWeights = 20000;

TEST(Ternary, WeightsBeyondTheThresholdAreTheirSign) {
  // mean 1, threshold 0.7: what equals it is 0.
  const std::vector<float> weights{0.5F, -0.5F, 2, -2, 0, 1};
  EXPECT_EQ(twn(weights, 0.5), (TernaryWeights{{0, 0, 1, -1, 0, 1}, 5.0F / 3, 5.0F / 3}));
  EXPECT_EQ(twn(weights), (TernaryWeights{{0, 0, 1, -1, 0, 1}, 5.0F / 3, 5.0F / 3}));
  EXPECT_EQ(twn(std::vector<float>(2)), (TernaryWeights{{0, 0}, 0, 0}));
}

// ||w - alpha*t||^2 / ||w||^2 of standard normal weights and the best alpha, with the threshold in
// mean magnitudes sqrt(2/pi): 1 - (integral of |w| beyond it)^2 / (probability beyond it).
double normal_error(double factor) {
  const double pi = std::acos(-1.0), delta = factor * std::sqrt(2 / pi);
  const double moment = std::sqrt(2 / pi) * std::exp(-delta * delta / 2);
  return 1 - moment * moment / std::erfc(delta / std::sqrt(2.0));
}

// 2 * Phi(0.7 * sqrt(2/pi)) - 1 = 0.4235 zeros.
TEST(Ternary, ThePapersRuleLeaves42PercentOfNormalWeightsZero) {
  const std::vector<float> weights = test::normal_weights(kWeights);
  const TernaryWeights t = twn(weights);
  EXPECT_NEAR(test::share(t.codes, 0), 0.423, 0.001);
  EXPECT_NEAR(test::relative_error(weights, ternary_dequantize(t)), normal_error(0.7), 0.0003);
}

TEST(Ternary, TheBestThresholdDependsOnTheDistribution) {
  const std::vector<float> normal = test::normal_weights(kWeights);
  const TernaryWeights t = twn(normal, 0.767);
  EXPECT_NEAR(test::share(t.codes, 0), 0.459, 0.001);
  EXPECT_NEAR(t.positive_scale, 1.534 * test::mean_magnitude(normal), 0.003);
  const double error = test::relative_error(normal, ternary_dequantize(t));
  EXPECT_NEAR(error, normal_error(0.767), 0.0003);
  EXPECT_NEAR(error, 0.190, 0.0005);
  const std::vector<float> uniform = test::uniform_weights(kWeights);
  const TernaryWeights u = twn(uniform, 2.0 / 3);
  EXPECT_NEAR(test::share(u.codes, 0), 1.0 / 3, 0.001);
  EXPECT_NEAR(u.positive_scale, 4.0 / 3 * test::mean_magnitude(uniform), 0.001);
  for (const double factor : {0.6, 0.7, 0.85}) {
    EXPECT_GT(test::relative_error(normal, ternary_dequantize(twn(normal, factor))), error);
    EXPECT_GE(test::relative_error(uniform, ternary_dequantize(twn(uniform, factor))),
              test::relative_error(uniform, ternary_dequantize(u)));
  }
}

TEST(Ternary, TrainedScalesDifferBySign) {
  const std::vector<float> weights{10, 0.5F, 0.51F, -0.6F, -3, 0};
  const TernaryWeights t = ttq(weights, 1.25F, 0.75F);
  EXPECT_EQ(t.codes, (std::vector<std::int16_t>{1, 0, 1, -1, -1, 0}));
  EXPECT_EQ(ternary_dequantize(t), (std::vector<float>{1.25F, 0, 1.25F, -0.75F, -0.75F, 0}));
}

TEST(Ternary, DotProductsAreThoseOfTheValues) {
  const std::vector<float> weights = test::uniform_weights(501);
  std::vector<std::int16_t> operands;
  for (int i = 0; i < 501; ++i)
    operands.push_back(static_cast<std::int16_t>(i * 7919 % 65536 - 32768));
  for (const TernaryWeights& t : {twn(weights), ttq(weights, 1.5F, 0.25F, 0.3)}) {
    double expected = 0;
    const std::vector<float> values = ternary_dequantize(t);
    for (std::size_t i = 0; i < values.size(); ++i) expected += double{values[i]} * operands[i];
    EXPECT_NEAR(ternary_dot(operands, t.codes).value(t), expected, 1e-6 * std::abs(expected) + 1);
  }
  EXPECT_THROW(ternary_dot(operands, {}), std::invalid_argument);
}

// One scale: the accumulator is requantized like any other.
TEST(Ternary, AccumulatorsOfOneScaleAreRequantizedAsAffineOnes) {
  const TernaryWeights t = twn(test::uniform_weights(64));
  for (int x = -100; x <= 100; x += 10) {
    const std::vector<std::int16_t> operands(64, static_cast<std::int16_t>(x));
    std::vector<std::int16_t> codes = t.codes;
    codes[0] = 0;  // otherwise the signs cancel
    const TernaryDot dot = ternary_dot(operands, codes);
    const RequantChannel channel =
        requant_channel(Requant::kTflite, 0.5F, t.positive_scale, {0.25F, 3}, kInt16);
    const double real = 0.5 * dot.value(t) / 0.25 + 3;
    EXPECT_NEAR(requantize(static_cast<std::int32_t>(dot.difference()), channel), real, 0.5001);
  }
}

}  // namespace
}  // namespace orrery
