// MAC of 16 signs a word: exclusive nor, and a count of ones.
#pragma once

#include <bit>

#include "arch/mac/registers.h"

namespace orrery {

struct MacBinary {
  static constexpr std::string_view kName = "mac_binary";
  static constexpr int kLanes = 16;
  static constexpr MacTraits kTraits{.least_bits = 1,
                                     .most_bits = 1,
                                     .ifmap = {codings({Coding::kSign}), 1, false},
                                     .filter = {codings({Coding::kSign}), 1, false}};
  static constexpr std::int32_t product(std::int16_t x, std::int16_t w, const MacRegisters&) {
    return 2 * std::popcount(static_cast<std::uint16_t>(~(x ^ w))) - kLanes;
  }
  static constexpr MacAction action(std::int16_t, std::int16_t, const MacRegisters&) {
    return MacAction::kCompute;
  }
};

}  // namespace orrery
