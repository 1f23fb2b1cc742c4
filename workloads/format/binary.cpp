#include "workloads/format/binary.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <functional>
#include <stdexcept>

#include "workloads/format/rounding.h"

namespace orrery {
namespace {

template <class Positive>
Bits bits_where(std::size_t size, Positive positive) {
  Bits out{std::vector<BitWord>(words_for(size)), size};
  for (std::size_t i = 0; i < size; ++i) {
    if (positive(i)) out.words[i / kBitsPerWord] |= BitWord{1} << (i % kBitsPerWord);
  }
  return out;
}

void require_equal(const Bits& a, const Bits& b) {
  if (a.size != b.size) throw std::invalid_argument("operands must have equal lengths");
}

// The bits of word `i` that are among the first `size`.
BitWord used(std::size_t size, std::size_t i) {
  const std::size_t left = size - i * kBitsPerWord;
  return left >= kBitsPerWord ? ~BitWord{0} : (BitWord{1} << left) - 1;
}

}  // namespace

Bits binarize(std::span<const float> values) {
  require_finite(values);
  return bits_where(values.size(), [&](std::size_t i) { return values[i] >= 0; });
}

Bits binarize_stochastically(std::span<const float> values, const RandomStream& random) {
  require_finite(values);
  return bits_where(values.size(), [&](std::size_t i) {
    const double probability = std::clamp((values[i] + 1.0) / 2, 0.0, 1.0);
    return unit(random.at(static_cast<std::int64_t>(i))) < probability;
  });
}

std::vector<std::int16_t> signs(const Bits& bits) {
  std::vector<std::int16_t> out(bits.size);
  for (std::size_t i = 0; i < bits.size; ++i) {
    out[i] = (bits.words[i / kBitsPerWord] >> (i % kBitsPerWord) & 1) != 0 ? 1 : -1;
  }
  return out;
}

std::int64_t binary_dot(const Bits& a, const Bits& b) {
  require_equal(a, b);
  std::int64_t unequal = 0;
  for (std::size_t i = 0; i < a.words.size(); ++i)
    unequal += std::popcount(a.words[i] ^ b.words[i]);
  return static_cast<std::int64_t>(a.size) - 2 * unequal;
}

std::int64_t masked_binary_dot(const Bits& a, const Bits& b, const Bits& valid) {
  require_equal(a, b);
  require_equal(a, valid);
  std::int64_t equal = 0;
  for (std::size_t i = 0; i < a.words.size(); ++i) {
    equal += std::popcount(~(a.words[i] ^ b.words[i]) & valid.words[i] & used(a.size, i));
  }
  return 2 * equal - count_ones(valid);
}

std::int64_t zero_one_dot(const Bits& activations, const Bits& weights) {
  return 2 * count_common(activations, weights) - count_ones(activations);
}

std::int64_t plane_binary_dot(std::span<const std::int16_t> codes, int bits, const Bits& weights) {
  std::int64_t sum = 0;
  for (int plane = 0; plane < bits; ++plane) {
    sum += zero_one_dot(bit_plane(codes, plane), weights) * (std::int64_t{1} << plane);
  }
  return sum;
}

std::vector<float> filter_scales(std::span<const float> weights, int filters) {
  const auto count = static_cast<std::size_t>(filters);
  if (filters < 1 || weights.size() % count != 0) {
    throw std::invalid_argument("filters must divide the number of weights");
  }
  const std::size_t words = weights.size() / count;
  std::vector<float> scales;
  for (std::size_t m = 0; m < count; ++m) {
    double sum = 0;
    for (const float w : weights.subspan(m * words, words)) sum += std::abs(double{w});
    scales.push_back(static_cast<float>(sum / static_cast<double>(words)));
  }
  return scales;
}

}  // namespace orrery
