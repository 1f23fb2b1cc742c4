#include "workloads/format/affine.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "workloads/format/random.h"
#include "workloads/input/input_error.h"

namespace orrery {
namespace {

constexpr Rounder kAway{Rounding::kHalfAway, {}};
constexpr Rounder kEven{Rounding::kHalfEven, {}};
constexpr Requant kRules[] = {Requant::kTflite, Requant::kTfliteSingle, Requant::kOnnx};

TEST(Affine, EveryCodeComesBack) {
  for (const auto& [affine, range] : {std::pair{Affine{0.5F, 0}, kInt8},
                                      {Affine{0.0394F, -128}, kInt8},
                                      {Affine{1e-3F, 77}, kUint8},
                                      {Affine{3.7F, 0}, kInt16}}) {
    std::vector<std::int16_t> codes;
    for (int code = range.least; code <= range.most; ++code) {
      codes.push_back(static_cast<std::int16_t>(code));
    }
    EXPECT_EQ(affine_quantize(affine_dequantize(codes, affine), affine, range, kAway), codes);
    EXPECT_EQ(affine_quantize(affine_dequantize(codes, affine), affine, range, kEven), codes);
  }
}

TEST(Affine, ErrorsAreAtMostHalfAStepAndCodesGrowWithValues) {
  const Affine affine = affine_for(-1.5F, 4.0F, kInt8);
  std::vector<float> values;
  for (int i = 0; i <= 5500; ++i) values.push_back(-1.5F + static_cast<float>(i) / 1000);
  const std::vector<std::int16_t> codes = affine_quantize(values, affine, kInt8, kEven);
  EXPECT_TRUE(std::is_sorted(codes.begin(), codes.end()));
  const std::vector<float> back = affine_dequantize(codes, affine);
  // The ends are off by what the zero point was rounded.
  for (std::size_t i = 20; i + 20 < values.size(); ++i) {
    EXPECT_NEAR(back[i], values[i], affine.scale * 0.501F) << values[i];
  }
}

TEST(Affine, HalvesGoAwayOrToEven) {
  const std::vector<float> halves{0.5F, 1.5F, 2.5F, -0.5F, -1.5F, -2.5F};
  EXPECT_EQ(affine_quantize(halves, {1, 0}, kInt8, kAway),
            (std::vector<std::int16_t>{1, 2, 3, -1, -2, -3}));
  EXPECT_EQ(affine_quantize(halves, {1, 0}, kInt8, kEven),
            (std::vector<std::int16_t>{0, 2, 2, 0, -2, -2}));
  // Even is said of the value, before the zero point.
  EXPECT_EQ(affine_quantize(halves, {1, 1}, kInt8, kEven),
            (std::vector<std::int16_t>{1, 3, 3, 1, -1, -1}));
}

TEST(Affine, ZeroHasACodeOfItsOwnWhateverTheRange) {
  for (const auto& [min, max] : {std::pair{-1.0F, 1.0F},
                                 {0.1F, 6.0F},
                                 {-3.3F, -0.2F},
                                 {0.0F, 0.0F},
                                 {0.0F, 1e-44F},
                                 {-0.001F, 1000.0F}}) {
    const Affine affine = affine_for(min, max, kInt8);
    const std::vector<std::int16_t> zero{static_cast<std::int16_t>(affine.zero_point)};
    EXPECT_EQ(affine_quantize(std::vector<float>{0}, affine, kInt8, kEven), zero);
    EXPECT_GE(affine.zero_point, -128);
    EXPECT_LE(affine.zero_point, 127);
    EXPECT_GE(255.01F * affine.scale, std::max(max, 0.0F) - std::min(min, 0.0F));
  }
}

TEST(Affine, WeightsAreSymmetricByTensorOrByChannel) {
  const std::vector<float> weights{0.5F, -1, 0.25F, 8, -4, 0.5F, 0, 0, 0};
  const SymmetricWeights channels = symmetric_weights(weights, 3, kAway);
  EXPECT_EQ(channels.codes, (std::vector<std::int16_t>{64, -127, 32, 127, -64, 8, 0, 0, 0}));
  EXPECT_EQ(channels.scales, (std::vector<float>{1.0F / 127, 8.0F / 127, 1}));
  const SymmetricWeights tensor = symmetric_weights(weights, 1, kAway);
  EXPECT_EQ(tensor.codes, (std::vector<std::int16_t>{8, -16, 4, 127, -64, 8, 0, 0, 0}));
  EXPECT_THROW(symmetric_weights(weights, 2, kAway), std::invalid_argument);
  const std::vector<float> back = symmetric_dequantize(channels);
  for (std::size_t i = 0; i < weights.size(); ++i) {
    EXPECT_NEAR(back[i], weights[i], channels.scales[i / 3] * 0.5001F);
  }
}

// 0.5 * 0.25 = 1/8 and 0.5 * 2 = 1.
TEST(Affine, BiasesCountInProductsOfScales) {
  const std::vector<float> biases{1, -3}, both{0.25F, 2}, one{0.25F};
  EXPECT_EQ(affine_biases(biases, 0.5F, both, kEven), (std::vector<std::int32_t>{8, -3}));
  EXPECT_EQ(affine_biases(biases, 0.5F, one, kEven), (std::vector<std::int32_t>{8, -24}));
  EXPECT_EQ(affine_biases(std::vector<float>{1e20F}, 1, one, kEven).front(), 2147483647);
  EXPECT_THROW(affine_biases(biases, 1, std::vector<float>(3, 1.0F), kEven), std::invalid_argument);
}

TEST(Affine, NothingThatIsNotANumberIsQuantized) {
  const std::vector<float> values{1, std::nanf("")};
  EXPECT_THROW(affine_quantize(values, {}, kInt8, kEven), InputError);
  EXPECT_THROW(affine_for(0, INFINITY, kInt8), std::invalid_argument);
}

// The real result, which no rule misses by more than its roundings: 1/2 of the last step, 1/2 more
// scaled down of the first, and 2^-24 of a float.
TEST(Affine, AccumulatorsBecomeTheNearestCodeUpToTheRulesRoundings) {
  const RandomStream stream(2, "accumulators");
  for (const Requant rule : kRules) {
    for (std::int64_t i = 0; i < 100000; ++i) {
      const float filter_scale = 0.001F + static_cast<float>(unit(stream.at(4 * i))) / 100;
      const Affine out{0.01F + static_cast<float>(unit(stream.at(4 * i + 1))), -7};
      const RequantChannel channel = requant_channel(rule, 0.05F, filter_scale, out, kInt16);
      const auto sum = static_cast<std::int32_t>(stream.at(4 * i + 2) >> 40) - (1 << 23);
      const double real = sum * (0.05F * double{filter_scale} / out.scale) - 7;
      ASSERT_NEAR(requantize(sum, channel), std::clamp(real, -32768.0, 32767.0), 0.78)
          << name(rule) << " " << sum << " " << filter_scale << " " << out.scale;
    }
  }
}

// The product of two floats is exact in double, so rounding it to float is a float's product.
TEST(Affine, OnnxRoundsTheFloatProductToEven) {
  const RequantChannel channel{Requant::kOnnx, {}, 0.125F, 3, kInt8};
  for (std::int32_t sum = -900; sum <= 900; ++sum) {
    const double quotient = static_cast<float>(double{static_cast<float>(sum)} * 0.125);
    const double below = std::floor(quotient), rest = quotient - below;
    const bool up = rest > 0.5 || (rest == 0.5 && std::fmod(below, 2) != 0);
    EXPECT_EQ(requantize(sum, channel),
              std::clamp<int>(static_cast<int>(below) + up + 3, -128, 127));
  }
  EXPECT_EQ(requantize((1 << 24) + 1, {Requant::kOnnx, {}, 1, 0, {0, 1 << 30}}), 1 << 24);
  EXPECT_EQ(requantize(1 << 30, {Requant::kOnnx, {}, 1e6F, 5, kInt8}), 127);
  EXPECT_EQ(requantize(-(1 << 30), {Requant::kOnnx, {}, 1e6F, 5, kInt8}), -128);
}

TEST(Affine, CodesGrowWithAccumulatorsAndStayInTheClamp) {
  for (const Requant rule : kRules) {
    const RequantChannel channel = requant_channel(rule, 0.02F, 0.003F, {0.05F, -10}, {-10, 90});
    int last = -10;
    for (std::int32_t sum = -200000; sum <= 200000; sum += 7) {
      const int code = requantize(sum, channel);
      ASSERT_GE(code, last) << name(rule) << " " << sum;
      ASSERT_LE(code, 90);
      last = code;
    }
    EXPECT_EQ(last, 90);
  }
}

TEST(Affine, WideAccumulatorsOfInt16ActivationsAreRescaledWithin16Bits) {
  const RandomStream stream(4, "wide");
  const RequantChannel channel =
      requant_channel(Requant::kTflite, 0.001F, 0.01F, {0.02F, 0}, kInt16);
  for (std::int64_t i = 0; i < 100000; ++i) {
    const auto sum = static_cast<std::int64_t>(stream.at(i) >> 34) - (std::int64_t{1} << 29);
    const double real = static_cast<double>(sum) * (0.001F * double{0.01F} / 0.02F);
    const double slack = 0.51 + std::abs(real) / 0x1p15;
    ASSERT_NEAR(requantize_wide(sum, channel), std::clamp(real, -32768.0, 32767.0), slack) << sum;
  }
}

TEST(Affine, RulesHaveNames) {
  EXPECT_EQ(name(Requant::kTflite), "tflite");
  EXPECT_EQ(name(Requant::kTfliteSingle), "tflite_single");
  EXPECT_EQ(name(Requant::kOnnx), "onnx");
}

}  // namespace
}  // namespace orrery
