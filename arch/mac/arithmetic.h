// What a MAC computes: one product and one addition, as the datapath does them, in 32-bit
// registers.
#pragma once

#include <cstdint>

#include "workloads/golden/golden.h"

namespace orrery {

// The low `bits` of a register, sign-extended; 1 <= bits <= 32.
constexpr std::int32_t low_bits(std::uint32_t value, int bits) {
  const int unused = 32 - bits;
  return static_cast<std::int32_t>(value << unused) >> unused;
}

// A whole product, shifted right (floor), cut to product_bits.
constexpr std::int32_t cut(std::int32_t product, const Arithmetic& arithmetic) {
  const std::int32_t shifted = product >> arithmetic.product_shift;
  return low_bits(static_cast<std::uint32_t>(shifted), arithmetic.product_bits);
}

// ifmap * filter, cut. Two 16-bit operands never overflow 32 bits.
constexpr std::int32_t product(std::int16_t ifmap, std::int16_t filter,
                               const Arithmetic& arithmetic) {
  return cut(std::int32_t{ifmap} * std::int32_t{filter}, arithmetic);
}

// psum + x in psum_bits. Both fit psum_bits already: x is a product (product_bits <= psum_bits in a
// validated machine) or another psum.
constexpr std::int32_t add(std::int32_t psum, std::int32_t x, const Arithmetic& arithmetic) {
  const auto sum = static_cast<std::uint32_t>(psum) + static_cast<std::uint32_t>(x);
  const std::int32_t wrapped = low_bits(sum, arithmetic.psum_bits);
  if (arithmetic.overflow == Overflow::kWrap) return wrapped;
  // A sum of equal signs overflowed if its sign differs from theirs.
  const bool overflowed = (psum < 0) == (x < 0) && (wrapped < 0) != (psum < 0);
  if (!overflowed) return wrapped;
  const auto largest = static_cast<std::int32_t>(~std::uint32_t{0} >> (33 - arithmetic.psum_bits));
  return psum < 0 ? -largest - 1 : largest;
}

}  // namespace orrery
