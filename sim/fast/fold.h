// Stretches of a layer that repeat: found by their state, and skipped.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "sim/machine/array.h"
#include "sim/result/result.h"

namespace orrery {

// Remembers, for each loop of the walk, in which state everything was when one of its blocks began.
// Two blocks that begin in equal states pass equally, and so do all that follow them, as long as
// the blocks themselves are alike: neither first nor last, and without an edge of made padding.
class Fold {
 public:
  // All that has been summed up, and how far time and numbers are.
  struct Sums {
    std::int64_t now = 0;  // tick
    std::int64_t passes = 0, transfers = 0;
    std::uint64_t active_pes = 0;  // summed over passes
    std::array<std::uint64_t, kStallNames.size()> stalls{};
    PassRecord record;
    Counts moved;  // by the DMA
  };
  // `blocks` blocks of the loop bring `sums` each time.
  struct Period {
    int blocks = 0;
    Sums sums;
  };
  // Block `block` of `loop` begins in `state`: the period since an equal one, if there was one.
  // Loops inside it begin anew.
  std::optional<Period> look(int loop, int block, std::vector<std::int64_t> state,
                             const Sums& sums);
  void forget_inside(int loop);

 private:
  struct Seen {
    std::vector<std::int64_t> state;
    int block = 0;
    Sums sums;
  };
  std::vector<std::unordered_multimap<std::uint64_t, Seen>> seen_;  // by loop, by the state's hash
};

// Figure by figure.
Fold::Sums operator-(const Fold::Sums& a, const Fold::Sums& b);
Fold::Sums operator*(const Fold::Sums& a, std::int64_t times);

}  // namespace orrery
