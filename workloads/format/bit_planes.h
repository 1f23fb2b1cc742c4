// Small codes as planes of bits, and dot products that count bits: 64 operands a word.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace orrery {

using BitWord = std::uint64_t;
inline constexpr int kBitsPerWord = 64;

constexpr std::size_t words_for(std::size_t bits) {
  return (bits + kBitsPerWord - 1) / kBitsPerWord;
}

// n bits, the first in the lowest bit of the first word; bits of the last word beyond n are zero.
struct Bits {
  std::vector<BitWord> words;
  std::size_t size = 0;
  bool operator==(const Bits&) const = default;
};

// Bit `plane` (0 is the lowest) of each code; codes are not negative.
Bits bit_plane(std::span<const std::int16_t> codes, int plane);

std::int64_t count_ones(const Bits& bits);
// Ones that both have; equal sizes.
std::int64_t count_common(const Bits& a, const Bits& b);

// The dot product of unsigned codes of a_bits and b_bits (1..15), by planes:
// sum of 2^(i+j) * common ones of plane i and plane j.
std::int64_t plane_dot(std::span<const std::int16_t> a, int a_bits, std::span<const std::int16_t> b,
                       int b_bits);

}  // namespace orrery
