#include "workloads/format/wage.h"

#include <gtest/gtest.h>

#include <cmath>

namespace orrery {
namespace {

// VGG7 of the paper: three pairs of 3x3 layers on 128, 256 and 512 channels, then 8192 -> 1024
// -> 10.
TEST(Wage, AlphasOfVgg7AreThosePublished) {
  struct Layer {
    std::int64_t inputs;
    double alpha;
  };
  for (const Layer& layer : {Layer{3 * 9, 2},
                             {128 * 9, 8},
                             {128 * 9, 8},
                             {256 * 9, 16},
                             {256 * 9, 16},
                             {512 * 9, 16},
                             {8192, 32},
                             {1024, 8}}) {
    EXPECT_EQ(wage_layer(layer.inputs, 2).alpha, layer.alpha) << layer.inputs;
    EXPECT_EQ(wage_layer(layer.inputs, 2).limit, 0.75) << layer.inputs;
  }
}

// sqrt(6 / 1) is beyond the least limit of any width.
TEST(Wage, LayersOfFewInputsDrawWiderAndAreNotScaled) {
  for (int bits = 2; bits <= 8; ++bits) {
    EXPECT_EQ(wage_layer(1, bits), (WageLayer{std::sqrt(6.0), 1})) << bits;
  }
  EXPECT_THROW(wage_layer(0, 2), std::invalid_argument);
  EXPECT_THROW(wage_layer(9, 1), std::invalid_argument);
}

TEST(Wage, CodesAreTheNearestMultiplesOfSigmaAndSymmetric) {
  for (int bits = 2; bits <= 8; ++bits) {
    for (const Rounding mode : {Rounding::kHalfAway, Rounding::kHalfEven}) {
      for (int i = -1300; i <= 1300; ++i) {
        const float x = static_cast<float>(i) / 1000;
        const auto codes = wage_quantize(std::vector<float>{x}, bits, {mode, {}});
        const float back = wage_dequantize(codes, bits).front();
        const double sigma = std::pow(0.5, bits - 1), most = 1 - sigma;
        EXPECT_LE(std::abs(back), most);
        const double wanted = std::clamp(double{x}, -most, most);
        EXPECT_LE(std::abs(back - wanted), sigma / 2 + 1e-9) << x << " " << bits;
        EXPECT_EQ(std::fmod(back, sigma), 0) << x << " " << bits;
      }
    }
  }
}

TEST(Wage, TwoBitsAreTernary) {
  const std::vector<float> values{-5, -0.3F, -0.25F, -0.2F, 0, 0.25F, 0.26F, 1};
  const Rounder paper{wage_rounding(WageSource::kPaper), {}},
      code{wage_rounding(WageSource::kCode), {}};
  EXPECT_EQ(wage_quantize(values, 2, paper),
            (std::vector<std::int16_t>{-1, -1, -1, 0, 0, 1, 1, 1}));
  EXPECT_EQ(wage_quantize(values, 2, code), (std::vector<std::int16_t>{-1, -1, 0, 0, 0, 0, 1, 1}));
  EXPECT_EQ(wage_dequantize(wage_quantize(values, 2, paper), 2).front(), -0.5F);
}

TEST(Wage, ShiftsAreNearestPowersOfTwo) {
  for (const auto& [x, shift] :
       {std::pair{1.0, 1.0}, {1.41, 1.0}, {1.42, 2.0}, {5.5, 4.0}, {6.0, 8.0}}) {
    EXPECT_EQ(wage_shift(x), shift) << x;
  }
  EXPECT_EQ(wage_sigma(2), 0.5);
  EXPECT_EQ(wage_sigma(8), 1.0 / 128);
}

TEST(Wage, PaperAndCodeDivideDifferentThingsAndClipWeightsDifferently) {
  const WageWidths widths{2, 8, 8};
  EXPECT_EQ(wage_weight_limit(WageSource::kPaper, widths), 1 - 1.0 / 128);
  EXPECT_EQ(wage_weight_limit(WageSource::kCode, widths), 0.5);
  for (const double alpha : {1.0, 2.0, 16.0}) {
    for (const WageSource source : {WageSource::kPaper, WageSource::kCode}) {
      const double product =
          wage_weight_divisor(source, alpha) * wage_activation_divisor(source, alpha);
      EXPECT_EQ(product, alpha) << name(source);
    }
    EXPECT_EQ(wage_weight_divisor(WageSource::kPaper, alpha), 1);
  }
}

// The quantization of the real number that the accumulator stands for.
TEST(Wage, AccumulatorsAreShiftedToActivationCodes) {
  for (const WageWidths& w : {WageWidths{2, 8, 8}, {2, 2, 8}, {5, 6, 8}}) {
    for (const double alpha : {1.0, 2.0, 16.0}) {
      for (const WageSource source : {WageSource::kPaper, WageSource::kCode}) {
        for (std::int64_t sum = -5000; sum <= 5000; sum += 3) {
          const double real = static_cast<double>(sum) * wage_sigma(w.activation_bits) *
                              wage_sigma(w.weight_bits) / alpha;
          const Rounder rounder{wage_rounding(source), {}};
          const auto codes = wage_quantize(std::vector<float>{static_cast<float>(real)},
                                           w.activation_bits, rounder);
          ASSERT_EQ(wage_requantize(sum, w, alpha, rounder.rounding), codes.front()) << sum;
        }
      }
    }
  }
}

}  // namespace
}  // namespace orrery
