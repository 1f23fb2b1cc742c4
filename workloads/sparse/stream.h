// Bits of a tensor whose zeros are left out, and how they are written and read.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "workloads/format/code.h"

namespace orrery {

// What the words of a tensor are: their code, and the integer that means zero. Signs have no zero
// and no form here.
struct WordForm {
  Code code;
  int zero = 0;
  bool operator==(const WordForm&) const = default;
};

// A stream that a machine stores and moves: all bits, fields, indices, pointers and filling
// included.
struct SparseStream {
  std::vector<std::uint64_t> words;  // bit b stands in words[b / 64], low bit first
  std::int64_t bits = 0;
  std::int64_t entries = 0;  // values stored
  std::int64_t padding =
      0;  // of these, zeros: a run was too long for its field, or a place is left
  bool operator==(const SparseStream&) const = default;
};

// Fields one after the other, each with its low bit first.
class BitWriter {
 public:
  // The low `bits` of `field`, 0 <= bits <= 64; what stands above them is left out.
  void put(std::uint64_t field, int bits);
  // A word as its code writes it. Throws std::logic_error where the code has no such number.
  void put_word(std::int16_t word, const WordForm& form);
  std::int64_t bits() const { return bits_; }
  std::vector<std::uint64_t> take() { return std::move(words_); }

 private:
  std::vector<std::uint64_t> words_;
  std::int64_t bits_ = 0;
};

class BitReader {
 public:
  explicit BitReader(const SparseStream& stream) : words_(stream.words), bits_(stream.bits) {}
  // The next field; throws std::logic_error where the stream has no more bits.
  std::uint64_t take(int bits);
  std::int16_t take_word(const WordForm& form);
  std::int64_t left() const { return bits_ - at_; }

 private:
  std::span<const std::uint64_t> words_;
  std::int64_t bits_, at_ = 0;
};

// Bits that hold the numbers 0..most.
int bits_for(std::uint64_t most);

}  // namespace orrery
