#include "workloads/sparse/stream.h"

#include <bit>
#include <stdexcept>

namespace orrery {
namespace {

constexpr int kWord = 64;

std::uint64_t low(std::uint64_t field, int bits) {
  return bits == kWord ? field : field & ((std::uint64_t{1} << bits) - 1);
}

}  // namespace

void BitWriter::put(std::uint64_t field, int bits) {
  if (bits == 0) return;
  field = low(field, bits);
  const int at = static_cast<int>(bits_ % kWord);
  if (at == 0) words_.push_back(0);
  words_.back() |= field << at;
  if (at + bits > kWord) words_.push_back(field >> (kWord - at));
  bits_ += bits;
}

void BitWriter::put_word(std::int16_t word, const WordForm& form) {
  put(static_cast<std::uint64_t>(encode(form.code, word)), form.code.bits);
}

std::uint64_t BitReader::take(int bits) {
  if (bits > left()) throw std::logic_error("a sparse stream ends before its tensor");
  if (bits == 0) return 0;
  const auto word = static_cast<std::size_t>(at_ / kWord);
  const int at = static_cast<int>(at_ % kWord);
  std::uint64_t field = words_[word] >> at;
  if (at + bits > kWord) field |= words_[word + 1] << (kWord - at);
  at_ += bits;
  return low(field, bits);
}

std::int16_t BitReader::take_word(const WordForm& form) {
  return static_cast<std::int16_t>(decode(form.code, static_cast<int>(take(form.code.bits))));
}

int bits_for(std::uint64_t most) { return static_cast<int>(std::bit_width(most)); }

}  // namespace orrery
