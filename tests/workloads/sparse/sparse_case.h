// Random words by their share of zeros, scattered or in clusters, for tests of codes.
#pragma once

#include <cstdint>
#include <ostream>
#include <random>
#include <span>
#include <vector>

namespace orrery {

struct SparseCase {
  unsigned seed = 0;
  int words = 0;
  double zeros = 0;    // share
  double cluster = 1;  // mean length of what is drawn alike; 1: each word by itself
  int zero = 0;
};
inline std::ostream& operator<<(std::ostream& out, const SparseCase& c) {
  return out << "SparseCase{" << c.seed << ", " << c.words << ", " << c.zeros << ", " << c.cluster
             << ", " << c.zero << "}";
}

// Words of 8 bits.
inline std::vector<std::int16_t> words_of(const SparseCase& c) {
  std::mt19937 random(c.seed);
  std::uniform_real_distribution<double> unit;
  std::uniform_int_distribution<int> value(-128, 127);
  std::vector<std::int16_t> words;
  bool zero = false;
  for (int i = 0; i < c.words; ++i) {
    if (i == 0 || unit(random) * c.cluster < 1) zero = unit(random) < c.zeros;
    int word = value(random);
    if (word == c.zero) word = c.zero == 127 ? 126 : c.zero + 1;
    words.push_back(static_cast<std::int16_t>(zero ? c.zero : word));
  }
  return words;
}

// From no zero to nothing else, from no word to many.
inline std::vector<SparseCase> sparse_cases() {
  std::vector<SparseCase> cases;
  unsigned seed = 1;
  for (const int words : {0, 1, 2, 3, 31, 32, 33, 64, 257, 5000}) {
    for (const double zeros : {0.0, 0.3, 0.6, 0.9, 0.97, 1.0}) {
      for (const double cluster : {1.0, 40.0})
        cases.push_back({seed, words, zeros, cluster, seed % 3 == 0 ? -5 : 0}), ++seed;
    }
  }
  return cases;
}

// Lengths of the stretches of zeros, in order: before each word that is not zero, and at the end.
inline std::vector<std::int64_t> gaps(std::span<const std::int16_t> words, int zero) {
  std::vector<std::int64_t> lengths{0};
  for (const std::int16_t word : words) word == zero ? ++lengths.back() : (lengths.push_back(0), 0);
  return lengths;
}

}  // namespace orrery
