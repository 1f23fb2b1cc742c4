// How long words take on a bus or through a unit.
#pragma once

#include <cstdint>

namespace orrery {

constexpr std::int64_t cycles_of(std::int64_t words, std::int64_t words_per_cycle) {
  return (words + words_per_cycle - 1) / words_per_cycle;
}

}  // namespace orrery
