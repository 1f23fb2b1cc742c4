// Arithmetic of a MAC by its definition, on integers that cannot overflow.
#pragma once

#include <algorithm>
#include <cstdint>

#include "workloads/golden/golden.h"

namespace orrery::test {

inline std::int64_t plain_wrap(std::int64_t value, int bits) {
  const std::int64_t span = std::int64_t{1} << bits;
  const std::int64_t low = ((value % span) + span) % span;
  return low < span / 2 ? low : low - span;
}

inline std::int32_t plain_product(std::int64_t x, std::int64_t w, const Arithmetic& a) {
  const std::int64_t unit = std::int64_t{1} << a.product_shift;
  const std::int64_t floor = (x * w) / unit - ((x * w) % unit < 0 ? 1 : 0);
  return static_cast<std::int32_t>(plain_wrap(floor, a.product_bits));
}

inline std::int32_t plain_sum(std::int64_t psum, std::int64_t x, const Arithmetic& a) {
  const std::int64_t half = std::int64_t{1} << (a.psum_bits - 1);
  const std::int64_t value = a.overflow == Overflow::kWrap ? plain_wrap(psum + x, a.psum_bits)
                                                           : std::clamp(psum + x, -half, half - 1);
  return static_cast<std::int32_t>(value);
}

}  // namespace orrery::test
