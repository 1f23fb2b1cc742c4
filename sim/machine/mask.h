// A set of PEs, one bit each.
#pragma once

#include <bit>
#include <cstdint>
#include <vector>

namespace orrery {

class PeMask {
 public:
  explicit PeMask(int pes = 0) : words_(static_cast<std::size_t>((pes + 63) / 64)) {}

  void set(int pe) { words_[word(pe)] |= bit(pe); }
  void clear(int pe) { words_[word(pe)] &= ~bit(pe); }
  void clear() { words_.assign(words_.size(), 0); }
  bool any() const {
    std::uint64_t all = 0;
    for (const std::uint64_t w : words_) all |= w;
    return all != 0;
  }
  // Moves every PE of `other` into this set.
  void take(PeMask& other) {
    for (std::size_t i = 0; i < words_.size(); ++i) {
      words_[i] |= other.words_[i];
      other.words_[i] = 0;
    }
  }
  // Calls f(pe) in ascending order; f may change any set, this one included.
  template <class F>
  void for_each(F f) const {
    for (std::size_t i = 0; i < words_.size(); ++i) {
      for (std::uint64_t left = words_[i]; left != 0; left &= left - 1) {
        f(static_cast<int>(i * 64) + std::countr_zero(left));
      }
    }
  }
  // The same, and the set is empty afterwards but for what f adds.
  template <class F>
  void drain(F f) {
    for (std::size_t i = 0; i < words_.size(); ++i) {
      const std::uint64_t now = words_[i];
      words_[i] = 0;
      for (std::uint64_t left = now; left != 0; left &= left - 1) {
        f(static_cast<int>(i * 64) + std::countr_zero(left));
      }
    }
  }

 private:
  static std::size_t word(int pe) { return static_cast<std::size_t>(pe) / 64; }
  static std::uint64_t bit(int pe) { return std::uint64_t{1} << (pe % 64); }
  std::vector<std::uint64_t> words_;
};

}  // namespace orrery
