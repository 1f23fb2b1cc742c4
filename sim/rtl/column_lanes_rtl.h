// Compressed columns for RTL lanes: stores, the words of each round, and psums that leave.
#pragma once

#include <vector>

#include "sim/rtl/lane_rtl.h"
#include "workloads/sparse/csc.h"

namespace orrery {

class ColumnLanesRtl : public LaneRtl {
 public:
  ColumnLanesRtl(const Machine& machine, const Layer& layer, const Operands& in,
                 const LaneRtlSize& size, RtlModule& module);
  bool over() const override { return round_ == rounds_.size() && left_ == leaves_.size(); }

 private:
  // Matrix rows from `row` on, and window words from `word` on.
  struct Round {
    std::int64_t window = 0;
    int block = 0, word = 0, words = 0;
    bool last = false;  // of its window and block
  };

  std::vector<Csc> compress(const Operands& in) const;
  void fill_stores(const Operands& in, const LaneRtlSize& size);
  void store(int what, int lane, int at, int word);
  void plan_rounds();
  void drive() override;
  void offer(const Round& round);
  void observe(LaneCycle& cycle) override;
  void take_psums();

  const Operands& in_;
  const int lanes_, cols_, rows_of_block_, words_of_block_;
  std::vector<Round> rounds_, leaves_;  // all; those after which psums leave
  std::size_t round_ = 0, left_ = 0;    // the next of both
  int line_ = 0, read_ = 0;             // of the next round: lines loaded; psums of a lane read
  std::int64_t gathered_ = -1;
  std::vector<std::int16_t> window_;
  const std::uint8_t *next_ready_, *sent_, *psum_valid_, *psum_at_, *read_valid_;
  const void *psum_, *read_psum_;
};

}  // namespace orrery
