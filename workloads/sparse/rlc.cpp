#include "workloads/sparse/rlc.h"

#include <stdexcept>

namespace orrery {
namespace {

void check(const WordForm& form, const RlcForm& rlc) {
  const bool ok =
      rlc.run_bits >= 1 && rlc.run_bits <= 16 && rlc.pairs >= 1 && rlc_word_bits(form, rlc) <= 64;
  if (!ok) throw std::logic_error("a run-length word has 64 bits at most");
}

// Calls pair(run, level) for each pair.
template <class Pair>
void for_each_pair(std::span<const std::int16_t> words, int zero, const RlcForm& rlc, Pair pair) {
  const int longest = (1 << rlc.run_bits) - 1;
  int run = 0;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] == zero && run < longest && i + 1 < words.size()) {
      ++run;
      continue;
    }
    pair(run, words[i]);
    run = 0;
  }
}

std::int64_t link_words(std::int64_t pairs, const RlcForm& rlc) {
  return (pairs + rlc.pairs - 1) / rlc.pairs;
}

// The pairs of a stream, one after the other; the terminating bits are checked on the way.
class PairReader {
 public:
  PairReader(const SparseStream& stream, const WordForm& form, const RlcForm& rlc)
      : bits_(stream), form_(form), rlc_(rlc) {}

  std::int64_t run() {
    end_word();
    return static_cast<std::int64_t>(bits_.take(rlc_.run_bits));
  }
  std::int16_t level() {
    ++pairs_;
    return bits_.take_word(form_);
  }
  // Whether nothing follows but the filling of the last word.
  bool ends() {
    for (; pairs_ % rlc_.pairs != 0; ++pairs_) {
      if (bits_.take(rlc_.run_bits + form_.code.bits) != 0) return false;
    }
    return pairs_ == 0 ? bits_.left() == 0 : bits_.left() == 1 && bits_.take(1) == 1;
  }

 private:
  // The terminating bit of a word that others follow.
  void end_word() {
    if (pairs_ == 0 || pairs_ % rlc_.pairs != 0) return;
    if (bits_.take(1) != 0) throw std::logic_error("a run-length code ends before its tensor");
  }

  BitReader bits_;
  const WordForm& form_;
  const RlcForm& rlc_;
  std::int64_t pairs_ = 0;
};

}  // namespace

int rlc_word_bits(const WordForm& form, const RlcForm& rlc) {
  return rlc.pairs * (rlc.run_bits + form.code.bits) + 1;
}

SparseStream encode_rlc(std::span<const std::int16_t> words, const WordForm& form,
                        const RlcForm& rlc) {
  check(form, rlc);
  SparseStream stream;
  BitWriter bits;
  for_each_pair(words, form.zero, rlc, [&](int run, std::int16_t level) {
    if (stream.entries > 0 && stream.entries % rlc.pairs == 0) bits.put(0, 1);
    bits.put(static_cast<std::uint64_t>(run), rlc.run_bits);
    bits.put_word(level, form);
    ++stream.entries;
    if (level == form.zero) ++stream.padding;
  });
  if (stream.entries > 0) {
    for (std::int64_t pair = stream.entries; pair % rlc.pairs != 0; ++pair)
      bits.put(0, rlc.run_bits + form.code.bits);
    bits.put(1, 1);
  }
  stream.bits = bits.bits();
  stream.words = bits.take();
  return stream;
}

std::int64_t rlc_bits(std::span<const std::int16_t> words, const WordForm& form,
                      const RlcForm& rlc) {
  check(form, rlc);
  std::int64_t pairs = 0;
  for_each_pair(words, form.zero, rlc, [&](int, std::int16_t) { ++pairs; });
  return link_words(pairs, rlc) * rlc_word_bits(form, rlc);
}

std::vector<std::int16_t> decode_rlc(const SparseStream& stream, std::int64_t words,
                                     const WordForm& form, const RlcForm& rlc) {
  check(form, rlc);
  const auto size = static_cast<std::size_t>(words);
  std::vector<std::int16_t> out;
  out.reserve(size);
  PairReader pairs(stream, form, rlc);
  while (out.size() < size) {
    const auto run = static_cast<std::size_t>(pairs.run());
    if (run + 1 > size - out.size())
      throw std::logic_error("a run-length code is longer than its tensor");
    out.insert(out.end(), run, static_cast<std::int16_t>(form.zero));
    out.push_back(pairs.level());
  }
  if (!pairs.ends()) throw std::logic_error("a run-length code goes on after its tensor");
  return out;
}

}  // namespace orrery
