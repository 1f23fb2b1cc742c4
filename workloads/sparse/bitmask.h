// A bit for each word, set where it is not zero, and then the words that are not.
#pragma once

#include "workloads/sparse/stream.h"

namespace orrery {

// bits = words + (words that are not zero) * bits of the code; there is no padding.
SparseStream encode_bitmask(std::span<const std::int16_t> words, const WordForm& form);
// Throws std::logic_error where the stream is not that of so many words.
std::vector<std::int16_t> decode_bitmask(const SparseStream& stream, std::int64_t words,
                                         const WordForm& form);

}  // namespace orrery
