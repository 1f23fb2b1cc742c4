#include "workloads/tensor/operands.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>

#include "workloads/input/input_error.h"
#include "workloads/tensor/npy.h"

namespace orrery {
namespace {

namespace fs = std::filesystem;

// 20 channels of 30x40, padded to 35x47; 8 filters of 20x5x5.
Layer padded_layer(int batch) {
  Layer layer;
  layer.name = "PADDED";
  layer.bounds = {1, batch, 8, 20, 31, 43, 5, 5};
  layer.ifmap_rows = 30, layer.ifmap_cols = 40;
  layer.pad_top = 2, layer.pad_bottom = 3, layer.pad_left = 4, layer.pad_right = 3;
  return layer;
}

double zeros(const OperandTensor& t) {
  return static_cast<double>(std::count(t.data.begin(), t.data.end(), 0));
}

// Padding counts first; the rest is binomial over the words inside.
TEST(Operands, IfmapsHoldTheirFractionOfZerosPaddingIncluded) {
  constexpr double kInside = 4 * 20 * 30 * 40, kPadded = 4 * 20 * 35 * 47;
  for (const double fraction : {0.3, 0.5, 0.775, 0.99}) {
    Layer layer = padded_layer(4);
    layer.ifmap_zeros = fraction;
    const double expected = fraction * kPadded;
    const double inside = (expected - (kPadded - kInside)) / kInside;
    const double sigma = std::sqrt(kInside * inside * (1 - inside));
    const double found = zeros(synthetic_operands(layer, 1, 16).ifmap);
    EXPECT_NEAR(found, expected, 4 * sigma) << fraction;
  }
}

TEST(Operands, FiltersHoldTheirFractionOfZeros) {
  constexpr double kWords = 8 * 20 * 5 * 5;
  for (const double fraction : {0.0, 0.25, 0.9, 1.0}) {
    Layer layer = padded_layer(1);
    layer.filter_zeros = fraction;
    const double sigma = std::sqrt(kWords * fraction * (1 - fraction));
    const double found = zeros(synthetic_operands(layer, 1, 16).filter);
    EXPECT_NEAR(found, fraction * kWords, 4 * sigma) << fraction;
  }
}

TEST(Operands, FewerZerosThanPaddingLeaveNoneInside) {
  Layer layer = padded_layer(1);
  layer.ifmap_zeros = 0.01;
  EXPECT_EQ(zeros(synthetic_operands(layer, 1, 16).ifmap), 20 * (35 * 47 - 30 * 40));
}

TEST(Operands, PaddingIsZeroAndTheRestIsInside) {
  const OperandTensor ifmap = synthetic_operands(padded_layer(1), 1, 16).ifmap;
  for (std::size_t i = 0; i < ifmap.data.size(); ++i) {
    const std::size_t row = i / 47 % 35, col = i % 47;
    const bool inside = row >= 2 && row < 32 && col >= 4 && col < 44;
    ASSERT_EQ(ifmap.data[i] != 0, inside) << row << "," << col;
  }
}

// With 64,000 draws of 64 or 126 values, each value, and so each bound, is missed with a chance
// below 1e-200.
TEST(Operands, ValuesFillTheirRanges) {
  Layer layer = padded_layer(3);
  layer.bounds[index(Dim::kM)] = 128;
  layer.operand_bits = 8;
  const Operands in = synthetic_operands(layer, 1, 8);
  const auto [ifmap_min, ifmap_max] =
      std::minmax_element(in.ifmap.data.begin(), in.ifmap.data.end());
  EXPECT_EQ(*ifmap_min, 0);
  EXPECT_EQ(*ifmap_max, 63);
  const auto [min, max] = std::minmax_element(in.filter.data.begin(), in.filter.data.end());
  EXPECT_EQ(*min, -63);
  EXPECT_EQ(*max, 63);
  EXPECT_EQ(zeros(in.filter), 0);
}

TEST(Operands, BiasesStayWithinASixteenthOfThePsumsRange) {
  Layer layer = padded_layer(1);
  layer.bounds[index(Dim::kM)] = 1000;
  for (const int psum_bits : {16, 32}) {
    const PsumTensor bias = synthetic_operands(layer, 1, psum_bits).bias;
    const auto [min, max] = std::minmax_element(bias.data.begin(), bias.data.end());
    const double reach = std::ldexp(1.0, psum_bits - 4);
    EXPECT_GE(*min, -reach);
    EXPECT_LE(*max, reach);
    EXPECT_LT(*min, -0.9 * reach);
    EXPECT_GT(*max, 0.9 * reach);
  }
}

TEST(Operands, ImagesDoNotDependOnTheBatch) {
  const OperandTensor two = synthetic_operands(padded_layer(2), 5, 16).ifmap;
  const OperandTensor five = synthetic_operands(padded_layer(5), 5, 16).ifmap;
  EXPECT_TRUE(std::equal(two.data.begin(), two.data.end(), five.data.begin()));
}

TEST(Operands, SeedsLayersTensorsAndImagesDiffer) {
  constexpr std::ptrdiff_t kImage = 20L * 35 * 47;
  Layer layer = padded_layer(2);
  const Operands one = synthetic_operands(layer, 1, 16);
  EXPECT_EQ(one.ifmap, synthetic_operands(layer, 1, 16).ifmap);
  EXPECT_NE(one.ifmap, synthetic_operands(layer, 2, 16).ifmap);
  EXPECT_NE(one.filter, synthetic_operands(layer, 2, 16).filter);
  EXPECT_FALSE(std::equal(one.ifmap.data.begin(), one.ifmap.data.begin() + kImage,
                          one.ifmap.data.begin() + kImage));
  layer.name = "OTHER";
  EXPECT_NE(one.ifmap, synthetic_operands(layer, 1, 16).ifmap);
  EXPECT_NE(one.bias, synthetic_operands(layer, 1, 16).bias);
}

// Results are compared across machines and versions, so the words themselves are part of the
// contract.
TEST(Operands, WordsOfASeedNeverChange) {
  Layer layer;
  layer.name = "L";
  layer.bounds = {1, 1, 2, 4, 1, 1, 1, 1};
  layer.ifmap_zeros = 0.25;
  const Operands in = synthetic_operands(layer, 42, 16);
  EXPECT_EQ(in.ifmap.data, (std::vector<std::int16_t>{12607, 12337, 7939, 3890}));
  EXPECT_EQ(in.filter.data,
            (std::vector<std::int16_t>{-16184, -7746, 10449, -8064, 10988, 6229, -6117, -5753}));
  EXPECT_EQ(in.bias.data, (std::vector<std::int32_t>{-3610, -225}));
}

TEST(Operands, LayersWithoutBiasOrFilterGetNone) {
  Layer layer = padded_layer(1);
  layer.post.bias = false;
  EXPECT_TRUE(synthetic_operands(layer, 1, 16).bias.data.empty());
  layer.kind = LayerKind::kPool;
  EXPECT_TRUE(synthetic_operands(layer, 1, 16).filter.data.empty());
}

// One channel of 2x2, padded on top and left; one filter of one tap.
class OperandFiles : public testing::Test {
 protected:
  void SetUp() override {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = fs::temp_directory_path() /
              ("orrery-" + std::string(test->name()) + "-" + std::to_string(getpid()));
    fs::create_directories(folder_);
    layer_.name = "L";
    layer_.bounds = {1, 1, 1, 1, 3, 3, 1, 1};
    layer_.ifmap_rows = layer_.ifmap_cols = 2;
    layer_.pad_top = layer_.pad_left = 1;
    write_npy(folder_ / "L.ifmap.npy", OperandTensor{{1, 1, 2, 2}, {1, 2, 3, 4}});
    write_npy(folder_ / "L.filter.npy", OperandTensor{{1, 1, 1, 1}, {-7}});
    write_npy(folder_ / "L.bias.npy", PsumTensor{{1}, {100000}});
  }
  void TearDown() override { fs::remove_all(folder_); }

  Layer layer_;
  fs::path folder_;
};

TEST_F(OperandFiles, AreReadAndPadded) {
  const Operands in = operands_from_directory(layer_, folder_);
  EXPECT_EQ(in.ifmap, (OperandTensor{{1, 1, 3, 3}, {0, 0, 0, 0, 1, 2, 0, 3, 4}}));
  EXPECT_EQ(in.filter, (OperandTensor{{1, 1, 1, 1}, {-7}}));
  EXPECT_EQ(in.bias, (PsumTensor{{1}, {100000}}));
}

TEST_F(OperandFiles, AreNamedWhenMissing) {
  for (const std::string tensor : {"bias", "filter", "ifmap"}) {
    const fs::path file = folder_ / ("L." + tensor + ".npy");
    fs::remove(file);
    try {
      operands_from_directory(layer_, folder_);
      FAIL() << tensor;
    } catch (const InputError& error) {
      EXPECT_EQ(std::string(error.what()),
                file.string() + ": cannot be read: no such file, or no permission");
    }
  }
}

TEST_F(OperandFiles, SayHowALayerThatIsNotShiftedIsRescaled) {
  layer_.operand_bits = 8;
  layer_.formats.ofmap_zero = -5;
  layer_.post.clamp = {-5, 100};
  layer_.post.rescaling = Rescaling::kTfliteSingle;
  write_npy(folder_ / "L.multiplier.npy", PsumTensor{{1}, {1518500250}});
  write_npy(folder_ / "L.shift.npy", PsumTensor{{1}, {-7}});
  EXPECT_EQ(operands_from_directory(layer_, folder_).rescale,
            (std::vector<RequantChannel>{{.rule = Requant::kTfliteSingle,
                                          .fixed = {1518500250, -7},
                                          .zero_point = -5,
                                          .range = {-5, 100}}}));
  write_npy(folder_ / "L.shift.npy", PsumTensor{{1}, {31}});
  EXPECT_THROW(operands_from_directory(layer_, folder_), InputError);
  layer_.post.rescaling = Rescaling::kOnnx;
  EXPECT_THROW(operands_from_directory(layer_, folder_), InputError);
}

TEST_F(OperandFiles, AreNotLookedForWhereALayerHasNone) {
  fs::remove(folder_ / "L.bias.npy");
  layer_.post.bias = false;
  EXPECT_TRUE(operands_from_directory(layer_, folder_).bias.data.empty());
}

}  // namespace
}  // namespace orrery
