// Runs of MACs on one PE: consecutive steps of its innermost counter.
#pragma once

#include <cstdint>

#include "arch/mac/arithmetic.h"

namespace orrery {

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

  // psum[i] = (fresh ? 0 : psum[i]) + ifmap * filter[i], for a run of psums on one ifmap word.
  void spread(std::int32_t* psum, std::int16_t ifmap, const std::int16_t* filter, int n,
              bool fresh) const {
    if (narrow_) {
      // Bits above the psum's never reach it when it wraps, so the cut of the product is free.
      const int shift = arithmetic_.product_shift;
      for (int i = 0; i < n; ++i) {
        const std::int32_t term = (std::int32_t{ifmap} * filter[i]) >> shift;
        psum[i] = static_cast<std::int16_t>(term + (fresh ? 0 : psum[i]));
      }
      return;
    }
    for (int i = 0; i < n; ++i) {
      psum[i] = accumulate(fresh ? 0 : psum[i], multiply(ifmap, filter[i]));
    }
  }

 private:
  Arithmetic arithmetic_;
  bool narrow_ = false;
  bool gates_ = false;
};

}  // namespace orrery
