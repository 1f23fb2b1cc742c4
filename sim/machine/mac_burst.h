// Runs of MACs on one PE: consecutive steps of its innermost counter.
#pragma once

#include <array>
#include <cstdint>

#include "arch/mac/arithmetic.h"

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

// What a PE multiplies with: the arithmetic of the layer on the machine, and whether a zero ifmap
// gates.
class MacUnit {
 public:
  MacUnit() = default;
  MacUnit(const Arithmetic& arithmetic, bool gates)
      : arithmetic_(arithmetic),
        narrow_(arithmetic.psum_bits == 16 && arithmetic.product_bits >= 16 &&
                arithmetic.overflow == Overflow::kWrap),
        gates_(gates) {}

  bool gated(std::int16_t ifmap) const { return gates_ && ifmap == 0; }
  std::int32_t multiply(std::int16_t ifmap, std::int16_t filter) const {
    return product(ifmap, filter, arithmetic_);
  }
  std::int32_t accumulate(std::int32_t psum, std::int32_t x) const {
    return add(psum, x, arithmetic_);
  }

  // Works a burst off and leaves it empty.
  void play(MacBurst& burst) const {
    narrow_ ? play_narrow(burst) : play_any(burst);
    burst.psum = nullptr;
  }

 private:
  void play_any(const MacBurst& burst) const {
    for (int i = 0; i < burst.psums && burst.fresh; ++i) burst.psum[i] = 0;
    for (std::size_t k = 0; k < static_cast<std::size_t>(burst.runs); ++k) {
      for (int i = 0; i < burst.psums; ++i)
        burst.psum[i] = accumulate(burst.psum[i], multiply(burst.ifmap[k], burst.filter[k][i]));
    }
  }

  // Bits above the psum's never reach it when it wraps, so the cut of the product is free.
  void play_narrow(const MacBurst& burst) const {
    constexpr int kLanes = 16;
    int i = 0;
    for (; i + kLanes <= burst.psums; i += kLanes) play_lanes<kLanes>(burst, i);
    for (; i < burst.psums; ++i) play_lanes<1>(burst, i);
  }
  template <int kLanes>
  void play_lanes(const MacBurst& burst, int from) const {
    std::array<std::int16_t, kLanes> sum;
    const int shift = arithmetic_.product_shift;
    for (int i = 0; i < kLanes; ++i)
      sum[static_cast<std::size_t>(i)] =
          burst.fresh ? std::int16_t{0} : static_cast<std::int16_t>(burst.psum[from + i]);
    for (std::size_t k = 0; k < static_cast<std::size_t>(burst.runs); ++k) {
      const std::int16_t* filter = burst.filter[k] + from;
      for (int i = 0; i < kLanes; ++i) {
        std::int16_t& s = sum[static_cast<std::size_t>(i)];
        s = static_cast<std::int16_t>(s + ((std::int32_t{burst.ifmap[k]} * filter[i]) >> shift));
      }
    }
    for (int i = 0; i < kLanes; ++i) burst.psum[from + i] = sum[static_cast<std::size_t>(i)];
  }

  Arithmetic arithmetic_;
  bool narrow_ = false;
  bool gates_ = false;
};

}  // namespace orrery
