// One hash for the keys of the fast engine: lists of whole numbers.
#pragma once

#include <cstddef>
#include <cstdint>

namespace orrery {

template <class Numbers>
std::size_t hash_of(const Numbers& numbers) {
  std::uint64_t hash = 0x9e3779b97f4a7c15;
  for (const auto n : numbers) {
    hash = (hash ^ static_cast<std::uint64_t>(n)) * 0xff51afd7ed558ccd;
    hash ^= hash >> 32;
  }
  return static_cast<std::size_t>(hash);
}

}  // namespace orrery
