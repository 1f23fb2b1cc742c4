// The MAC's product and addition, against their definitions in 64-bit arithmetic.
#include "arch/mac/arithmetic.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <random>
#include <vector>

namespace orrery {
namespace {

// The representative of x modulo 2^bits in [-2^(bits-1), 2^(bits-1)), by division.
std::int64_t wrapped(std::int64_t x, int bits) {
  const std::int64_t modulus = std::int64_t{1} << bits;
  std::int64_t rest = x % modulus;
  if (rest < 0) rest += modulus;
  return rest >= modulus / 2 ? rest - modulus : rest;
}

std::int64_t floor_divided(std::int64_t x, std::int64_t by) {
  return x >= 0 ? x / by : -((-x + by - 1) / by);
}

std::string paste(int a, int b, const Arithmetic& k) {
  return "operands " + std::to_string(a) + ", " + std::to_string(b) + ", Arithmetic{" +
         std::to_string(k.product_shift) + ", " + std::to_string(k.product_bits) + ", " +
         std::to_string(k.psum_bits) + (k.overflow == Overflow::kWrap ? ", wrap}" : ", saturate}");
}

const std::vector<std::int16_t> kOperands{-32768, -32767, -129, -128, -127, -3,  -2,    -1,
                                          0,      1,      2,    3,    127,  128, 32766, 32767};

TEST(Arithmetic, ProductIsShiftedDownAndCut) {
  for (const int shift : {0, 1, 7, 15, 30}) {
    for (const int bits : {8, 9, 16, 31, 32}) {
      const Arithmetic k{.product_shift = shift, .product_bits = bits};
      for (const std::int16_t a : kOperands) {
        for (const std::int16_t w : kOperands) {
          const std::int64_t exact = std::int64_t{a} * w;
          EXPECT_EQ(product(a, w, k), wrapped(floor_divided(exact, std::int64_t{1} << shift), bits))
              << paste(a, w, k);
        }
      }
    }
  }
}

TEST(Arithmetic, ProductOfEveryPairOfBytesIsExactIn16Bits) {
  const Arithmetic k{.product_bits = 16};
  for (int a = -128; a <= 127; ++a) {
    for (int w = -128; w <= 127; ++w) {
      ASSERT_EQ(product(static_cast<std::int16_t>(a), static_cast<std::int16_t>(w), k), a * w)
          << paste(a, w, k);
    }
  }
}

TEST(Arithmetic, SumsWrapOrSaturateAtTheirWidth) {
  const unsigned seed = std::random_device{}();
  std::mt19937 random(seed);
  for (const int bits : {8, 12, 16, 24, 31, 32}) {
    const std::int64_t largest = (std::int64_t{1} << (bits - 1)) - 1;
    std::vector<std::int64_t> values{-largest - 1, -largest, -1, 0, 1, largest - 1, largest};
    for (int i = 0; i < 60; ++i)
      values.push_back(wrapped(static_cast<std::int64_t>(random()), bits));
    for (const std::int64_t a : values) {
      for (const std::int64_t b : values) {
        const auto x = static_cast<std::int32_t>(a);
        const auto y = static_cast<std::int32_t>(b);
        const Arithmetic wrap{0, bits, bits, Overflow::kWrap};
        EXPECT_EQ(add(x, y, wrap), wrapped(a + b, bits))
            << "seed " << seed << ": " << paste(x, y, wrap);
        const Arithmetic stop{0, bits, bits, Overflow::kSaturate};
        EXPECT_EQ(add(x, y, stop), std::clamp(a + b, -largest - 1, largest))
            << "seed " << seed << ": " << paste(x, y, stop);
      }
    }
  }
}

TEST(Arithmetic, IsKnownAtCompileTime) {
  constexpr Arithmetic kEyeriss{.product_shift = 8, .product_bits = 16, .psum_bits = 16};
  static_assert(product(-1, 1, kEyeriss) == -1);      // floor(-1 / 256)
  static_assert(product(4096, 4096, kEyeriss) == 0);  // 2^24 / 2^8 = 2^16, whose low 16 bits are 0
  static_assert(add(32767, 1, kEyeriss) == -32768);
}

}  // namespace
}  // namespace orrery
