#include "workloads/tensor/scale.h"

#include <gtest/gtest.h>

#include <cmath>

#include "sim/random/conv.h"
#include "workloads/golden/golden.h"
#include "workloads/network/widths.h"
#include "workloads/tensor/operands.h"

namespace orrery {
namespace {

constexpr Widths kNarrow{.operand_bits = 16, .product_bits = 16, .psum_bits = 16};
constexpr Widths kWide{.operand_bits = 8, .product_bits = 32, .psum_bits = 32};

Layer open_layer(int channels) {
  Layer layer;
  layer.bounds[index(Dim::kC)] = channels;
  layer.unstated = {.operand_bits = true, .product_shift = true, .requant_shift = true};
  return layer;
}

int product_shift(Layer layer, const Widths& widths) {
  settle_widths(layer, widths);
  return layer.product_shift;
}

// 2^(2*14)/3 * sqrt(9) = 2^28; 2^28 / 2^12 = 2^16. Four times the products: one bit more.
TEST(Scale, ProductShiftBringsPsumsFourBitsBelowTheirWidth) {
  Layer layer = open_layer(9);
  EXPECT_EQ(product_shift(layer, kNarrow), 16);
  layer.bounds[index(Dim::kC)] = 36;
  EXPECT_EQ(product_shift(layer, kNarrow), 17);
  layer.ifmap_zeros = 0.5, layer.filter_zeros = 0.5;
  EXPECT_EQ(product_shift(layer, kNarrow), 16);
  // Psums of 32 bits have room for 2^28.
  EXPECT_EQ(product_shift(layer, {.operand_bits = 16, .product_bits = 32, .psum_bits = 32}), 0);
  layer.ifmap_zeros = 1;
  EXPECT_EQ(product_shift(layer, kNarrow), 0);
}

// K products of two operands of b bits are at most K * 2^(2b-2) together.
TEST(Scale, ProductShiftIsZeroWhereWholeProductsAndTheirSumsFit) {
  for (int bits : {8, 16}) {
    for (int psum_bits = 2 * bits; psum_bits <= 32; ++psum_bits) {
      for (std::int64_t k = 1;
           (k << (2 * bits - 2)) < (std::int64_t{1} << (psum_bits - 1)) && k <= 1 << 20; k *= 2) {
        const Widths widths{bits, 2 * bits, psum_bits};
        EXPECT_EQ(product_shift(open_layer(static_cast<int>(k)), widths), 0)
            << bits << " " << psum_bits << " " << k;
      }
    }
  }
}

TEST(Scale, ProductShiftLeavesEveryProductWhole) {
  for (const int bits : {8, 16}) {
    for (int product_bits = bits; product_bits <= 32; ++product_bits) {
      Layer layer = open_layer(1);
      layer.ifmap_zeros = 0.999;  // small psums, which would do with a smaller shift
      const int shift = product_shift(layer, {bits, product_bits, 32});
      const int operand = 1 << (bits - 1), filter = 1 << (bits - 2);  // largest magnitudes
      const std::int64_t largest = std::int64_t{operand} * (filter - 1) >> shift;
      EXPECT_LT(largest, std::int64_t{1} << (product_bits - 1)) << bits << " " << product_bits;
      if (shift == 0) continue;
      EXPECT_GE(2 * largest, std::int64_t{1} << (product_bits - 2));  // not cut for nothing
    }
  }
}

// 4 * 62^2 * 31^2 = 2^(2+5.954*2+4.954*2): psums of 2^11.91, biases of 2^12/sqrt(3) on top make
// 2^12.4, which is 8 bits above 2^(8-3), rounded up. Without biases it is 7.
TEST(Scale, RequantShiftBringsOfmapsThreeBitsBelowTheirWidth) {
  const Magnitudes m{.ifmap_square = 62 * 62, .filter_square = 31 * 31, .filter_bits = 6};
  Layer layer = open_layer(4);
  layer.operand_bits = 8;
  settle_shifts(layer, m, kWide);
  EXPECT_EQ(bias_bits(layer, m, 32), 12);
  EXPECT_EQ(layer.post.requant_shift, 8);
  layer.post.bias = false;
  settle_shifts(layer, m, kWide);
  EXPECT_EQ(layer.post.requant_shift, 7);
  settle_shifts(layer, m,
                {.operand_bits = 8, .product_bits = 32, .psum_bits = 32, .requantizes = false});
  EXPECT_EQ(layer.post.requant_shift, 0);
}

TEST(Scale, LeavesWhatIsStated) {
  Layer layer = open_layer(64);
  layer.unstated = {};
  layer.product_shift = 3, layer.post.requant_shift = 5;
  const Layer stated = layer;
  settle_widths(layer, kWide);
  EXPECT_EQ(layer, stated);
}

TEST(Scale, BiasesAreAsLargeAsPsumsAndAtMostASixteenthOfTheirRange) {
  Layer layer = open_layer(16);
  const Magnitudes m{.ifmap_square = 1 << 12, .filter_square = 1 << 8, .filter_bits = 5};
  for (const auto& [shift, psum_bits, wanted] :  // deviation 2^(2+6+4) before the shift
       {std::tuple{0, 32, 12}, {0, 16, 12}, {0, 12, 8}, {5, 32, 7}, {20, 32, 0}}) {
    layer.product_shift = shift;
    EXPECT_EQ(bias_bits(layer, m, psum_bits), wanted) << shift << " " << psum_bits;
  }
  EXPECT_EQ(bias_bits(layer, Magnitudes{}, 16), 12);  // no psum to compare with
}

TEST(Scale, MagnitudesAreThoseOfTheFirstImage) {
  Operands in{{{2, 1, 1, 2}, {3, -5, 1000, 1000}}, {{1, 1, 1, 3}, {-8, 0, 7}}, {{0}, {}}};
  EXPECT_EQ(magnitudes(in), (Magnitudes{(9 + 25) / 2.0, (64 + 49) / 3.0, 4}));
  in.filter.data = {-32768, 0, 0};
  EXPECT_EQ(magnitudes(in).filter_bits, 16);
  in.filter.data = {0, 0, 0};
  EXPECT_EQ(magnitudes(in).filter_bits, 0);
}

// Expected and measured: 64 x 64 words leave a relative error of about 1/64 * 1.1.
TEST(Scale, SyntheticMagnitudesAreThoseOfSyntheticOperands) {
  for (const int bits : {8, 16}) {
    Layer layer = open_layer(64);
    layer.bounds[index(Dim::kM)] = 64;
    layer.ifmap_rows = layer.ifmap_cols = layer.bounds[index(Dim::kR)] =
        layer.bounds[index(Dim::kS)] = 8;
    layer.operand_bits = bits;
    layer.ifmap_zeros = 0.3, layer.filter_zeros = 0.2;
    const Magnitudes expected = synthetic_magnitudes(layer);
    const Magnitudes measured = magnitudes(synthetic_operands(layer, 1, 16));
    EXPECT_NEAR(measured.ifmap_square / expected.ifmap_square, 1, 0.1);
    EXPECT_NEAR(measured.filter_square / expected.filter_square, 1, 0.05);
    EXPECT_EQ(measured.filter_bits, expected.filter_bits);
  }
}

}  // namespace
}  // namespace orrery
