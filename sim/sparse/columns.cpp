#include "sim/sparse/columns.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/sparse/window.h"
#include "workloads/input/input_error.h"

namespace orrery {
namespace {

int window_words(const Layer& layer) {
  return layer.bound(Dim::kC) * layer.bound(Dim::kR) * layer.bound(Dim::kS);
}

// Of each column of a slice: the padding zeros of the columns before it.
std::vector<std::uint32_t> padding_before(const CscSlice& slice, int zero) {
  std::vector<std::uint32_t> before{0};
  for (std::size_t col = 0; col + 1 < slice.pointer.size(); ++col) {
    const auto begin = slice.value.begin() + slice.pointer[col];
    const auto end = slice.value.begin() + slice.pointer[col + 1];
    before.push_back(before.back() + static_cast<std::uint32_t>(std::count(begin, end, zero)));
  }
  return before;
}

}  // namespace

ColumnWork::ColumnWork(const Machine& machine, const Layer& layer, const Operands& in)
    : layer_(layer),
      in_(in),
      mac_(machine.mac, machine.registers(layer)),
      lanes_(machine.array.rows),
      cols_(window_words(layer)),
      rows_of_block_(lanes_ * machine.pe.psum_spad_words),
      words_of_block_(lanes_ * machine.pe.ifmap_spad_words),
      psums_{psum_shape(layer), {}} {
  psums_.data.resize(static_cast<std::size_t>(elements(psums_.shape)));
  const int rows = layer.bound(Dim::kM);
  const int index_bits = machine.lanes.index_bits;
  for (int row = 0; row < rows; row += rows_of_block_) {
    const int size = std::min(rows_of_block_, rows - row);
    const auto words =
        std::span(in.filter.data)
            .subspan(static_cast<std::size_t>(row) * static_cast<std::size_t>(cols_),
                     static_cast<std::size_t>(size) * static_cast<std::size_t>(cols_));
    blocks_.push_back(
        {row, to_csc(words, size, cols_, lanes_, layer.formats.filter_zero, index_bits), {}});
    Block& block = blocks_.back();
    for (const CscSlice& slice : block.csc.slices)
      block.padding.push_back(padding_before(slice, layer.formats.filter_zero));
    entries_ += block.csc.entries();
    padding_ += block.csc.padding();
  }
  check_room(machine);
}

void ColumnWork::check_room(const Machine& machine) const {
  std::vector<std::int64_t> entries(static_cast<std::size_t>(lanes_));
  for (const Block& block : blocks_) {
    for (std::size_t k = 0; k < entries.size(); ++k)
      entries[k] += std::ssize(block.csc.slices[k].value);
  }
  const auto fullest = std::ranges::max_element(entries);
  const int value_bits = machine.lanes.shared_values > 0
                             ? bits_for(static_cast<std::uint64_t>(machine.lanes.shared_values - 1))
                             : layer_.filter_code().bits;
  const int bits = value_bits + machine.lanes.index_bits;
  const Store& store = machine.store_of(Tensor::kFilter);
  const std::int64_t room =
      std::int64_t{store.banks} * store.bank_words * machine.numbers.word_bits / lanes_;
  if (*fullest * bits <= room) return;
  throw InputError(fmt::format(
      "layer {}: lane {} has {} filter entries of {} bits, {} bytes; its part of store {} has {} "
      "bytes",
      layer_.name, fullest - entries.begin(), *fullest, bits, (*fullest * bits + 7) / 8, store.name,
      room / 8));
}

// Windows turn slowest, then blocks of matrix rows, then blocks of window words.
bool ColumnWork::next_round() {
  const bool first = block_ < 0;
  if (!first) word_at_ += words_of_block_;
  if (first || word_at_ >= cols_) {
    word_at_ = 0;
    ++block_;
  }
  if (block_ == static_cast<int>(blocks_.size())) {
    block_ = 0;
    ++window_at_;
  }
  if (window_at_ == windows(layer_)) return false;
  if (block_ == 0 && word_at_ == 0)
    gather(layer_, in_.ifmap, window_at(layer_, window_at_), window_);
  choose_items();
  row_.assign(static_cast<std::size_t>(lanes_), 0);
  return true;
}

void ColumnWork::choose_items() {
  items_.clear();
  const int end = std::min(cols_, word_at_ + words_of_block_);
  for (int col = word_at_; col < end; ++col) {
    const std::int16_t word = window_[static_cast<std::size_t>(col)];
    if (word != layer_.formats.ifmap_zero) items_.push_back({col, word});
  }
}

LaneShare ColumnWork::share(int item, int lane) const {
  const Block& block = blocks_[static_cast<std::size_t>(block_)];
  const auto k = static_cast<std::size_t>(lane);
  const auto col = static_cast<std::size_t>(items_[static_cast<std::size_t>(item)].col);
  const CscSlice& slice = block.csc.slices[k];
  const auto entries = static_cast<int>(slice.pointer[col + 1] - slice.pointer[col]);
  const auto padding = static_cast<int>(block.padding[k][col + 1] - block.padding[k][col]);
  return {entries - padding, padding, entries == 0 ? 1 : 0};
}

// Of the psum that the lane's last entry meets.
std::size_t ColumnWork::place(int lane) const {
  const int first = blocks_[static_cast<std::size_t>(block_)].row;
  const int row = (row_[static_cast<std::size_t>(lane)] - 1) * lanes_ + lane;
  return psum_place(layer_, window_at(layer_, window_at_), first + row);
}

ColumnWork::Met ColumnWork::met(int lane) const {
  return {row_[static_cast<std::size_t>(lane)] - 1, psums_.data[place(lane)]};
}

LaneState ColumnWork::play(int item, int lane, int entry) {
  const Block& block = blocks_[static_cast<std::size_t>(block_)];
  const auto k = static_cast<std::size_t>(lane);
  const Item& i = items_[static_cast<std::size_t>(item)];
  const CscSlice& slice = block.csc.slices[k];
  const std::size_t e =
      slice.pointer[static_cast<std::size_t>(i.col)] + static_cast<std::size_t>(entry);
  if (entry == 0) row_[k] = 0;
  row_[k] += slice.run[e] + 1;
  if (slice.value[e] == block.csc.zero) return LaneState::kPadding;
  std::int32_t& psum = psums_.data[place(lane)];
  psum = mac_.accumulate(psum, mac_.multiply(i.word, slice.value[e]));
  return LaneState::kMac;
}

}  // namespace orrery
