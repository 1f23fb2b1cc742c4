// n:m structured sparsity: of each group of m neighbouring words at most n are not zero, and n are
// stored with their places in the group (2:4: Mishra et al., arXiv 2104.08378).
#pragma once

#include "workloads/sparse/stream.h"

namespace orrery {

// 1 <= n <= m <= 64.
struct Structure {
  int n = 2, m = 4;
  int place_bits() const { return bits_for(static_cast<std::uint64_t>(m - 1)); }
  bool operator==(const Structure&) const = default;
};

// Whether every group has at most n words that are not zero; the last group may be shorter.
bool fits(std::span<const std::int16_t> words, const Structure& structure, int zero = 0);

// Group after group n places, ascending, each with its word. A group with fewer words that are not
// zero stores zeros of it beside them (padding), those at the lowest places; a last group of fewer
// than n words stores all of them. Throws std::logic_error where the words do not fit.
SparseStream encode_structured(std::span<const std::int16_t> words, const WordForm& form,
                               const Structure& structure);
std::vector<std::int16_t> decode_structured(const SparseStream& stream, std::int64_t words,
                                            const WordForm& form, const Structure& structure);

}  // namespace orrery
