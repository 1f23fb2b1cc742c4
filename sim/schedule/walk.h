// The schedule of a layer: which passes, in which order, on which tiles. There is one; engines
// listen to it.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "dataflows/pass/nest.h"

namespace orrery {

// What becomes of the psum tile in the GLB when the pass of a step is over.
enum class PsumFate : std::uint8_t { kStay, kSpill, kFinish };

struct Step {
  Box pass;                        // what the array works on
  std::array<Box, kTensors> tile;  // what the GLB holds for it, by tensor
  // The tile is another than in the step before. Psums that have been worked on come back from
  // DRAM; others start from zero (starts_tile).
  std::array<bool, kTensors> fetch{};
  bool starts_tile = false;
  bool starts_psums = false;  // no pass has worked on the psums of this pass yet
  PsumFate fate = PsumFate::kStay;
  bool configures = false;  // the machine's first pass under another configuration
};

// Whether the pass of a step starts from old psums: zeros, where the machine reads those too.
inline bool reads_psums(const Step& step, const Machine& machine) {
  return !step.starts_psums || machine.first_psum == FirstPsum::kRead;
}

// Walks over the DRAM and GLB loops of a nest, outermost first.
class Walk {
 public:
  Walk(const Layer& layer, const Mapping& mapping, const Machine& machine);
  // The next step; false when there is none.
  bool next(Step& step);
  std::int64_t passes() const { return passes_; }

  // For engines that skip passes which repeat others. Loops are numbered outermost first; the step
  // to come belongs to the present block of each.
  // The outermost loop that has moved since the last call; -1: none.
  int take_moved();
  int block_of(int loop) const { return at_[static_cast<std::size_t>(loop)]; }
  int blocks(int loop) const;
  // What the loop and those outside it leave to its block `k`.
  Box box_of(int loop, int k) const;
  Dim dim_of(int loop) const { return loops_[static_cast<std::size_t>(loop)].dim; }
  const Step& to_come() const { return ahead_; }
  int loops() const { return static_cast<int>(loops_.size()); }
  // Goes on so many blocks of a loop; neither the present one nor the one that it comes to may be
  // the first or the last.
  void skip(int loop, int blocks);

 private:
  bool advance();
  void settle(std::size_t from);
  Step present() const;

  const Mapping& mapping_;
  Nest nest_;
  Box whole_;
  std::vector<Loop> loops_;  // DRAM loops, then GLB loops
  std::vector<int> at_;      // block of each loop
  std::vector<Box> box_;     // box_[i]: before loop i; the last: of the pass
  std::size_t outermost_moved_ = 0;
  int moved_ = -1;  // outermost since it was last asked for
  std::int64_t passes_ = 0;
  bool over_ = false;
  bool first_ = true;
  Step ahead_;  // one step of look-ahead decides the fate of psums
};

}  // namespace orrery
