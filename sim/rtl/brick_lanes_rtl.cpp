#include "sim/rtl/brick_lanes_rtl.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "sim/sparse/window.h"
#include "workloads/input/input_error.h"

namespace orrery {
namespace {

int parts(int whole, int part) { return (whole + part - 1) / part; }

const std::uint8_t* bytes(void* port) { return static_cast<const std::uint8_t*>(port); }

}  // namespace

BrickLanesRtl::BrickLanesRtl(const Machine& machine, const Layer& layer, const Operands& in,
                             const LaneRtlSize& size, RtlModule& module)
    : LaneRtl(machine, layer, module),
      in_(in),
      size_(size),
      shared_(layer.input.empty() && !machine.lanes.walks_input),
      lanes_(machine.array.rows),
      filters_(machine.array.cols),
      channels_(1 << machine.lanes.index_bits),
      taps_(layer.bound(Dim::kR) * layer.bound(Dim::kS)),
      bricks_of_tap_(parts(layer.bound(Dim::kC), channels_)),
      rows_(shared_ ? bricks_of_tap_ * taps_ : parts(bricks_of_tap_ * taps_, lanes_)),
      blocks_(parts(layer.bound(Dim::kM), filters_)),
      windows_(std::int64_t{layer.bound(Dim::kP)} * layer.bound(Dim::kQ)),
      rounds_(std::int64_t{layer.bound(Dim::kN)} * layer.bound(Dim::kG) * blocks_),
      words_(static_cast<std::size_t>(size.lanes) << (2 * size.levels)),
      sizes_(static_cast<std::size_t>(size.lanes)),
      next_ready_(bytes(port("next_ready_o"))),
      item_ready_(bytes(port("item_ready_o"))),
      psum_valid_(bytes(port("psum_valid_o"))),
      psum_(port("psums_o")) {
  store_filters(in, size);
}

// Of all rounds: images turn slowest, then groups, then blocks.
BrickLanesRtl::Block BrickLanesRtl::block(std::int64_t round) const {
  const int first = static_cast<int>(round % blocks_) * filters_;
  const int group = static_cast<int>(round / blocks_ % layer_.bound(Dim::kG));
  return {group, first, std::min(filters_, layer_.bound(Dim::kM) - first)};
}

int BrickLanesRtl::address(const Block& block) const {
  return (block.group * blocks_ + block.first / filters_) * rows_ * channels_;
}

BrickLanesRtl::Brick BrickLanesRtl::brick(int row, int lane) const {
  const int number = shared_ ? row : row * lanes_ + lane;
  if (number >= bricks_of_tap_ * taps_) return {};
  const int channel = number % bricks_of_tap_ * channels_;
  return {number / bricks_of_tap_, channel, std::min(channels_, layer_.bound(Dim::kC) - channel)};
}

void BrickLanesRtl::store_filters(const Operands& in, const LaneRtlSize& size) {
  const int needed = layer_.bound(Dim::kG) * blocks_ * rows_ * channels_;
  if (needed > size.addresses)
    throw InputError(
        fmt::format("a lane has filter words at {} addresses; these lanes in RTL take {}", needed,
                    size.addresses));
  set("store_valid_i", std::uint8_t{1});
  for (std::int64_t i = 0; i < std::int64_t{layer_.bound(Dim::kG)} * blocks_; ++i) {
    for (int row = 0; row < rows_; ++row) {
      for (int lane = 0; lane < lanes_; ++lane) store_row(in, block(i), row, lane);
    }
  }
  set("store_valid_i", std::uint8_t{0});
}

void BrickLanesRtl::store_row(const Operands& in, const Block& block, int row, int lane) {
  const Brick b = brick(row, lane);
  std::vector<std::int16_t> filters(static_cast<std::size_t>(size_.filters));
  set("store_lane_i", static_cast<std::uint8_t>(lane));
  for (int i = 0; i < b.words; ++i) {
    for (int f = 0; f < block.filters; ++f) {
      const int filter = block.group * layer_.bound(Dim::kM) + block.first + f;
      const int at = (filter * layer_.bound(Dim::kC) + b.channel + i) * taps_ + b.tap;
      filters[static_cast<std::size_t>(f)] = in.filter.data[static_cast<std::size_t>(at)];
    }
    std::memcpy(port("store_words_i"), filters.data(), filters.size() * sizeof(filters[0]));
    set("store_at_i", static_cast<std::uint16_t>(address(block) + row * channels_ + i));
    tick();
  }
}

void BrickLanesRtl::drive() {
  set("next_valid_i", static_cast<std::uint8_t>(round_ < rounds_));
  if (round_ < rounds_) set("next_filter_i", static_cast<std::uint16_t>(address(block(round_))));
  set("item_valid_i", static_cast<std::uint8_t>(item_ < rounds_ * windows_ * rows_));
  if (item_ < rounds_ * windows_ * rows_) offer_item();
}

// Words beyond a brick's size are whatever stood there before.
void BrickLanesRtl::offer_item() {
  const int row = static_cast<int>(item_ % rows_);
  const std::int64_t window = item_ / rows_ % windows_, round = item_ / rows_ / windows_;
  const std::int64_t of_layer = round / blocks_ * windows_ + window;
  if (gathered_ != of_layer) {
    gather(layer_, in_.ifmap, window_at(layer_, of_layer), window_);
    gathered_ = of_layer;
  }
  for (int lane = 0; lane < size_.lanes; ++lane) {
    const Brick b = lane < lanes_ ? brick(row, lane) : Brick{};
    sizes_[static_cast<std::size_t>(lane)] = static_cast<std::uint8_t>(b.words);
    for (int i = 0; i < b.words; ++i)
      words_[static_cast<std::size_t>((lane << (2 * size_.levels)) + i)] =
          window_[static_cast<std::size_t>((b.channel + i) * taps_ + b.tap)];
  }
  std::memcpy(port("item_words_i"), words_.data(), words_.size() * sizeof(words_[0]));
  std::memcpy(port("item_sizes_i"), sizes_.data(), sizes_.size());
  const bool last = row + 1 == rows_;
  set("item_last_i", static_cast<std::uint8_t>(last));
  set("item_final_i", static_cast<std::uint8_t>(last && window + 1 == windows_));
}

void BrickLanesRtl::observe(LaneCycle& cycle) {
  cycle.sent = *item_ready_ != 0;
  if (cycle.sent) ++item_;
  if (*next_ready_ != 0) ++round_;
  if (*psum_valid_ == 0) return;
  const std::int64_t round = left_ / windows_, window = left_ % windows_;
  const Block b = block(round);
  const WindowAt at = window_at(layer_, round / blocks_ * windows_ + window);
  for (int f = 0; f < b.filters; ++f) {
    cycle.psums.push_back({f, 0, word(psum_, f)});
    psums_.data[psum_place(layer_, at, b.first + f)] = word(psum_, f);
  }
  ++left_;
}

}  // namespace orrery
