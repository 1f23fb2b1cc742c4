#include "workloads/sparse/bitmask.h"

#include <stdexcept>

namespace orrery {

SparseStream encode_bitmask(std::span<const std::int16_t> words, const WordForm& form) {
  SparseStream stream;
  BitWriter bits;
  for (const std::int16_t word : words) bits.put(word != form.zero ? 1 : 0, 1);
  for (const std::int16_t word : words) {
    if (word == form.zero) continue;
    bits.put_word(word, form);
    ++stream.entries;
  }
  stream.bits = bits.bits();
  stream.words = bits.take();
  return stream;
}

std::vector<std::int16_t> decode_bitmask(const SparseStream& stream, std::int64_t words,
                                         const WordForm& form) {
  BitReader mask(stream), values(stream);
  for (std::int64_t i = 0; i < words; ++i) values.take(1);
  std::vector<std::int16_t> out;
  out.reserve(static_cast<std::size_t>(words));
  for (std::int64_t i = 0; i < words; ++i) {
    out.push_back(mask.take(1) == 1 ? values.take_word(form)
                                    : static_cast<std::int16_t>(form.zero));
  }
  if (values.left() != 0) throw std::logic_error("a bitmask's words go on after its tensor");
  return out;
}

}  // namespace orrery
