#include "workloads/format/random.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <set>

namespace orrery {
namespace {

TEST(Random, StreamsOfOtherSeedsAndNamesAreOthers) {
  std::set<std::uint64_t> seen;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    for (const std::string_view name : {"", "a", "b", "ab"}) {
      const RandomStream stream(seed, name);
      EXPECT_EQ(stream, RandomStream(seed, name));
      for (std::int64_t i = -10; i < 10; ++i) seen.insert(stream.at(i));
    }
  }
  EXPECT_EQ(seen.size(), 20u * 4 * 20);
}

// Each bit is a fair coin: 4 deviations of a binomial of 100,000.
TEST(Random, EveryBitIsFairAndIndependentOfTheNextNumbersBit) {
  constexpr int kNumbers = 100000;
  const double deviation = std::sqrt(kNumbers) / 2;
  const RandomStream stream(7, "bits");
  for (int bit = 0; bit < 64; ++bit) {
    int ones = 0, changes = 0;
    for (int i = 0; i < kNumbers; ++i) {
      ones += static_cast<int>(stream.at(i) >> bit & 1);
      changes += static_cast<int>((stream.at(i) ^ stream.at(i + 1)) >> bit & 1);
    }
    EXPECT_NEAR(ones, kNumbers / 2.0, 4.5 * deviation) << bit;
    EXPECT_NEAR(changes, kNumbers / 2.0, 4.5 * deviation) << bit;
  }
}

TEST(Random, UnitsLieInTheUnitInterval) {
  EXPECT_EQ(unit(0), 0);
  EXPECT_EQ(unit(~std::uint64_t{0}), 1 - 0x1p-53);
  double sum = 0;
  for (int i = 0; i < 10000; ++i) sum += unit(RandomStream(3, "unit").at(i));
  EXPECT_NEAR(sum / 10000, 0.5, 4 * std::sqrt(1.0 / 12 / 10000));
}

}  // namespace
}  // namespace orrery
