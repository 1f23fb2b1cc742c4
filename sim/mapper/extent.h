// How many words the blocks of a nest touch, summed over all of them, and how many of these come
// anew as its loops turn.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "dataflows/mapping/mapping.h"

namespace orrery {

class Extent {
 public:
  // Words of padding that the machine makes are not counted, at the most that a block can have.
  Extent(const Machine& machine, const Layer& layer);

  // Distinct words of `t` that a box touches, at least.
  std::int64_t words(const Box& box, Tensor t) const;
  // Summed over all blocks that `loops` cut the layer into. The dimensions are cut independently
  // of each other, so this is a product of sums.
  std::int64_t summed(std::span<const Loop> loops, Tensor t) const;
  // Summed over those blocks that touch other words than the block before, the first included.
  std::int64_t fetched(std::span<const Loop> loops, Tensor t) const;
  // Points and psums of the first block that `inner` cuts from each block of `outer`, which is the
  // largest, summed over the blocks of `outer`.
  std::int64_t points_of_first(std::span<const Loop> outer, std::span<const Loop> inner) const;
  std::int64_t psums_of_first(std::span<const Loop> outer, std::span<const Loop> inner) const;

 private:
  struct Blocks {
    int size;
    std::int64_t count;
  };
  std::vector<Blocks> blocks(std::span<const Loop> loops, Dim d) const;
  std::int64_t count(std::span<const Loop> loops, Dim d) const;
  std::int64_t of_first(std::span<const Loop> outer, std::span<const Loop> inner, bool psums) const;
  std::int64_t lines(std::span<const Loop> loops, Dim out, Dim taps) const;
  std::int64_t line(int out, int taps, Dim d) const;
  std::int64_t fetched(std::span<const Loop> loops, const Box& box, Tensor t) const;

  const Layer& layer_;
  int made_rows_ = 0, made_cols_ = 0;
};

}  // namespace orrery
