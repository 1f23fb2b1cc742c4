// Bricks of ifmap channels, of which each lane walks the words that are not zero.
//
// A brick is 2^index_bits neighbouring channels of a group at one row and column; the last brick of
// a group may be shorter. Bricks of a window come in the order of filter rows, filter columns, then
// channels, and the items of a window are a group: lanes meet at its end. Each word that a lane
// comes to meets the filters of all columns of the array in one cycle. A round is a block of as
// many ofmap channels of one group and image, over all windows.
//
// Lanes that pass over zeros are dealt the bricks in turn: an item is a row of bricks, one for each
// lane. Lanes that do not (the dense machine) share each brick: an item is a brick, of which lane k
// takes the words k, k + lanes and so on.
#pragma once

#include "sim/machine/mac_unit.h"
#include "sim/sparse/lanes.h"
#include "sim/sparse/window.h"
#include "workloads/tensor/tensor.h"

namespace orrery {

enum class Walked : std::uint8_t { kNonZero, kAll };

class BrickWork : public LaneWork {
 public:
  // Keeps references.
  BrickWork(const Machine& machine, const Layer& layer, const Operands& in, Walked walked);

  bool next_round() override;
  int items() const override { return static_cast<int>(windows_.size()) * rows_; }
  int group(int item) const override { return item / rows_; }
  LaneShare share(int item, int lane) const override;
  LaneState play(int item, int lane, int entry) override;
  // Of the round's block of ofmap channels, as they are: the psums of a group.
  std::vector<std::int32_t> psums_of(int group) const;

  const PsumTensor& psums() const { return psums_; }
  // Words walked in all rounds so far.
  std::int64_t entries() const { return entries_; }

 private:
  struct Entry {
    int tap = 0;  // of the window, [C][R][S]
    std::int16_t word = 0;
  };
  // Entries of brick b stand from begin[b] on, one past its last at begin[b + 1].
  struct Window {
    WindowAt at;
    std::vector<Entry> entries;
    std::vector<int> begin;
  };

  Window walk(const WindowAt& at) const;
  // Places in `entries` that a lane has of an item: begin, begin + step, ... below end.
  struct Part {
    int begin = 0, end = 0, step = 1;
  };
  Part part(int item, int lane) const;

  const Layer& layer_;
  const Operands& in_;
  MacUnit mac_;
  Walked walked_;
  int lanes_, filters_, channels_;  // of a block of ofmap channels, of a brick
  int bricks_, rows_;               // of a window: bricks, and items
  std::vector<Window> windows_;     // of the round
  std::int64_t plane_ = -1;         // image and group
  int filter_ = 0;                  // first of the block
  PsumTensor psums_;
  std::int64_t entries_ = 0;
};

}  // namespace orrery
