#include "workloads/format/bit_planes.h"

#include <gtest/gtest.h>

#include <numeric>

#include "workloads/format/random.h"

namespace orrery {
namespace {

std::vector<std::int16_t> random_codes(std::size_t count, int bits, const char* name) {
  std::vector<std::int16_t> codes;
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t number = RandomStream(31, name).at(static_cast<std::int64_t>(i));
    codes.push_back(static_cast<std::int16_t>(number >> (64 - bits)));
  }
  return codes;
}

TEST(BitPlanes, HoldTheBitsOfTheCodesAndNothingBehind) {
  const std::vector<std::int16_t> codes = random_codes(70, 8, "codes");
  for (int plane = 0; plane < 8; ++plane) {
    const Bits bits = bit_plane(codes, plane);
    ASSERT_EQ(bits.words.size(), 2u);
    EXPECT_EQ(bits.words[1] >> 6, 0u);
    for (std::size_t i = 0; i < codes.size(); ++i) {
      EXPECT_EQ(bits.words[i / 64] >> (i % 64) & 1, static_cast<BitWord>(codes[i] >> plane) & 1);
    }
  }
}

TEST(BitPlanes, DotProductsAreThoseOfTheIntegers) {
  for (const std::size_t count : {0, 1, 63, 64, 65, 200}) {
    for (int a_bits = 1; a_bits <= 15; a_bits += 2) {
      for (int b_bits = 1; b_bits <= 8; ++b_bits) {
        const auto a = random_codes(count, a_bits, "a"), b = random_codes(count, b_bits, "b");
        const std::int64_t expected =
            std::inner_product(a.begin(), a.end(), b.begin(), std::int64_t{0});
        EXPECT_EQ(plane_dot(a, a_bits, b, b_bits), expected) << count << " " << a_bits << b_bits;
      }
    }
  }
}

TEST(BitPlanes, UnequalLengthsAreRefused) {
  EXPECT_THROW(count_common({{0}, 3}, {{0}, 4}), std::invalid_argument);
}

}  // namespace
}  // namespace orrery
