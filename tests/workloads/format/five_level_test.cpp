#include "workloads/format/five_level.h"

#include <gtest/gtest.h>

#include "tests/workloads/format/weights.h"
#include "workloads/input/input_error.h"

namespace orrery {
namespace {

constexpr int kWeights = 20000;

struct Optimum {
  std::string name;
  std::vector<float> weights;
  double alpha;  // in mean magnitudes
  double zeros, ones, twos, error;
};

// Half normal, half uniform, of equal variance (1/3 for a uniform weight).
std::vector<float> mixture() {
  std::vector<float> both = test::normal_weights(kWeights);
  for (const float w : test::uniform_weights(kWeights)) both.push_back(w * std::sqrt(3.0F));
  return both;
}

TEST(FiveLevel, OptimaAreThoseOfTheirDistributions) {
  for (const Optimum& o :
       {Optimum{"normal", test::normal_weights(kWeights), 1.06, 0.33, 0.47, 0.20, 0.083},
        {"uniform", test::uniform_weights(kWeights), 0.80, 0.20, 0.40, 0.40, 0.040},
        {"mixture", mixture(), 0.90, 0.25, 0.44, 0.30, 0.065}}) {
    const FiveLevelWeights five = five_level(o.weights);
    EXPECT_NEAR(five.alpha / test::mean_magnitude(o.weights), o.alpha, 0.006) << o.name;
    EXPECT_NEAR(test::share(five.levels, 0), o.zeros, 0.007) << o.name;
    EXPECT_NEAR(test::share(five.levels, 1), o.ones, 0.007) << o.name;
    EXPECT_NEAR(test::share(five.levels, 2), o.twos, 0.007) << o.name;
    EXPECT_NEAR(test::relative_error(o.weights, five_level_dequantize(five)), o.error, 0.001);
  }
}

// Neither another level of one weight nor another alpha is better.
TEST(FiveLevel, TheResultIsAFixedPoint) {
  const std::vector<float> weights{0.1F, -0.9F, 2.3F, 0.4F, -1.7F, 0.05F, 5, -0.6F};
  const FiveLevelWeights best = five_level(weights);
  const double error = test::relative_error(weights, five_level_dequantize(best));
  for (std::size_t i = 0; i < weights.size(); ++i) {
    for (std::int16_t level = -2; level <= 2; ++level) {
      FiveLevelWeights other = best;
      other.levels[i] = level;
      EXPECT_GE(test::relative_error(weights, five_level_dequantize(other)), error) << i;
    }
  }
  for (const float factor : {0.99F, 1.01F}) {
    FiveLevelWeights other = best;
    other.alpha *= factor;
    EXPECT_GT(test::relative_error(weights, five_level_dequantize(other)), error);
  }
  EXPECT_GT(best.iterations, 1);
}

TEST(FiveLevel, ThresholdsAreHalfAndThreeHalvesOfAlphaAndBelongToTheSmallerLevel) {
  const std::vector<float> weights{0.5F, 0.51F, 1.5F, 1.51F, -0.5F, -0.51F, -1.5F, -1.51F, 0, 99};
  EXPECT_EQ(five_levels(weights, 1), (std::vector<std::int16_t>{0, 1, 1, 2, 0, -1, -1, -2, 0, 2}));
}

TEST(FiveLevel, LevelsThemselvesAreExact) {
  const std::vector<float> weights{0, 3, -3, 6, -6, 3};
  const FiveLevelWeights five = five_level(weights);
  EXPECT_EQ(five.alpha, 3);
  EXPECT_EQ(five_level_dequantize(five), weights);
}

TEST(FiveLevel, ZerosHaveNoScaleAndInfinitiesNoLevel) {
  EXPECT_EQ(five_level(std::vector<float>(3)), (FiveLevelWeights{{0, 0, 0}, 0, 0}));
  EXPECT_EQ(five_level({}), FiveLevelWeights{});
  EXPECT_THROW(five_level(std::vector<float>{1, INFINITY}), InputError);
}

}  // namespace
}  // namespace orrery
