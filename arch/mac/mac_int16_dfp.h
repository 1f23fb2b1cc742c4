// MAC of INT16 dynamic fixed point (Das et al., ICLR 2018): chains of products in int32, each
// converted to an IEEE single and added to a single psum when it ends.
#pragma once

#include <bit>

#include "arch/mac/registers.h"

namespace orrery {

// Singles as the 32 bits of a psum; to nearest, ties to even. All are whole numbers (in units of
// the product of the operands' shared scales), so no sum is subnormal, and +0 is the only zero.
inline std::int32_t single_of(std::int32_t chain) {
  return std::bit_cast<std::int32_t>(static_cast<float>(chain));
}
inline std::int32_t add_singles(std::int32_t a, std::int32_t b) {
  return std::bit_cast<std::int32_t>(std::bit_cast<float>(a) + std::bit_cast<float>(b));
}

// Arithmetic::chain products, zeros included, then a spill; the last chain of a window may be
// shorter.
struct DfpChain {
  std::int32_t sum = 0;
  std::int32_t products = 0;

  // Adds a product, modulo 2^32; returns whether it overflowed.
  constexpr bool add(std::int32_t product) {
    const auto total = static_cast<std::int32_t>(static_cast<std::uint32_t>(sum) +
                                                 static_cast<std::uint32_t>(product));
    const bool overflowed = (sum < 0) == (product < 0) && (total < 0) != (sum < 0);
    sum = total;
    ++products;
    return overflowed;
  }
  // Ends the chain: the psum with it added.
  std::int32_t spill(std::int32_t psum) {
    const std::int32_t total = add_singles(psum, single_of(sum));
    *this = {};
    return total;
  }
};

struct MacInt16Dfp {
  static constexpr std::string_view kName = "mac_int16_dfp";
  // Multiply; add to the chain; convert; add singles.
  static constexpr MacTraits kTraits{.least_bits = 16,
                                     .most_bits = 16,
                                     .ifmap = {codings({Coding::kTwos}), 16, false},
                                     .filter = {codings({Coding::kTwos}), 16, false},
                                     .stages = 4,
                                     .singles = true};
  // The term of the chain.
  static constexpr std::int32_t product(std::int16_t x, std::int16_t w, const MacRegisters&) {
    return std::int32_t{x} * w;
  }
  static constexpr MacAction action(std::int16_t, std::int16_t, const MacRegisters&) {
    return MacAction::kCompute;
  }
};

}  // namespace orrery
