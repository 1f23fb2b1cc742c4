// Integer MAC of 16-bit operands, or 16-bit ifmaps and 8-bit filters. Switches for every pair.
#pragma once

#include "arch/mac/registers.h"

namespace orrery {

struct MacInt16 {
  static constexpr std::string_view kName = "mac_int16";
  static constexpr MacTraits kTraits{.least_bits = 16, .most_bits = 16, .cuts = true};
  static constexpr std::int32_t product(std::int16_t x, std::int16_t w, const MacRegisters&) {
    return std::int32_t{x} * w;
  }
  static constexpr MacAction action(std::int16_t, std::int16_t, const MacRegisters&) {
    return MacAction::kCompute;
  }
};

}  // namespace orrery
