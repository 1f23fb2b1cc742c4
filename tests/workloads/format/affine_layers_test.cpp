#include "workloads/format/affine_layers.h"

#include <gtest/gtest.h>

#include <cmath>

#include "workloads/format/random.h"
#include "workloads/golden/golden.h"

namespace orrery {
namespace {

constexpr Requant kRules[] = {Requant::kTflite, Requant::kTfliteSingle, Requant::kOnnx};
constexpr Affine kA{0.039393F, -128}, kB{0.104194F, 4}, kOut{0.050945F, -100};

// Within half a code of the real sum, and what 20 raised bits, or a float's 24, can add to that.
TEST(AffineAdd, EveryPairOfCodesGivesTheNearestCode) {
  for (const Requant rule : kRules) {
    const AffineAdd layer = affine_add(rule, kA, kB, kOut, kInt8);
    for (int a = -128; a <= 127; ++a) {
      for (int b = -128; b <= 127; ++b) {
        const double sum =
            (a - kA.zero_point) * double{kA.scale} + (b - kB.zero_point) * double{kB.scale};
        const double real = std::clamp(sum / kOut.scale + kOut.zero_point, -128.0, 127.0);
        ASSERT_NEAR(add(a, b, layer), real, 0.5001) << name(rule) << " " << a << " " << b;
      }
    }
  }
}

TEST(AffineAdd, OperandsMayChangePlaces) {
  for (const Requant rule : kRules) {
    const AffineAdd ab = affine_add(rule, kA, kB, kOut, kInt8),
                    ba = affine_add(rule, kB, kA, kOut, kInt8);
    for (int a = -128; a <= 127; a += 3) {
      for (int b = -128; b <= 127; ++b) ASSERT_EQ(add(a, b, ab), add(b, a, ba)) << a << " " << b;
    }
  }
}

TEST(AffineChange, SameScalesOnlyMoveTheZeroPoint) {
  for (const Requant rule : kRules) {
    const AffineChange layer = affine_change(rule, {0.0039F, 0}, {0.0039F, -128}, kInt8);
    for (int code = 0; code <= 255; ++code)
      EXPECT_EQ(change(code, layer), code - 128) << name(rule);
  }
}

TEST(AffineChange, EveryCodeBecomesTheNearest) {
  for (const Requant rule : kRules) {
    const AffineChange layer = affine_change(rule, {0.031F, -20}, {0.0507F, 3}, kInt8);
    for (int code = -128; code <= 127; ++code) {
      const double real = (code + 20) * double{0.031F} / 0.0507F + 3;
      EXPECT_NEAR(change(code, layer), real, 0.5001) << name(rule) << " " << code;
    }
  }
}

std::vector<std::int16_t> random_planes(std::size_t words) {
  std::vector<std::int16_t> planes;
  for (std::size_t i = 0; i < words; ++i) {
    const std::uint64_t number = RandomStream(9, "planes").at(static_cast<std::int64_t>(i));
    planes.push_back(static_cast<std::int16_t>(static_cast<int>(number >> 56) - 128));
  }
  return planes;
}

// Square windows are those of the golden reference.
TEST(AffinePool, PoolsAsTheGoldenReferenceDoes) {
  const std::vector<std::int16_t> planes = random_planes(std::size_t{3} * 7 * 9);
  for (const PoolKind kind : {PoolKind::kMax, PoolKind::kAverage}) {
    for (const Pool pool : {Pool{kind, 2, 2, 0}, Pool{kind, 3, 2, 1}, Pool{kind, 3, 1, 0}}) {
      const PoolWindow window{7,           9,        pool.size, pool.size,   pool.stride,
                              pool.stride, pool.pad, pool.pad,  pool.out(7), pool.out(9)};
      EXPECT_EQ(affine_pool(kind, planes, window, Requant::kTflite, {1, 0}, kInt8),
                golden_pool(pool, {{1, 3, 7, 9}, planes}).data);
    }
  }
}

// Sums of 1, 3 and -3 over two taps, one of them a padded window of one tap.
TEST(AffinePool, MeansRoundByTheirRuleAndCountOnlyTapsInside) {
  const std::vector<std::int16_t> plane{5, 0, 1, 2, 1, -2, -1};
  const PoolWindow window{1, 7, 1, 2, 1, 2, 0, 1, 1, 4};
  const auto means = [&](Requant rule) {
    return affine_pool(PoolKind::kAverage, plane, window, rule, {1, 0}, kInt8);
  };
  EXPECT_EQ(means(Requant::kTflite), (std::vector<std::int16_t>{5, 1, 2, -2}));
  EXPECT_EQ(means(Requant::kOnnx), (std::vector<std::int16_t>{5, 0, 2, -2}));
}

TEST(AffinePool, MeansAreClamped) {
  const PoolWindow window{1, 2, 1, 2, 1, 1, 0, 0, 1, 1};
  for (const Requant rule : kRules) {
    const std::vector<std::int16_t> plane{100, 102};
    EXPECT_EQ(affine_pool(PoolKind::kAverage, plane, window, rule, {0.5F, 9}, {-5, 60}).front(),
              60);
  }
  EXPECT_THROW(affine_pool(PoolKind::kMax, random_planes(3), window, Requant::kTflite, {}, kInt8),
               std::invalid_argument);
}

}  // namespace
}  // namespace orrery
