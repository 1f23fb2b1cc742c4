// Statistics of zeros against tensors counted by hand.
#include "workloads/sparse/statistics.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace orrery {
namespace {

constexpr WordForm kBytes{{Coding::kTwos, 8}, 0};

const CodedSize& of_code(const ZeroStatistics& s, std::string_view code) {
  return *std::ranges::find(s.codes, code, &CodedSize::code);
}

// Two images of two channels of 2 x 2; the second channel of the first image is dead, but not the
// channel. Stretches: 1, 6, 1, 2 zeros.
const OperandTensor kMap{{2, 2, 2, 2}, {1, 0, 2, 0, 0, 0, 0, 0, 0, 3, 0, 4, 5, 6, 0, 0}};

TEST(Statistics, OfAMapAreByChannelOfAllImages) {
  const ZeroStatistics s = zero_statistics(kMap, TensorKind::kMap, kBytes);
  EXPECT_EQ(s.words, 16);
  EXPECT_EQ(s.zeros, 10);
  EXPECT_EQ(s.bits, 128);
  EXPECT_EQ(s.channels, 2);
  EXPECT_EQ(s.dead, 0);
  EXPECT_EQ(s.least_share, 4.0 / 8);
  EXPECT_EQ(s.most_share, 6.0 / 8);
  EXPECT_NEAR(s.deviation, 1.0 / 8, 1e-12);
}

TEST(Statistics, SortStretchesByPowersOfTwo) {
  const ZeroStatistics s = zero_statistics(kMap, TensorKind::kMap, kBytes);
  EXPECT_EQ(s.stretches, (std::vector<std::int64_t>{2, 1, 1}));
  EXPECT_EQ(s.longest, 6);
  EXPECT_EQ(s.mean_stretch(), 10.0 / 4);
}

// Filters [2][4][1][2] are a matrix of 2 x 8: columns of two rows. Channels of filter 0 at its two
// taps: 1 0 0 2 and 0 0 3 0; of filter 1: 4 5 0 0 and 0 0 0 0.
TEST(Statistics, OfFiltersAreByFilterWithColumnsOverFiltersAndStructureOverChannels) {
  const OperandTensor filter{{2, 4, 1, 2}, {1, 0, 0, 0, 0, 3, 2, 0, 4, 0, 5, 0, 0, 0, 0, 0}};
  const ZeroStatistics s = zero_statistics(filter, TensorKind::kFilter, kBytes);
  EXPECT_EQ(s.channels, 2);
  EXPECT_EQ(s.least_share, 5.0 / 8);
  EXPECT_EQ(s.most_share, 6.0 / 8);
  // 5 words and their indices, 9 pointers of 3 bits (0 to 5), 6 bits that say so.
  EXPECT_EQ(of_code(s, "csc").bits, 5 * 12 + 9 * 3 + 6);
  EXPECT_EQ(of_code(s, "csc_shared").bits, 5 * (3 + 4) + 9 * 3 + 6) << "six values, zero included";
  EXPECT_EQ(of_code(s, "bitmask").bits, 16 + 5 * 8);
  EXPECT_EQ(of_code(s, "2:4").bits, 4 * 2 * (2 + 8));
  EXPECT_EQ(of_code(s, "2:4").padding, 3);
  for (const CodedSize& size : s.codes) EXPECT_TRUE(size.decodes) << size.code;
}

TEST(Statistics, SayWhichCodesCannotHoldATensor) {
  OperandTensor filter{{1, 4, 1, 5}, {}};
  for (int i = 1; i <= 20; ++i) filter.data.push_back(static_cast<std::int16_t>(i));
  const ZeroStatistics s = zero_statistics(filter, TensorKind::kFilter, kBytes);
  EXPECT_EQ(of_code(s, "csc_shared").why_not, "it has more than 16 values, zero included");
  EXPECT_EQ(of_code(s, "2:4").why_not, "more than two of four neighbouring channels are not zero");
  EXPECT_EQ(of_code(s, "rlc").why_not, "");
}

TEST(Statistics, OfSignsHaveNoZero) {
  const OperandTensor filter{{1, 2, 1, 1}, {-1, 1}};
  const ZeroStatistics s = zero_statistics(filter, TensorKind::kFilter, {kSignCode, 0});
  EXPECT_EQ(s.zeros, 0);
  for (const CodedSize& size : s.codes) EXPECT_EQ(size.why_not, "signs have no zero") << size.code;
}

}  // namespace
}  // namespace orrery
