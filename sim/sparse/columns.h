// Columns of compressed filters, walked for each ifmap word that is not zero.
//
// psum = filter matrix (ofmap channels x window words) * window of the ifmap. Lane k has the matrix
// rows i with i mod lanes = k. A round is a block of matrix rows that the lanes' psum spads hold, a
// block of window words that their ifmap spads hold, and one window; its items are the window's
// words that are not zero, in order.
#pragma once

#include "sim/machine/mac_unit.h"
#include "sim/sparse/lanes.h"
#include "workloads/sparse/csc.h"
#include "workloads/tensor/tensor.h"

namespace orrery {

class ColumnWork : public LaneWork {
 public:
  // Keeps references. The layer is one that lanes_misfit() has nothing against; the filters of `in`
  // share values where the machine wants it. Throws InputError where a lane's part of the filter
  // store cannot hold its entries.
  ColumnWork(const Machine& machine, const Layer& layer, const Operands& in);

  bool next_round() override;
  int items() const override { return static_cast<int>(items_.size()); }
  int group(int) const override { return 0; }
  LaneShare share(int item, int lane) const override;
  LaneState play(int item, int lane, int entry) override;

  // Of the last entry that a lane played: its row among the lane's rows of the block, and the psum
  // that it met, as it is then.
  struct Met {
    int row = 0;
    std::int32_t psum = 0;
  };
  Met met(int lane) const;

  // After the last round, with every entry played.
  const PsumTensor& psums() const { return psums_; }
  // Of the filters: entries of all lanes, and padding zeros among them.
  std::int64_t entries() const { return entries_; }
  std::int64_t padding() const { return padding_; }

 private:
  // Matrix rows from `row` on.
  struct Block {
    int row = 0;
    Csc csc;
    // By lane and column: padding zeros of the columns before.
    std::vector<std::vector<std::uint32_t>> padding;
  };
  struct Item {
    int col = 0;
    std::int16_t word = 0;
  };

  void check_room(const Machine& machine) const;
  void choose_items();
  std::size_t place(int lane) const;

  const Layer& layer_;
  const Operands& in_;
  MacUnit mac_;
  int lanes_, cols_, rows_of_block_, words_of_block_;
  std::vector<Block> blocks_;
  std::vector<std::int16_t> window_;
  std::vector<Item> items_;
  std::vector<int> row_;  // of each lane: row of its slice after the last entry played
  std::int64_t window_at_ = 0;
  int block_ = -1, word_at_ = 0;
  PsumTensor psums_;
  std::int64_t entries_ = 0, padding_ = 0;
};

}  // namespace orrery
