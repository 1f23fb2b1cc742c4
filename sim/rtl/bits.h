// The bits of a wide port, the lowest first.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <vector>

namespace orrery {

class Bits {
 public:
  explicit Bits(std::size_t width = 0) : words_((width + 31) / 32) {}

  // `width` up to 32; beyond it bits of `value` are left out.
  void set(std::size_t at, int width, std::uint32_t value) {
    const std::uint64_t mask = ((std::uint64_t{1} << width) - 1) << (at % 32);
    const std::uint64_t bits = (std::uint64_t{value} << (at % 32)) & mask;
    std::uint32_t* word = &words_[at / 32];
    word[0] = (word[0] & ~static_cast<std::uint32_t>(mask)) | static_cast<std::uint32_t>(bits);
    if (mask >> 32 == 0) return;
    word[1] = (word[1] & ~static_cast<std::uint32_t>(mask >> 32)) |
              static_cast<std::uint32_t>(bits >> 32);
  }
  std::uint32_t get(std::size_t at, int width) const {
    const std::size_t word = at / 32;
    std::uint64_t bits = words_[word];
    if (word + 1 < words_.size()) bits |= std::uint64_t{words_[word + 1]} << 32;
    return static_cast<std::uint32_t>(bits >> (at % 32) & ((std::uint64_t{1} << width) - 1));
  }
  bool test(std::size_t at) const { return (words_[at / 32] >> (at % 32) & 1) != 0; }
  void clear() { words_.assign(words_.size(), 0); }
  std::uint64_t count() const {
    std::uint64_t ones = 0;
    for (const std::uint32_t word : words_) ones += static_cast<std::uint64_t>(std::popcount(word));
    return ones;
  }

  std::vector<std::uint32_t>& words() { return words_; }
  const std::vector<std::uint32_t>& words() const { return words_; }
  bool operator==(const Bits&) const = default;

 private:
  std::vector<std::uint32_t> words_;
};

// Fills bits from the highest down, as the fields of a packed struct lie.
class BitFields {
 public:
  explicit BitFields(std::size_t width) : bits_(width), left_(width) {}
  // `width` up to 64.
  BitFields& operator()(std::uint64_t value, int width) {
    for (; width > 32; width -= 32) {
      left_ -= 32;
      bits_.set(left_, 32, static_cast<std::uint32_t>(value >> (width - 32)));
    }
    left_ -= static_cast<std::size_t>(width);
    bits_.set(left_, width, static_cast<std::uint32_t>(value));
    return *this;
  }
  const Bits& bits() const { return bits_; }

 private:
  Bits bits_;
  std::size_t left_;
};

}  // namespace orrery
