// Bricks for RTL lanes: filters, rows of bricks of each window, and psums that leave.
#pragma once

#include <vector>

#include "sim/rtl/lane_rtl.h"

namespace orrery {

class BrickLanesRtl : public LaneRtl {
 public:
  BrickLanesRtl(const Machine& machine, const Layer& layer, const Operands& in,
                const LaneRtlSize& size, RtlModule& module);
  bool over() const override { return left_ == rounds_ * windows_; }

 private:
  // Ofmap channels of a group: the part of them that the columns of MACs have at a time.
  struct Block {
    int group = 0, first = 0, filters = 0;
  };
  // Words of the window that a brick has: `words` channels from `channel` on, of one tap.
  struct Brick {
    int tap = 0, channel = 0, words = 0;
  };

  Block block(std::int64_t round) const;
  int address(const Block& block) const;
  Brick brick(int row, int lane) const;
  void store_filters(const Operands& in, const LaneRtlSize& size);
  void store_row(const Operands& in, const Block& block, int row, int lane);
  void drive() override;
  void offer_item();
  void observe(LaneCycle& cycle) override;

  const Operands& in_;
  const LaneRtlSize size_;
  const bool shared_;  // each brick, by all lanes
  const int lanes_, filters_, channels_, taps_, bricks_of_tap_, rows_;
  const int blocks_;            // of a group
  const std::int64_t windows_;  // of an image's group
  const std::int64_t rounds_;
  std::int64_t round_ = 0, item_ = 0, left_ = 0;  // next round, item and window of them all
  std::int64_t gathered_ = -1;
  std::vector<std::int16_t> window_, words_;  // words_: at the port
  std::vector<std::uint8_t> sizes_;
  const std::uint8_t *next_ready_, *item_ready_, *psum_valid_;
  const void* psum_;
};

}  // namespace orrery
