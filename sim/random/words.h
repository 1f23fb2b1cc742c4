// Random words of a number format.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/random/rng.h"

namespace orrery {

// `size` words of `bits` bits, some of them zero.
template <class Word>
std::vector<Word> random_words(std::int64_t size, int bits, int zeros_percent, Rng& rng) {
  std::vector<Word> words(static_cast<std::size_t>(size));
  const std::int64_t half = std::int64_t{1} << (bits - 1);
  for (Word& w : words) {
    const std::int64_t value = std::int64_t{rng.in(0, 0xffff)} << 16 | rng.in(0, 0xffff);
    if (!rng.chance(zeros_percent)) w = static_cast<Word>(value % (2 * half) - half);
  }
  return words;
}

}  // namespace orrery
