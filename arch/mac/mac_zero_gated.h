// Integer MAC that rests on zeros: an ifmap operand at its zero point leaves multiplier, adder, the
// filter spad and the psum spad quiet in its slot (Eyeriss, JSSC 2017: the zero buffer of the PE).
// Saves energy, not cycles.
#pragma once

#include "arch/mac/registers.h"

namespace orrery {

struct MacZeroGated {
  static constexpr std::string_view kName = "mac_zero_gated";
  static constexpr MacTraits kTraits{
      .ifmap = {kIntegers, 16, true}, .gating = Gating::kIfmap, .cuts = true};
  // Of a 17-bit difference and 16 bits: 65535 * 32768 at most, within 32 bits.
  static constexpr std::int32_t product(std::int16_t x, std::int16_t w, const MacRegisters& r) {
    return (x - r.ifmap_zero) * w;
  }
  static constexpr MacAction action(std::int16_t x, std::int16_t, const MacRegisters& r) {
    return x == r.ifmap_zero ? MacAction::kGate : MacAction::kCompute;
  }
};

}  // namespace orrery
