#include "sim/rtl/column_lanes_rtl.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <numeric>

#include "sim/rtl/port_bits.h"
#include "sim/sparse/window.h"
#include "workloads/input/input_error.h"
#include "workloads/sparse/codebook.h"

namespace orrery {
namespace {

// store_what_i.
constexpr int kEntry = 0, kPointer = 1, kValue = 2;
constexpr int kLineWords = 4;
constexpr int kRunBits = 8;  // of an entry: the zeros before it

const std::uint8_t* bytes(void* port) { return static_cast<const std::uint8_t*>(port); }

void check_room(const char* what, std::size_t needed, int room) {
  if (needed <= static_cast<std::size_t>(room)) return;
  throw InputError(fmt::format("a lane has {} {}; these lanes in RTL take {}", needed, what, room));
}

}  // namespace

ColumnLanesRtl::ColumnLanesRtl(const Machine& machine, const Layer& layer, const Operands& in,
                               const LaneRtlSize& size, RtlModule& module)
    : LaneRtl(machine, layer, module),
      in_(in),
      lanes_(machine.array.rows),
      cols_(layer.bound(Dim::kC) * layer.bound(Dim::kR) * layer.bound(Dim::kS)),
      rows_of_block_(lanes_ * machine.pe.psum_spad_words),
      words_of_block_(lanes_ * machine.pe.ifmap_spad_words),
      next_ready_(bytes(port("next_ready_o"))),
      sent_(bytes(port("sent_o"))),
      psum_valid_(bytes(port("psum_valid_o"))),
      psum_at_(bytes(port("psum_at_o"))),
      read_valid_(bytes(port("read_valid_o"))),
      psum_(port("psum_o")),
      read_psum_(port("read_o")) {
  fill_stores(in, size);
  plan_rounds();
}

std::vector<Csc> ColumnLanesRtl::compress(const Operands& in) const {
  std::vector<Csc> blocks;
  const int rows = layer_.bound(Dim::kM);
  for (int row = 0; row < rows; row += rows_of_block_) {
    const int size = std::min(rows_of_block_, rows - row);
    const auto cols = static_cast<std::size_t>(cols_);
    const auto words =
        std::span(in.filter.data)
            .subspan(static_cast<std::size_t>(row) * cols, static_cast<std::size_t>(size) * cols);
    blocks.push_back(
        to_csc(words, size, cols_, lanes_, layer_.formats.filter_zero, machine_.lanes.index_bits));
  }
  return blocks;
}

void ColumnLanesRtl::store(int what, int lane, int at, int word) {
  set("store_valid_i", std::uint8_t{1});
  set("store_what_i", static_cast<std::uint8_t>(what));
  set("store_lane_i", static_cast<std::uint8_t>(lane));
  set("store_at_i", static_cast<std::uint16_t>(at));
  set("store_word_i", static_cast<std::uint32_t>(word) & 0xffffff);
  tick();
  set("store_valid_i", std::uint8_t{0});
}

// The blocks of a lane lie one behind the other.
void ColumnLanesRtl::fill_stores(const Operands& in, const LaneRtlSize& size) {
  Codebook shared;
  if (machine_.lanes.shared_values > 0)
    shared =
        codebook_of(in.filter.data, machine_.lanes.shared_values, layer_.formats.filter_zero).at(0);
  const std::vector<Csc> blocks = compress(in);
  check_room("pointers", blocks.size() * (static_cast<std::size_t>(cols_) + 1), size.pointers);
  for (int lane = 0; lane < lanes_; ++lane) {
    int entry = 0, pointer = 0;
    for (const Csc& block : blocks) {
      const CscSlice& slice = block.slices[static_cast<std::size_t>(lane)];
      for (const std::uint32_t first : slice.pointer)
        store(kPointer, lane, pointer++, entry + static_cast<int>(first));
      check_room("entries", static_cast<std::size_t>(entry) + slice.value.size(), size.entries);
      for (std::size_t e = 0; e < slice.value.size(); ++e) {
        const int word = shared.values.empty() ? slice.value[e] : shared.place(slice.value[e]);
        store(kEntry, lane, entry++, word * (1 << kRunBits) | slice.run[e]);
      }
    }
    for (int i = 0; i < std::ssize(shared.values); ++i)
      store(kValue, lane, i, shared.values[static_cast<std::size_t>(i)]);
  }
}

void ColumnLanesRtl::plan_rounds() {
  const int blocks = (layer_.bound(Dim::kM) + rows_of_block_ - 1) / rows_of_block_;
  for (std::int64_t window = 0; window < windows(layer_); ++window) {
    for (int block = 0; block < blocks; ++block) {
      for (int word = 0; word < cols_; word += words_of_block_) {
        const int words = std::min(words_of_block_, cols_ - word);
        rounds_.push_back({window, block, word, words, word + words == cols_});
      }
      leaves_.push_back(rounds_.back());
    }
  }
}

void ColumnLanesRtl::offer(const Round& round) {
  if (gathered_ != round.window) {
    gather(layer_, in_.ifmap, window_at(layer_, round.window), window_);
    gathered_ = round.window;
  }
  if (line_ * kLineWords >= round.words) {
    set("next_valid_i", std::uint8_t{1});
    set("next_pointer_i", static_cast<std::uint16_t>(round.block * (cols_ + 1) + round.word));
    set("next_first_i", static_cast<std::uint8_t>(round.word == 0));
    set("next_last_i", static_cast<std::uint8_t>(round.last));
    return;
  }
  std::array<std::int16_t, kLineWords> line;
  line.fill(static_cast<std::int16_t>(layer_.formats.ifmap_zero));
  const int first = line_ * kLineWords, words = std::min(kLineWords, round.words - first);
  std::copy_n(window_.begin() + round.word + first, words, line.begin());
  set("load_valid_i", std::uint8_t{1});
  set("load_line_i", static_cast<std::uint8_t>(line_));
  std::memcpy(port("load_words_i"), line.data(), sizeof(line));
  ++line_;
}

void ColumnLanesRtl::drive() {
  set("load_valid_i", std::uint8_t{0});
  set("next_valid_i", std::uint8_t{0});
  if (round_ < rounds_.size()) offer(rounds_[round_]);
  const bool leaves = *read_valid_ != 0;
  set("read_at_i", static_cast<std::uint8_t>(read_));
  set("read_taken_i",
      static_cast<std::uint8_t>(leaves && read_ + 1 == machine_.pe.psum_spad_words));
}

// A psum of each lane.
void ColumnLanesRtl::take_psums() {
  const Round& from = leaves_[left_];
  for (int lane = 0; lane < lanes_; ++lane) {
    const int m = from.block * rows_of_block_ + read_ * lanes_ + lane;
    if (m >= layer_.bound(Dim::kM)) continue;
    psums_.data[psum_place(layer_, window_at(layer_, from.window), m)] = word(read_psum_, lane);
  }
  if (++read_ < machine_.pe.psum_spad_words) return;
  read_ = 0;
  ++left_;
}

void ColumnLanesRtl::observe(LaneCycle& cycle) {
  cycle.sent = *sent_ != 0;
  for (int lane = 0; lane < lanes_; ++lane) {
    if (!port_bits::bit_of(psum_valid_, static_cast<std::size_t>(lane))) continue;
    cycle.psums.push_back({lane, psum_at_[lane], word(psum_, lane)});
  }
  if (*read_valid_ != 0) take_psums();
  if (*next_ready_ == 0) return;
  ++round_;
  line_ = 0;
}

}  // namespace orrery
