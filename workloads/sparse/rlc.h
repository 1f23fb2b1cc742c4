// Run-length code: pairs of a run of zeros and the word after it, so many pairs to a word of the
// link, whose last bit says whether it ends the code.
//
// The form of Eyeriss (Chen et al., JSSC 52(1), 2017): three pairs of a 5-bit run and a 16-bit
// level, and a terminating bit, in 64 bits. A run counts the zeros before the level, 31 at most;
// where there are more, the level is a zero itself. A tensor that ends in zeros ends in such a
// level. Pairs that are left in the last word are 0.
#pragma once

#include "workloads/sparse/stream.h"

namespace orrery {

struct RlcForm {
  int run_bits = 5;  // 1..16
  int pairs = 3;     // pairs * (run_bits + level bits) + 1 <= 64
  bool operator==(const RlcForm&) const = default;
};

// Bits of a word of the link. Levels have the bits of the form's code.
int rlc_word_bits(const WordForm& form, const RlcForm& rlc = {});

// entries: pairs; padding: pairs whose level is zero. No words give no stream. Throws
// std::logic_error for a form beyond the limits above.
SparseStream encode_rlc(std::span<const std::int16_t> words, const WordForm& form,
                        const RlcForm& rlc = {});
// The bits of that stream alone, without making it: what a tile costs on a link.
std::int64_t rlc_bits(std::span<const std::int16_t> words, const WordForm& form,
                      const RlcForm& rlc = {});
// Throws std::logic_error where the stream is not that of so many words.
std::vector<std::int16_t> decode_rlc(const SparseStream& stream, std::int64_t words,
                                     const WordForm& form, const RlcForm& rlc = {});

}  // namespace orrery
