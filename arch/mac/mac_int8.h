// Integer MAC of 8-bit operands less their zero points: a multiplier of 9 x 9 bits. Switches for
// every pair.
#pragma once

#include "arch/mac/registers.h"

namespace orrery {

struct MacInt8 {
  static constexpr std::string_view kName = "mac_int8";
  static constexpr MacTraits kTraits{.least_bits = 8,
                                     .most_bits = 8,
                                     .ifmap = {kIntegers, 8, true},
                                     .filter = {kIntegers, 8, true},
                                     .cuts = true};
  static constexpr std::int32_t product(std::int16_t x, std::int16_t w, const MacRegisters& r) {
    return (x - r.ifmap_zero) * (w - r.filter_zero);
  }
  static constexpr MacAction action(std::int16_t, std::int16_t, const MacRegisters&) {
    return MacAction::kCompute;
  }
};

}  // namespace orrery
