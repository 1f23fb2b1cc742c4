// MAC of five-level or power-of-two filters: shifts the ifmap operand left, and adds or subtracts
// it, or rests. No multiplier.
#pragma once

#include "arch/mac/registers.h"

namespace orrery {

struct MacShift {
  static constexpr std::string_view kName = "mac_shift";
  static constexpr MacTraits kTraits{
      .filter = {codings({Coding::kFiveLevel, Coding::kPowerOfTwo}), 4, false},
      .gating = Gating::kFilter};
  static constexpr std::int32_t product(std::int16_t x, std::int16_t w, const MacRegisters& r) {
    if (is_zero(w, r)) return 0;
    const bool five = r.filter.coding == Coding::kFiveLevel;
    const int shift = five ? w & 1 : (w & 7) - 1;
    const bool negative = (w & (five ? 4 : 8)) != 0;
    const auto shifted = static_cast<std::int32_t>(static_cast<std::uint32_t>(x) << shift);
    return negative ? -shifted : shifted;
  }
  static constexpr MacAction action(std::int16_t, std::int16_t w, const MacRegisters& r) {
    return is_zero(w, r) ? MacAction::kGate : MacAction::kCompute;
  }

 private:
  static constexpr bool is_zero(std::int16_t w, const MacRegisters& r) {
    return (w & (r.filter.coding == Coding::kFiveLevel ? 2 : 7)) == 0;
  }
};

}  // namespace orrery
