// MAC of ternary filters: adds the ifmap operand, subtracts it, or rests. No multiplier.
#pragma once

#include "arch/mac/registers.h"

namespace orrery {

struct MacTernary {
  static constexpr std::string_view kName = "mac_ternary";
  static constexpr MacTraits kTraits{.filter = {codings({Coding::kTernary}), 2, false},
                                     .gating = Gating::kFilter};
  static constexpr std::int32_t product(std::int16_t x, std::int16_t w, const MacRegisters&) {
    if ((w & 1) == 0) return 0;
    return (w & 2) != 0 ? -x : x;
  }
  static constexpr MacAction action(std::int16_t, std::int16_t w, const MacRegisters&) {
    return (w & 1) == 0 ? MacAction::kGate : MacAction::kCompute;
  }
};

}  // namespace orrery
