// A set of PEs, one bit each.
#pragma once

#include <bit>
#include <cstdint>
#include <vector>

namespace orrery {

class PeMask {
 public:
  explicit PeMask(int pes = 0) : words_(static_cast<std::size_t>((pes + 63) / 64)) {}

  void set(int pe) { words_[static_cast<std::size_t>(pe) / 64] |= std::uint64_t{1} << (pe % 64); }
  const std::vector<std::uint64_t>& words() const { return words_; }
  void clear() { words_.assign(words_.size(), 0); }
  // Calls f(pe) for one PE after another, the last of the set first, each taken out before; f may
  // add PEs that come before its own. Returns whether there were any.
  template <class F>
  bool drain(F f) {
    bool any = false;
    for (std::size_t i = words_.size(); i-- > 0;) {
      while (words_[i] != 0) {
        const int last = 63 - std::countl_zero(words_[i]);
        words_[i] &= ~(std::uint64_t{1} << last);
        f(static_cast<int>(i * 64) + last);
        any = true;
      }
    }
    return any;
  }

 private:
  std::vector<std::uint64_t> words_;
};

}  // namespace orrery
