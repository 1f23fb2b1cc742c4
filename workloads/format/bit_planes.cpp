#include "workloads/format/bit_planes.h"

#include <bit>
#include <stdexcept>

namespace orrery {

Bits bit_plane(std::span<const std::int16_t> codes, int plane) {
  Bits out{std::vector<BitWord>(words_for(codes.size())), codes.size()};
  for (std::size_t i = 0; i < codes.size(); ++i) {
    const auto bit = static_cast<BitWord>(codes[i] >> plane & 1);
    out.words[i / kBitsPerWord] |= bit << (i % kBitsPerWord);
  }
  return out;
}

std::int64_t count_ones(const Bits& bits) {
  std::int64_t ones = 0;
  for (const BitWord word : bits.words) ones += std::popcount(word);
  return ones;
}

std::int64_t count_common(const Bits& a, const Bits& b) {
  if (a.size != b.size) throw std::invalid_argument("operands must have equal lengths");
  std::int64_t ones = 0;
  for (std::size_t i = 0; i < a.words.size(); ++i) ones += std::popcount(a.words[i] & b.words[i]);
  return ones;
}

std::int64_t plane_dot(std::span<const std::int16_t> a, int a_bits, std::span<const std::int16_t> b,
                       int b_bits) {
  std::vector<Bits> b_planes;
  for (int j = 0; j < b_bits; ++j) b_planes.push_back(bit_plane(b, j));
  std::int64_t sum = 0;
  for (int i = 0; i < a_bits; ++i) {
    const Bits a_plane = bit_plane(a, i);
    for (int j = 0; j < b_bits; ++j) {
      sum += count_common(a_plane, b_planes[static_cast<std::size_t>(j)]) << (i + j);
    }
  }
  return sum;
}

}  // namespace orrery
