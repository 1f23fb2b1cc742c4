// Post-processing on the way out: bias, requantization, ReLU, pooling. Values only; its pace is
// Post::words_per_cycle.
#pragma once

#include <cstdint>
#include <vector>

#include "workloads/golden/golden.h"
#include "workloads/layer/layer.h"

namespace orrery {

// Planes of rows x cols words, row-major, one after the other.
struct Planes {
  int rows = 0, cols = 0;
  std::vector<std::int32_t> word;
};

class PostUnit {
 public:
  explicit PostUnit(const Layer& layer, PsumKind kind = PsumKind::kInteger)
      : layer_(layer), kind_(kind) {}
  // A finished psum of the ofmap channel with this bias becomes an ofmap word (before pooling). Of
  // a pooling layer that ran on the array: the largest word of the window, or the mean of a sum
  // over it, half away from zero.
  std::int16_t finish(std::int32_t psum, std::int32_t bias) const;
  // Pools every plane.
  static Planes pool(const Planes& in, const Pool& window);

 private:
  const Layer& layer_;
  PsumKind kind_;
};

}  // namespace orrery
