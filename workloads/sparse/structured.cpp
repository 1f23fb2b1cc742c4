#include "workloads/sparse/structured.h"

#include <algorithm>
#include <stdexcept>

namespace orrery {
namespace {

template <class Group>
void for_each_group(std::span<const std::int16_t> words, int m, Group group) {
  const auto size = static_cast<std::size_t>(m);
  for (std::size_t at = 0; at < words.size(); at += size)
    group(words.subspan(at, std::min(size, words.size() - at)));
}

int non_zeros(std::span<const std::int16_t> group, int zero) {
  return static_cast<int>(std::ranges::count_if(group, [&](int word) { return word != zero; }));
}

}  // namespace

bool fits(std::span<const std::int16_t> words, const Structure& structure, int zero) {
  bool fit = true;
  for_each_group(words, structure.m, [&](std::span<const std::int16_t> group) {
    fit = fit && non_zeros(group, zero) <= structure.n;
  });
  return fit;
}

SparseStream encode_structured(std::span<const std::int16_t> words, const WordForm& form,
                               const Structure& structure) {
  if (!fits(words, structure, form.zero))
    throw std::logic_error("a group has more words than its structure stores");
  SparseStream stream;
  BitWriter bits;
  for_each_group(words, structure.m, [&](std::span<const std::int16_t> group) {
    const int stored = std::min(structure.n, static_cast<int>(group.size()));
    int zeros = stored - non_zeros(group, form.zero);
    stream.entries += stored;
    stream.padding += zeros;
    for (std::size_t place = 0; place < group.size(); ++place) {
      if (group[place] == form.zero && zeros-- <= 0) continue;
      bits.put(place, structure.place_bits());
      bits.put_word(group[place], form);
    }
  });
  stream.bits = bits.bits();
  stream.words = bits.take();
  return stream;
}

std::vector<std::int16_t> decode_structured(const SparseStream& stream, std::int64_t words,
                                            const WordForm& form, const Structure& structure) {
  BitReader bits(stream);
  std::vector<std::int16_t> out(static_cast<std::size_t>(words),
                                static_cast<std::int16_t>(form.zero));
  for (std::size_t at = 0; at < out.size(); at += static_cast<std::size_t>(structure.m)) {
    const std::size_t size = std::min(static_cast<std::size_t>(structure.m), out.size() - at);
    const std::size_t stored = std::min(static_cast<std::size_t>(structure.n), size);
    for (std::size_t i = 0; i < stored; ++i) {
      const auto place = static_cast<std::size_t>(bits.take(structure.place_bits()));
      if (place >= size) throw std::logic_error("a place is outside its group");
      out[at + place] = bits.take_word(form);
    }
  }
  if (bits.left() != 0) throw std::logic_error("a structured stream goes on after its tensor");
  return out;
}

}  // namespace orrery
