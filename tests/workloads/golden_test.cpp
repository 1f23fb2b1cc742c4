#include "workloads/golden/golden.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "sim/random/conv.h"
#include "tests/workloads/onednn.h"

namespace orrery {
namespace {

constexpr Arithmetic kExact{0, 32, 32, Overflow::kWrap};

// A layer of one image, group, filter and psum over `words` channels.
Layer dot_layer(int words) {
  Layer layer;
  layer.bounds[index(Dim::kC)] = words;
  layer.post.bias = false;
  return layer;
}

// The psum of a dot product.
std::int32_t dot(const std::vector<std::int16_t>& a, const std::vector<std::int16_t>& b,
                 const Arithmetic& arithmetic) {
  const int n = static_cast<int>(a.size());
  const Operands in{{{1, n, 1, 1}, a}, {{1, n, 1, 1}, b}, {{0}, {}}};
  return golden_psums(dot_layer(n), in, arithmetic, plain_reduction()).data.at(0);
}

TEST(Golden, SumsProducts) {
  EXPECT_EQ(dot({1, 2, 3}, {4, -5, 6}, kExact), 12);
  EXPECT_EQ(dot({-32768, 32767}, {-32768, 32767}, kExact), 2147418113);  // 2^30 + (2^15 - 1)^2
}

TEST(Golden, ShiftsProductsTowardsMinusInfinity) {
  struct Case {
    std::int16_t a, b;
    int shift, psum;
  };
  const std::vector<Case> cases{
      {7, 1, 1, 3}, {-7, 1, 1, -4}, {-1, 1, 30, -1}, {1, 1, 30, 0}, {-32768, -32768, 30, 1}};
  for (const Case& c : cases) EXPECT_EQ(dot({c.a}, {c.b}, {c.shift, 32, 32, {}}), c.psum);
}

TEST(Golden, CutsProductsToTheirLowBits) {
  EXPECT_EQ(dot({127}, {1}, {0, 8, 32, {}}), 127);
  EXPECT_EQ(dot({128}, {1}, {0, 8, 32, {}}), -128);
  EXPECT_EQ(dot({511}, {1}, {0, 8, 32, {}}), -1);
  EXPECT_EQ(dot({513}, {1}, {1, 8, 32, {}}), 0);  // 256 has no low eight bits
  EXPECT_EQ(dot({512, 255}, {1, 1}, {0, 8, 32, {}}), -1);
}

TEST(Golden, WrapsPsums) {
  EXPECT_EQ(dot({100, 27}, {1, 1}, {0, 16, 8, Overflow::kWrap}), 127);
  EXPECT_EQ(dot({100, 28}, {1, 1}, {0, 16, 8, Overflow::kWrap}), -128);
  EXPECT_EQ(dot({100, 100, 100}, {-1, -1, -1}, {0, 16, 8, Overflow::kWrap}), -44);
  EXPECT_EQ(dot({32767, 32767, 32767}, {32767, 32767, 32767}, kExact), -1073938429);
}

TEST(Golden, SaturatesPsumsAtEachAddition) {
  EXPECT_EQ(dot({100, 100, -50}, {1, 1, 1}, {0, 16, 8, Overflow::kSaturate}), 77);
  EXPECT_EQ(dot({100, 100, -50}, {-1, -1, -1}, {0, 16, 8, Overflow::kSaturate}), -78);
  EXPECT_EQ(dot({32767, 32767, 32767}, {32767, 32767, 32767}, {0, 32, 32, Overflow::kSaturate}),
            2147483647);
}

// Ifmap 1 2 / 3 4 padded by one, filter 1 10 / 100 1000, stride 2: the windows hold 1, 2, 3 and 4
// alone.
TEST(Golden, PadsWithZeros) {
  Layer layer;
  layer.bounds = {1, 1, 1, 1, 2, 2, 2, 2};
  layer.stride_rows = layer.stride_cols = 2;
  layer.ifmap_rows = layer.ifmap_cols = 2;
  layer.pad_top = layer.pad_bottom = layer.pad_left = layer.pad_right = 1;
  const Operands in{{{1, 1, 4, 4}, {0, 0, 0, 0, 0, 1, 2, 0, 0, 3, 4, 0, 0, 0, 0, 0}},
                    {{1, 1, 2, 2}, {1, 10, 100, 1000}},
                    {}};
  EXPECT_EQ(golden_psums(layer, in, kExact, plain_reduction()).data,
            (std::vector{1000, 200, 30, 4}));
}

// ---- oneDNN, in f32 on operands bounded so that every partial sum is an exact integer below 2^24.

template <class Digit>
test::Floats to_floats(const Layer& layer, const Operands& in, Digit ifmap_digit,
                       Digit filter_digit) {
  test::Floats out;
  const int rows = layer.padded_rows(), cols = layer.padded_cols();
  for (int i = 0; i < static_cast<int>(in.ifmap.data.size()); ++i) {
    const int row = i / cols % rows - layer.pad_top, col = i % cols - layer.pad_left;
    if (row < 0 || row >= layer.ifmap_rows || col < 0 || col >= layer.ifmap_cols) continue;
    out.ifmap.push_back(
        static_cast<float>(ifmap_digit(in.ifmap.data[static_cast<std::size_t>(i)])));
  }
  for (const std::int16_t w : in.filter.data) {
    out.filter.push_back(static_cast<float>(filter_digit(w)));
  }
  return out;
}

// Words in [-limit, limit) in the plane, zeros in the padding.
Operands random_operands(Rng& rng, const Layer& layer, int limit) {
  Operands in{{ifmap_shape(layer), {}}, {filter_shape(layer), {}}, {}};
  const int rows = layer.padded_rows(), cols = layer.padded_cols();
  for (int i = 0; i < elements(in.ifmap.shape); ++i) {
    const int row = i / cols % rows - layer.pad_top, col = i % cols - layer.pad_left;
    const bool inside = row >= 0 && row < layer.ifmap_rows && col >= 0 && col < layer.ifmap_cols;
    in.ifmap.data.push_back(static_cast<std::int16_t>(inside ? rng.in(-limit, limit - 1) : 0));
  }
  for (int i = 0; i < elements(in.filter.shape); ++i) {
    in.filter.data.push_back(static_cast<std::int16_t>(rng.in(-limit, limit - 1)));
  }
  return in;
}

int whole(std::int16_t x) { return x; }
int high_byte(std::int16_t x) { return x >> 8; }
int low_byte(std::int16_t x) { return x & 0xff; }
using Digit = int (*)(std::int16_t);

// 72 products below 2^14: sums stay below 2^21.
TEST(Golden, EqualsOneDnnOnEightBits) {
  for (std::uint64_t seed = 1; seed <= 150; ++seed) {
    Rng rng(seed);
    const Layer layer = random_conv(rng);
    const Operands in = random_operands(rng, layer, 128);
    const std::vector<float> theirs =
        test::onednn(layer, to_floats<Digit>(layer, in, whole, whole));
    const std::vector<std::int32_t> wanted(theirs.begin(), theirs.end());
    ASSERT_EQ(golden_psums(layer, in, kExact, plain_reduction()).data, wanted)
        << "seed " << seed << "\n"
        << to_yaml(layer);
  }
}

// x = 256 h + l: four convolutions of bytes, whose 72 products below 2^16 stay below 2^23.
TEST(Golden, EqualsOneDnnOnSixteenBitsByBytes) {
  const std::map<int, Digit> digits{{8, high_byte}, {0, low_byte}};
  for (std::uint64_t seed = 1; seed <= 80; ++seed) {
    Rng rng(seed);
    const Layer layer = random_conv(rng);
    const Operands in = random_operands(rng, layer, 32768);
    std::vector<std::uint32_t> sums(static_cast<std::size_t>(elements(psum_shape(layer))));
    for (const auto& [x_weight, x_digit] : digits) {
      for (const auto& [w_weight, w_digit] : digits) {
        const auto part = test::onednn(layer, to_floats<Digit>(layer, in, x_digit, w_digit));
        for (std::size_t i = 0; i < sums.size(); ++i) {
          sums[i] += static_cast<std::uint32_t>(static_cast<int>(part[i])) << (x_weight + w_weight);
        }
      }
    }
    const std::vector<std::int32_t> wanted(sums.begin(), sums.end());
    ASSERT_EQ(golden_psums(layer, in, kExact, plain_reduction()).data, wanted)
        << "seed " << seed << "\n"
        << to_yaml(layer);
  }
}

// ---- Saturation, against sorting the products instead of walking the tree.

// Steps of each dimension fall to 1; dimensions interleave at random; two cuts divide the loops
// into lists.
ReductionTree random_tree(Rng& rng, const Layer& layer) {
  std::vector<ReductionLoop> loops;
  std::map<Dim, int> step;
  for (const Dim d : {Dim::kC, Dim::kR, Dim::kS}) step[d] = layer.bound(d) + 1;
  while (!step.empty()) {
    const auto it = std::next(step.begin(), rng.in(0, static_cast<int>(step.size()) - 1));
    it->second = rng.in(1, std::max(1, it->second - 1));
    loops.push_back({it->first, it->second, rng.in(0, 1) == 1});
    if (it->second == 1) step.erase(it);
  }
  const int size = static_cast<int>(loops.size());
  const int first = rng.in(0, size), second = rng.in(first, size);
  return {{loops.begin(), loops.begin() + first},
          {loops.begin() + first, loops.begin() + second},
          {loops.begin() + second, loops.end()}};
}

// A product's place in the order, loop by loop: the index of its block, negated where reversed.
std::vector<int> place(const std::vector<ReductionLoop>& loops, std::map<Dim, int> offset) {
  std::vector<int> key;
  for (const ReductionLoop& loop : loops) {
    const int block = offset[loop.dim] / loop.step;
    offset[loop.dim] %= loop.step;
    key.push_back(loop.reversed ? -block : block);
  }
  return key;
}

// Adds the values as they come, each sum kept to 8 bits.
int saturated_sum(const std::vector<int>& values) {
  int sum = 0;
  for (const int v : values) sum = std::min(127, std::max(-128, sum + v));
  return sum;
}

// The first psum of the layer with psums and products of 8 bits.
int sorted_psum(const Layer& layer, const Operands& in, const ReductionTree& tree) {
  std::vector<ReductionLoop> merged = tree.outer;
  merged.insert(merged.end(), tree.chain.begin(), tree.chain.end());
  const std::size_t prefix = merged.size();
  merged.insert(merged.end(), tree.local.begin(), tree.local.end());
  std::map<std::vector<int>, int> products;
  std::size_t tap = 0;
  for (int c = 0; c < layer.bound(Dim::kC); ++c) {
    for (int r = 0; r < layer.bound(Dim::kR); ++r) {
      for (int s = 0; s < layer.bound(Dim::kS); ++s) {
        const int word = (c * layer.padded_rows() + r * layer.dilation_rows) * layer.padded_cols() +
                         s * layer.dilation_cols;
        products[place(merged, {{Dim::kC, c}, {Dim::kR, r}, {Dim::kS, s}})] =
            in.ifmap.data[static_cast<std::size_t>(word)] * in.filter.data[tap++];
      }
    }
  }
  std::map<std::vector<int>, std::vector<int>> visits;
  for (const auto& [key, product] : products) {
    visits[{key.begin(), key.begin() + static_cast<std::ptrdiff_t>(prefix)}].push_back(product);
  }
  std::vector<int> locals;
  for (const auto& [key, visit] : visits) locals.push_back(saturated_sum(visit));
  return saturated_sum(locals);
}

// Operands of a few bits, so that products fit 8 bits while sums often leave them.
TEST(Golden, SaturatesInTheOrderOfTheTree) {
  int differs_from_plain = 0;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    Rng rng(seed);
    const Layer layer = random_conv(rng);
    const Operands in = random_operands(rng, layer, 11);
    const ReductionTree tree = random_tree(rng, layer);
    const Arithmetic arithmetic{0, 8, 8, Overflow::kSaturate};
    const PsumTensor psums = golden_psums(layer, in, arithmetic, tree);
    ASSERT_EQ(psums.data[0], sorted_psum(layer, in, tree))
        << "seed " << seed << ", " << tree.to_string() << "\n"
        << to_yaml(layer);
    differs_from_plain += psums != golden_psums(layer, in, arithmetic, plain_reduction());
  }
  EXPECT_GT(differs_from_plain, 50);  // else the trees would not have been told apart
}

TEST(Golden, IgnoresTheTreeWhereNothingSaturates) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    Rng rng(seed);
    const Layer layer = random_conv(rng);
    const Operands in = random_operands(rng, layer, 128);
    const PsumTensor wanted = golden_psums(layer, in, kExact, plain_reduction());
    const ReductionTree tree = random_tree(rng, layer);
    ASSERT_EQ(golden_psums(layer, in, {0, 32, 32, Overflow::kSaturate}, tree), wanted) << seed;
  }
}

TEST(Golden, TreesSaySoInOneLine) {
  EXPECT_EQ(plain_reduction().to_string(), "PE C, R, S");
  const ReductionTree tree{
      {{Dim::kC, 6}}, {{Dim::kC, 3, true}, {Dim::kR, 1, true}}, {{Dim::kS, 1}, {Dim::kC, 1}}};
  EXPECT_EQ(tree.to_string(), "passes C/6; chain C/3 rev, R rev; PE S, C");
}

TEST(Golden, RefusesTreesAndOperandsOfOtherShapes) {
  const Operands in{{{1, 2, 1, 1}, {1, 1}}, {{1, 2, 1, 1}, {1, 1}}, {}};
  const Arithmetic saturating{0, 32, 32, Overflow::kSaturate};
  EXPECT_THROW(golden_psums(dot_layer(2), in, saturating, {{}, {}, {{Dim::kC, 2}}}),
               std::invalid_argument);
  EXPECT_THROW(golden_psums(dot_layer(3), in, kExact, plain_reduction()), std::invalid_argument);
}

// ---- Post-processing.

// The ofmap of one psum.
int post(std::int32_t psum, std::int32_t bias, const PostProcess& steps, int bits) {
  Layer layer = dot_layer(1);
  layer.post = steps;
  layer.operand_bits = bits;
  return golden_post(layer, {{1, 1, 1, 1}, {psum}}, {{}, {}, {{1}, {bias}}}).data.at(0);
}

TEST(Golden, RequantizesRoundingHalfUp) {
  struct Case {
    int psum, shift, wanted;
  };
  const std::vector<Case> cases{{5, 0, 5},   {5, 1, 3},   {-5, 1, -2}, {6, 2, 2},
                                {-6, 2, -1}, {-7, 2, -2}, {1, 31, 0},  {1 << 30, 31, 1}};
  for (const Case& c : cases) EXPECT_EQ(post(c.psum, 0, {true, c.shift, false, {}}, 16), c.wanted);
}

TEST(Golden, AddsTheBiasInSixtyFourBits) {
  EXPECT_EQ(post(2147483647, 2147483647, {true, 31, false, {}}, 16), 2);
  EXPECT_EQ(post(5, 100, {true, 0, false, {}}, 16), 105);
  EXPECT_EQ(post(5, 100, {false, 0, false, {}}, 16), 5);
}

TEST(Golden, SaturatesOfmapsToTheOperandWidth) {
  for (const auto& [psum, wide, narrow] : {std::tuple{40000, 32767, 127}, {-40000, -32768, -128}}) {
    EXPECT_EQ(post(psum, 0, {true, 0, false, {}}, 16), wide);
    EXPECT_EQ(post(psum, 0, {true, 0, false, {}}, 8), narrow);
  }
}

TEST(Golden, ReluIsLast) {
  EXPECT_EQ(post(-40000, 0, {true, 0, true, {}}, 16), 0);
  EXPECT_EQ(post(-3, 5, {true, 0, true, {}}, 16), 2);
}

TEST(Golden, BiasesBelongToOfmapChannels) {
  Layer layer;
  layer.bounds = {2, 2, 1, 1, 1, 2, 1, 1};
  const PsumTensor psums{{2, 2, 1, 2}, {0, 1, 2, 3, 4, 5, 6, 7}};
  EXPECT_EQ(golden_post(layer, psums, {{}, {}, {{2}, {10, 20}}}).data,
            (std::vector<std::int16_t>{10, 11, 22, 23, 14, 15, 26, 27}));
}

// ---- Pooling.

// Pool of one 3x3 plane.
std::vector<std::int16_t> pool_of(const std::vector<std::int16_t>& plane, const Pool& pool) {
  Layer layer;
  layer.kind = LayerKind::kPool;
  layer.pool = pool;
  layer.bounds = {1, 1, 1, 1, pool.out(3), pool.out(3), pool.size, pool.size};
  layer.ifmap_rows = layer.ifmap_cols = 3;
  const OperandTensor out = golden_pool(layer, {{1, 1, 3, 3}, plane});
  EXPECT_EQ(out.shape, ofmap_shape(layer));
  return out.data;
}

using Words = std::vector<std::int16_t>;

TEST(Golden, MaxPoolsIgnorePadding) {
  const Words plane{-9, -8, -7, -6, -5, -4, -3, -2, -1};
  EXPECT_EQ(pool_of(plane, {PoolKind::kMax, 2, 1, 0}), (Words{-5, -4, -2, -1}));
  EXPECT_EQ(pool_of(plane, {PoolKind::kMax, 2, 2, 0}), (Words{-5}));  // the rest is no whole window
  EXPECT_EQ(pool_of(plane, {PoolKind::kMax, 3, 2, 1}), (Words{-5, -4, -2, -1}));
}

// Corners of a padded 3x3 window see 4 words: means of 1 2 4 5, 2 3 5 6, 4 5 7 8, 5 6 8 9.
TEST(Golden, AveragesDivideByTheWordsInsideHalfAwayFromZero) {
  EXPECT_EQ(pool_of({1, 2, 3, 4, 5, 6, 7, 8, 9}, {PoolKind::kAverage, 3, 2, 1}),
            (Words{3, 4, 6, 7}));
  EXPECT_EQ(pool_of({1, 0, 0, 0, 1, 0, 0, 0, 0}, {PoolKind::kAverage, 2, 2, 0}),
            (Words{1}));  // 1/2
  EXPECT_EQ(pool_of({-1, 0, 0, 0, -1, 0, 0, 0, 0}, {PoolKind::kAverage, 2, 2, 0}), (Words{-1}));
  EXPECT_EQ(pool_of({-1, 0, 0, 0, 0, 0, 0, 0, 0}, {PoolKind::kAverage, 2, 2, 0}), (Words{0}));
}

TEST(Golden, PoolsEachPlaneAlone) {
  Layer layer;
  layer.kind = LayerKind::kPool;
  layer.pool = {PoolKind::kMax, 2, 2, 0};
  layer.bounds = {2, 2, 1, 1, 1, 1, 2, 2};
  layer.ifmap_rows = layer.ifmap_cols = 2;
  const Operands in{{{2, 2, 2, 2}, {1, 2, 3, 4, 8, 7, 6, 5, -1, -2, -3, -4, 0, 0, 0, 9}}, {}, {}};
  EXPECT_EQ(golden_ofmap(layer, in, kExact, plain_reduction()).data, (Words{4, 8, -1, 9}));
}

TEST(Golden, PoolsAfterRelu) {
  Layer layer;
  layer.bounds = {1, 1, 1, 1, 2, 2, 1, 1};
  layer.ifmap_rows = layer.ifmap_cols = 2;
  layer.post = {true, 0, true, {{PoolKind::kAverage, 2, 2, 0}}};
  const Operands in{{{1, 1, 2, 2}, {4, -100, 4, -100}}, {{1, 1, 1, 1}, {1}}, {{1}, {0}}};
  EXPECT_EQ(golden_ofmap(layer, in, kExact, plain_reduction()).data, (Words{2}));
}

}  // namespace
}  // namespace orrery
