#include "workloads/format/dorefa.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "workloads/format/bit_planes.h"

namespace orrery {
namespace {

constexpr Rounder kEven{Rounding::kHalfEven, {}};

std::vector<float> random_values(std::size_t count, const char* name) {
  std::vector<float> values;
  for (std::size_t i = 0; i < count; ++i) {
    values.push_back(static_cast<float>(
        3 * unit(RandomStream(41, name).at(static_cast<std::int64_t>(i))) - 1.5));
  }
  return values;
}

TEST(Dorefa, ActivationsAreTheNearestOfTheirLevels) {
  for (int bits = 1; bits <= 8; ++bits) {
    const std::vector<float> values = random_values(500, "activations");
    const std::vector<std::int16_t> codes = dorefa_activations(values, bits, kEven);
    const std::vector<float> back = dorefa_dequantize_activations(codes, bits);
    const double step = 1 / (std::exp2(bits) - 1);
    for (std::size_t i = 0; i < values.size(); ++i) {
      EXPECT_NEAR(back[i], std::clamp(values[i], 0.0F, 1.0F), step / 2 + 1e-6) << bits;
    }
    EXPECT_EQ(dorefa_activations(back, bits, kEven), codes);
  }
}

// tanh(w) / max tanh|w| in -1..1, in 2^k levels that are never 0.
TEST(Dorefa, WeightsAreTheNearestLevelsOfTheirScaledTanh) {
  const std::vector<float> weights = random_values(500, "weights");
  float reach = 0;
  for (const float w : weights) reach = std::max(reach, std::tanh(std::abs(w)));
  for (int bits = 2; bits <= 8; ++bits) {
    const DorefaWeights quantized = dorefa_weights(weights, bits, kEven);
    const std::vector<float> back = dorefa_dequantize(quantized);
    for (std::size_t i = 0; i < weights.size(); ++i) {
      EXPECT_NEAR(back[i], std::tanh(weights[i]) / reach, 1 / (std::exp2(bits) - 1) + 1e-6);
      EXPECT_NE(back[i], 0);
    }
    const auto [least, most] = std::minmax_element(quantized.codes.begin(), quantized.codes.end());
    EXPECT_TRUE(*least == 0 || *most == (1 << bits) - 1) << bits;
  }
}

TEST(Dorefa, OneBitWeightsAreSignsTimesTheMeanMagnitude) {
  const DorefaWeights w = dorefa_weights(std::vector<float>{1, -2, 0, 0.5F, -0.5F}, 1, kEven);
  EXPECT_EQ(w.codes, (std::vector<std::int16_t>{1, 0, 1, 1, 0}));
  EXPECT_EQ(w.scale, 0.8F);
  EXPECT_EQ(dorefa_dequantize(w), (std::vector<float>{0.8F, -0.8F, 0.8F, 0.8F, -0.8F}));
}

TEST(Dorefa, WeightsOfZerosStayNearZeroAndOtherWidthsAreRefused) {
  const DorefaWeights w = dorefa_weights(std::vector<float>(3), 2, kEven);
  EXPECT_EQ(w.codes, (std::vector<std::int16_t>{2, 2, 2}));  // 3/2, half to even
  for (const int bits : {0, 9}) {
    EXPECT_THROW(dorefa_weights(std::vector<float>(3), bits, kEven), std::invalid_argument);
    EXPECT_THROW(dorefa_activations(std::vector<float>(3), bits, kEven), std::invalid_argument);
  }
}

// The correction term against products of the dequantized numbers.
TEST(Dorefa, CorrectedIntegerDotProductsAreThoseOfTheValues) {
  for (int weight_bits = 1; weight_bits <= 8; ++weight_bits) {
    for (int activation_bits = 1; activation_bits <= 8; ++activation_bits) {
      const DorefaWeights w = dorefa_weights(random_values(300, "w"), weight_bits, kEven);
      const auto a = dorefa_activations(random_values(300, "a"), activation_bits, kEven);
      const std::vector<float> w_values = dorefa_dequantize(w);
      const std::vector<float> a_values = dorefa_dequantize_activations(a, activation_bits);
      const double expected =
          std::inner_product(w_values.begin(), w_values.end(), a_values.begin(), 0.0);
      const std::int64_t sum = std::accumulate(a.begin(), a.end(), std::int64_t{0});
      const std::int64_t dot = plane_dot(w.codes, weight_bits, a, activation_bits);
      const std::int64_t corrected = dorefa_corrected(dot, sum, weight_bits);
      EXPECT_NEAR(dorefa_value(corrected, w, activation_bits), expected, 1e-4);
    }
  }
}

// The code whose distance in whole units of 1 / ((2^kw - 1) * (2^ka - 1)) is least.
TEST(Dorefa, AccumulatorsBecomeTheNearestActivationCode) {
  for (const auto& [kw, ka, out] :
       {std::array{1, 1, 1}, {2, 2, 2}, {1, 4, 4}, {3, 5, 8}, {8, 8, 3}}) {
    const DorefaRequant layer{kw, ka, out, 1, Rounding::kHalfEven};
    const std::int64_t unit = std::int64_t{(1 << kw) - 1} * ((1 << ka) - 1), most = (1 << out) - 1;
    for (std::int64_t sum = -unit; sum <= 2 * unit; ++sum) {
      const std::int64_t code = dorefa_requantize(sum, layer),
                         wanted = std::clamp<std::int64_t>(sum, 0, unit) * most;
      const std::int64_t distance = std::abs(wanted - code * unit);
      EXPECT_LE(2 * distance, unit) << sum << " of " << unit;
      EXPECT_TRUE(2 * distance < unit || code % 2 == 0) << sum << " of " << unit;
    }
  }
}

}  // namespace
}  // namespace orrery
