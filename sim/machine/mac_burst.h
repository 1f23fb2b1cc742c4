// Runs of MACs on one PE: consecutive steps of its innermost counter.
#pragma once

#include <array>
#include <cstdint>

namespace orrery {

// Runs over the same psums, one ifmap word each: psum[i] += ifmap[k] * filter[k][i], one k after
// the other.
struct MacBurst {
  static constexpr int kMostRuns = 32;
  std::int32_t* psum = nullptr;
  int psums = 0;
  int runs = 0;
  bool fresh = false;  // psums start from zero
  std::array<const std::int16_t*, kMostRuns> filter{};
  std::array<std::int16_t, kMostRuns> ifmap{};

  bool takes(const std::int32_t* p, int n) const {
    return psum == p && psums == n && runs < kMostRuns;
  }
  void start(std::int32_t* p, int n, bool from_zero) {
    psum = p;
    psums = n;
    runs = 0;
    fresh = from_zero;
  }
  void add(std::int16_t x, const std::int16_t* w) {
    const auto at = static_cast<std::size_t>(runs++);
    ifmap[at] = x;
    filter[at] = w;
  }
};

}  // namespace orrery
