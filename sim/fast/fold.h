// Stretches of a layer that repeat: found by their state, and skipped.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <unordered_map>
#include <unordered_set>
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
  // Whether it is worth while to describe the whole state at the begin of a block: the few of its
  // numbers in `sketch` have been seen before, and enough passes have been played since states were
  // described in vain. A state of more passes is longer.
  bool worth(int loop, std::span<const std::int64_t> sketch, std::size_t passes);
  void pass_was_played() { ++credit_; }
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
  struct Loop {
    std::unordered_set<std::uint64_t> sketches;         // their hashes
    std::unordered_multimap<std::uint64_t, Seen> seen;  // by the state's hash
  };
  Loop& at(int loop);

  std::vector<Loop> loops_;
  std::int64_t credit_ = 1000;  // passes played, less what descriptions cost
};

// Figure by figure.
Fold::Sums operator-(const Fold::Sums& a, const Fold::Sums& b);
Fold::Sums operator*(const Fold::Sums& a, std::int64_t times);

}  // namespace orrery
