#include <gtest/gtest.h>

#include <cmath>

#include "workloads/format/binary.h"

namespace orrery {
namespace {

using Codes = std::vector<std::int16_t>;

Codes random_signs(int count, const char* name) {
  Codes out;
  for (std::int64_t i = 0; i < count; ++i) {
    out.push_back(RandomStream(81, name).at(i) >> 63 != 0 ? std::int16_t{1} : std::int16_t{-1});
  }
  return out;
}

// A plain loop nest; `outside` is what a tap in the padding reads.
std::vector<std::int32_t> plain(const Codes& x, const Codes& w, const BinaryConv& l, int outside) {
  std::vector<std::int32_t> out;
  for (int m = 0; m < l.filters; ++m) {
    for (int p = 0; p < l.out_rows(); ++p) {
      for (int q = 0; q < l.out_cols(); ++q) {
        out.push_back(0);
        for (int i = 0; i < l.channels * l.filter_rows * l.filter_cols; ++i) {
          const int s = i % l.filter_cols, r = i / l.filter_cols % l.filter_rows;
          const int c = i / l.filter_cols / l.filter_rows;
          const int row = p * l.stride + r - l.pad, col = q * l.stride + s - l.pad;
          const bool inside = row >= 0 && row < l.rows && col >= 0 && col < l.cols;
          const auto at = static_cast<std::size_t>((c * l.rows + row) * l.cols + col);
          const int tap = inside ? x[at] : outside;
          out.back() +=
              tap * w[static_cast<std::size_t>(m * l.channels * l.filter_rows * l.filter_cols + i)];
        }
      }
    }
  }
  return out;
}

TEST(BinaryConv, EveryPaddingGivesItsOwnPsums) {
  for (const int channels : {1, 3, 64, 70}) {
    for (const int stride : {1, 2}) {
      BinaryConv l{channels, 6, 7, 4, 3, 2, stride, 1, BinaryPadding::kMasked};
      const Codes x = random_signs(channels * 42, "x"), w = random_signs(4 * channels * 6, "w");
      EXPECT_EQ(binary_conv(x, w, l), plain(x, w, l, 0)) << channels;
      l.padding = BinaryPadding::kMinusOne;
      EXPECT_EQ(binary_conv(x, w, l), plain(x, w, l, -1)) << channels;
      l.padding = BinaryPadding::kNone, l.pad = 0;
      EXPECT_EQ(binary_conv(x, w, l), plain(x, w, l, 0)) << channels;
    }
  }
}

TEST(BinaryConv, PaddingsHaveNames) {
  EXPECT_EQ(name(BinaryPadding::kMasked), "masked");
  EXPECT_EQ(name(BinaryPadding::kMinusOne), "minus_one");
  EXPECT_EQ(name(BinaryPadding::kNone), "none");
}

TEST(BinaryConv, WhatDoesNotFitIsRefused) {
  const Codes x(9, 1), w(9, 1);
  const BinaryConv fits{1, 3, 3, 1, 3, 3, 1, 0, BinaryPadding::kNone};
  EXPECT_EQ(binary_conv(x, w, fits), std::vector<std::int32_t>{9});
  BinaryConv pads = fits, large = fits, more = fits;
  pads.pad = 1, large.filter_rows = 4, more.channels = 2;
  for (const BinaryConv& wrong : {pads, large, more}) {
    EXPECT_THROW(binary_conv(x, w, wrong), std::invalid_argument);
  }
}

TEST(BinaryConv, FilterScalesAreMeanMagnitudes) {
  const std::vector<float> weights{1, -3, 0, 0.5F, 0.5F, -0.5F};
  EXPECT_EQ(filter_scales(weights, 2), (std::vector<float>{4.0F / 3, 0.5F}));
  EXPECT_THROW(filter_scales(weights, 4), std::invalid_argument);
}

// Two channels of 2x2 whose mean magnitudes are 1, 2, 3, 4; a padded 2x2 box.
TEST(BinaryConv, InputScalesAreBoxMeansOfMeanMagnitudes) {
  const std::vector<float> x{0, -4, 3, 8, -2, 0, 3, 0};
  const BinaryConv l{2, 2, 2, 1, 2, 2, 1, 1, BinaryPadding::kMasked};
  EXPECT_EQ(input_scales(x, l),
            (std::vector<float>{0.25F, 0.75F, 0.5F, 1, 2.5F, 1.5F, 0.75F, 1.75F, 1}));
}

// Inputs of one magnitude: K is exact, and alpha * K * dot is the best that one scale a filter can
// do. For weights of one magnitude it is the convolution itself.
TEST(BinaryConv, ScaledPsumsAreTheConvolutionWhereMagnitudesAreEqual) {
  const BinaryConv l{5, 4, 4, 2, 3, 3, 1, 0, BinaryPadding::kNone};
  const Codes x = random_signs(80, "x"), w = random_signs(90, "w");
  std::vector<float> values, weights;
  for (const int s : x) values.push_back(0.75F * static_cast<float>(s));
  for (const int s : w) weights.push_back(0.5F * static_cast<float>(s));
  const std::vector<std::int32_t> psums = binary_conv(x, w, l);
  const std::vector<float> alpha = filter_scales(weights, 2), k = input_scales(values, l);
  for (std::size_t i = 0; i < psums.size(); ++i) {
    const float scaled = alpha[i / 4] * k[i % 4] * static_cast<float>(psums[i]);
    EXPECT_FLOAT_EQ(scaled, 0.375F * static_cast<float>(plain(x, w, l, 0)[i]));
  }
}

}  // namespace
}  // namespace orrery
