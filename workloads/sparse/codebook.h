// Values that the words of a tensor share: each word is a place in a short list (weight sharing,
// Han et al., Deep Compression, ICLR 2016).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace orrery {

// values[0] means zero, so that padding zeros have a place too; the others ascend.
struct Codebook {
  std::vector<std::int16_t> values;
  int bits() const;
  // Throws std::logic_error for a value that is not in the list.
  int place(std::int16_t value) const;
  bool operator==(const Codebook&) const = default;
};

// The list of all values of `words`; none where it would be longer than `places`.
std::vector<Codebook> codebook_of(std::span<const std::int16_t> words, int places, int zero = 0);

// The best list of at most `places` values that 32 rounds of k-means find for the words that are
// not zero, from values evenly spaced between the least and the greatest (Deep Compression found
// that start the best). No value of the list but the first is zero. places >= 2.
Codebook share_values(std::span<const std::int16_t> words, int places, int zero = 0);
// Puts the nearest value (the lesser of two) in the place of every word that is not zero.
void put_shared(std::span<std::int16_t> words, const Codebook& codebook);

}  // namespace orrery
