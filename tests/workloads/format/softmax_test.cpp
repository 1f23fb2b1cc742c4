#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "workloads/format/affine_layers.h"
#include "workloads/format/random.h"

namespace orrery {
namespace {

constexpr Requant kRules[] = {Requant::kTflite, Requant::kTfliteSingle, Requant::kOnnx};
constexpr Affine kLogits{0.1719F, 24};

std::vector<std::int16_t> random_logits(int seed, std::size_t count) {
  std::vector<std::int16_t> logits;
  const RandomStream stream(static_cast<std::uint64_t>(seed), "logits");
  for (std::size_t i = 0; i < count; ++i) {
    const auto top = static_cast<int>(stream.at(static_cast<std::int64_t>(i)) >> 56);
    logits.push_back(static_cast<std::int16_t>((top - 128) >> (seed % 4)));
  }
  return logits;
}

// Fixed-point sums are kept to 2^-19, which moves a probability by less than a code.
TEST(Softmax, ProbabilitiesAreWithinACodeOfTheRealOnes) {
  for (const Requant rule : kRules) {
    for (int seed = 0; seed < 200; ++seed) {
      const std::vector<std::int16_t> logits = random_logits(seed, 12);
      double sum = 0;
      for (const int x : logits) sum += std::exp(x * double{kLogits.scale});
      const std::vector<std::int16_t> codes = affine_softmax(logits, kLogits, 1, rule);
      for (std::size_t i = 0; i < logits.size(); ++i) {
        const double real = std::exp(logits[i] * double{kLogits.scale}) / sum * 256 - 128;
        EXPECT_NEAR(codes[i], std::min(real, 127.0), 0.52) << name(rule) << " " << seed << " " << i;
      }
    }
  }
}

TEST(Softmax, OnlyDifferencesOfLogitsCount) {
  for (const Requant rule : kRules) {
    std::vector<std::int16_t> logits = random_logits(1, 10);
    const std::vector<std::int16_t> codes = affine_softmax(logits, kLogits, 1, rule);
    for (std::int16_t& x : logits) x = static_cast<std::int16_t>(x + 50);
    EXPECT_EQ(affine_softmax(logits, kLogits, 1, rule), codes) << name(rule);
  }
}

TEST(Softmax, BetaMultipliesTheScale) {
  for (const Requant rule : kRules) {
    const std::vector<std::int16_t> logits = random_logits(3, 10);
    EXPECT_EQ(affine_softmax(logits, {0.125F, 0}, 2, rule),
              affine_softmax(logits, {0.25F, 0}, 1, rule));
  }
}

// One logit has all of the probability, 256 codes; equal logits share it.
TEST(Softmax, ExtremesAreExact) {
  for (const Requant rule : kRules) {
    EXPECT_EQ(affine_softmax(std::vector<std::int16_t>{-7}, kLogits, 1, rule).front(), 127);
    const std::vector<std::int16_t> far{127, -128, -128};
    EXPECT_EQ(affine_softmax(far, {1, 0}, 1, rule), (std::vector<std::int16_t>{127, -128, -128}));
    const std::vector<std::int16_t> equal(4, 5);
    EXPECT_EQ(affine_softmax(equal, kLogits, 1, rule), std::vector<std::int16_t>(4, 64 - 128));
  }
}

TEST(Softmax, RowsAndBetasThatCannotBeAreRefused) {
  const std::vector<std::int16_t> one(1), many(4096);
  EXPECT_THROW(affine_softmax({}, kLogits, 1, Requant::kTflite), std::invalid_argument);
  EXPECT_THROW(affine_softmax(many, kLogits, 1, Requant::kTflite), std::invalid_argument);
  EXPECT_THROW(affine_softmax(one, kLogits, 0, Requant::kTflite), std::invalid_argument);
}

}  // namespace
}  // namespace orrery
