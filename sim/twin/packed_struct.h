// Packed structs of SystemVerilog, field by field from the first one, which has the highest bits.
// As words of 32 bits, the lowest first: the form in which Verilator has wide ports.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace orrery {

class StructWriter {
 public:
  // Two's complement; 1 <= width <= 64.
  void add(std::int64_t value, int width) {
    for (int bit = width - 1; bit >= 0; --bit)
      bits_.push_back((static_cast<std::uint64_t>(value) >> bit & 1) != 0);
  }
  std::vector<std::uint32_t> words() const {
    std::vector<std::uint32_t> words((bits_.size() + 31) / 32);
    for (std::size_t i = 0; i < bits_.size(); ++i) {
      const std::size_t place = bits_.size() - 1 - i;
      words[place / 32] |= std::uint32_t{bits_[i]} << place % 32;
    }
    return words;
  }

 private:
  std::vector<bool> bits_;
};

class StructReader {
 public:
  // `bits` of the struct; `words` must outlive the reader.
  StructReader(std::span<const std::uint32_t> words, int bits)
      : words_(words), left_(static_cast<std::size_t>(bits)) {}
  // The next field, unsigned; 1 <= width <= 32.
  std::uint32_t take(int width) {
    left_ -= static_cast<std::size_t>(width);
    std::uint64_t two = words_[left_ / 32];
    if (left_ / 32 + 1 < words_.size()) two |= std::uint64_t{words_[left_ / 32 + 1]} << 32;
    return static_cast<std::uint32_t>(two >> left_ % 32 & ((std::uint64_t{1} << width) - 1));
  }
  int take_int(int width) { return static_cast<int>(take(width)); }

 private:
  std::span<const std::uint32_t> words_;
  std::size_t left_;  // bits below the field that was taken last
};

}  // namespace orrery
