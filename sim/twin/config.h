// The registers of a MAC as the bits of cfg_i.
#pragma once

#include <cstdint>

#include "arch/mac/registers.h"

namespace orrery {

// orrery_mac_pkg::mac_cfg_t.
inline std::uint64_t config_bits(const MacRegisters& r) {
  std::uint64_t bits = 0;
  const auto append = [&bits](int value, int width) {
    const std::uint64_t mask = (std::uint64_t{1} << width) - 1;
    bits = bits << width | (static_cast<std::uint64_t>(value) & mask);
  };
  append(r.arithmetic.product_shift, 5);
  append(r.arithmetic.product_bits, 6);
  append(r.arithmetic.psum_bits, 6);
  append(r.arithmetic.overflow == Overflow::kSaturate ? 1 : 0, 1);
  append(r.ifmap_zero, 16);
  append(r.filter_zero, 9);
  append(r.ifmap.bits, 5);
  append(r.filter.bits, 5);
  append(static_cast<int>(r.ifmap.coding), 3);
  append(static_cast<int>(r.filter.coding), 3);
  append(static_cast<int>(r.lut), 2);
  return bits;
}

}  // namespace orrery
