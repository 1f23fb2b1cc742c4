// Integer MAC whose fetch looks ahead: of the next kLookAhead pairs it hands over the first whose
// ifmap operand is not at its zero point, and the pairs passed over take no slot.
#pragma once

#include "arch/mac/registers.h"

namespace orrery {

struct MacZeroSkip {
  static constexpr std::string_view kName = "mac_zero_skip";
  static constexpr MacTraits kTraits{
      .ifmap = {kIntegers, 16, true}, .gating = Gating::kIfmap, .skips = true, .cuts = true};
  static constexpr std::int32_t product(std::int16_t x, std::int16_t w, const MacRegisters& r) {
    return (x - r.ifmap_zero) * w;
  }
  static constexpr MacAction action(std::int16_t x, std::int16_t, const MacRegisters& r) {
    return x == r.ifmap_zero ? MacAction::kSkip : MacAction::kCompute;
  }
};

}  // namespace orrery
