#include "workloads/format/batch_norm.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "workloads/format/random.h"

namespace orrery {
namespace {

std::vector<float> random_values(std::size_t count, const char* name) {
  std::vector<float> values;
  for (std::size_t i = 0; i < count; ++i) {
    values.push_back(
        static_cast<float>(6 * unit(RandomStream(61, name).at(static_cast<std::int64_t>(i))) - 2));
  }
  return values;
}

TEST(BatchNorm, FoldedLayersGiveTheNormalizedOutputs) {
  const std::vector<BatchNorm> norms{{1.5F, -2, 3, 4, 1e-3F}, {-0.5F, 1, 0.25F, 0.01F, 0}};
  std::vector<float> weights = random_values(20, "weights"), biases{0.5F, -1};
  const std::vector<float> inputs = random_values(10, "inputs");
  const auto outputs = [&](std::size_t channel) {
    return std::inner_product(inputs.begin(), inputs.end(), &weights[channel * 10],
                              double{biases[channel]});
  };
  std::vector<double> expected;
  for (std::size_t c = 0; c < 2; ++c) {
    const double sigma = std::sqrt(double{norms[c].variance} + norms[c].epsilon);
    expected.push_back(norms[c].gamma * (outputs(c) - norms[c].mean) / sigma + norms[c].beta);
    EXPECT_NEAR(norms[c].apply(outputs(c)), expected[c], 1e-12);
  }
  fold(weights, biases, norms);
  for (std::size_t c = 0; c < 2; ++c) EXPECT_NEAR(outputs(c), expected[c], 1e-4);
}

TEST(BatchNorm, FoldingWantsOneNormAndOneBiasAChannel) {
  std::vector<float> weights(6), biases(2);
  EXPECT_THROW(fold(weights, biases, std::vector<BatchNorm>(3)), std::invalid_argument);
  EXPECT_THROW(fold(weights, biases, {}), std::invalid_argument);
}

double ap2(double x) {
  return x == 0 ? 0 : std::copysign(std::exp2(std::round(std::log2(std::abs(x)))), x);
}

TEST(BatchNorm, ShiftBasedNormsFollowTheirDefinition) {
  const std::vector<float> x = random_values(100, "x");
  const double mean = std::accumulate(x.begin(), x.end(), 0.0) / 100;
  double variance = 0;
  for (const float v : x) variance += (v - mean) * ap2(v - mean) / 100;
  for (const float gamma : {1.0F, -0.7F, 3.0F}) {
    const std::vector<float> y = shift_batch_norm(x, gamma, 0.25F, 1e-4F);
    const double factor = ap2(gamma) * ap2(1 / std::sqrt(variance + 1e-4F));
    for (std::size_t i = 0; i < x.size(); ++i) {
      EXPECT_NEAR(y[i], (x[i] - mean) * factor + 0.25, 1e-6);
    }
  }
  EXPECT_THROW(shift_batch_norm(std::vector<float>(4, 1.0F), 1, 0, 0), std::invalid_argument);
}

// AP2 is within a factor of the root of 2, and the variance is a sum of such squares.
TEST(BatchNorm, ShiftBasedNormsAreNearTheRealOnes) {
  const std::vector<float> y = shift_batch_norm(random_values(1000, "x"), 1, 0, 0);
  double squares = 0;
  for (const float v : y) squares += double{v} * v / 1000;
  EXPECT_GT(squares, 1 / 2.0 / std::sqrt(2));
  EXPECT_LT(squares, 2 * std::sqrt(2));
}

TEST(BatchNorm, IntegerShiftNormsAreTheRealFormulaRounded) {
  for (const BatchNorm& norm : {BatchNorm{1, 3, 10, 16, 0},
                                {-0.7F, -2, 5, 0.2F, 0.05F},
                                {0, 7, 1, 1, 0},
                                {40, 0, -3, 0.01F, 0}}) {
    const ShiftNorm shift = shift_norm(norm, 0.25, 0.5);
    const double factor = ap2(norm.gamma) * ap2(1 / norm.deviation()) * 0.25 / 0.5;
    for (std::int32_t x = -500; x <= 500; ++x) {
      const double expected = std::floor((x - norm.mean / 0.25) * factor) + norm.beta / 0.5;
      EXPECT_EQ(static_cast<double>(apply(x, shift, Rounding::kFloor)), expected) << x;
    }
  }
  EXPECT_THROW(shift_norm({}, 3, 1), std::invalid_argument);
  EXPECT_THROW(shift_norm({}, 1, -1), std::invalid_argument);
}

}  // namespace
}  // namespace orrery
