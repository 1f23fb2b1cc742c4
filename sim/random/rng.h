// Random numbers for cases that a seed names.
#pragma once

#include <cstdint>
#include <random>
#include <utility>
#include <vector>

namespace orrery {

// The same numbers on every platform, which the distributions of <random> do not promise.
class Rng {
 public:
  explicit Rng(std::uint64_t seed) : engine_(seed) {}
  // Uniform in [lo, hi].
  int in(int lo, int hi) {
    return lo + static_cast<int>(engine_() % static_cast<std::uint64_t>(hi - lo + 1));
  }
  bool chance(int percent) { return in(1, 100) <= percent; }
  template <class T>
  const T& pick(const std::vector<T>& items) {
    return items[static_cast<std::size_t>(in(0, static_cast<int>(items.size()) - 1))];
  }
  template <class T>
  void shuffle(std::vector<T>& items) {
    for (std::size_t i = items.size(); i > 1; --i)
      std::swap(items[i - 1], items[static_cast<std::size_t>(in(0, static_cast<int>(i) - 1))]);
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace orrery
