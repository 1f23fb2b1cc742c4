// The buses of the array in lock step in RTL, on the side of the GLB.
#include <algorithm>

#include "sim/machine/cycles.h"
#include "sim/rtl/lock_step_driver.h"

namespace orrery {

// The pass whose items of `t` are on their way; null: none.
LockStepDriver::Pass* LockStepDriver::sending(Tensor t) {
  const std::size_t passes = t == Tensor::kIfmap ? begun_ : filling_;
  if (passes == 0) return nullptr;
  Pass& pass = *passes_[passes - 1];
  Stream& stream = pass.stream[index(t)];
  const auto& items = pass.plan->items[index(t)];
  while (stream.item < items.size() && group(pass, t, stream.item).cycles == 0) ++stream.item;
  return stream.item < items.size() ? &pass : nullptr;
}

void LockStepDriver::ask_for_room() {
  for (const Tensor t : {Tensor::kIfmap, Tensor::kFilter}) {
    if (const Pass* pass = sending(t))
      in_.operand[index(t)].item = static_cast<int>(pass->stream[index(t)].item);
  }
}

// A cycle of the bus.
void LockStepDriver::send(Tensor t, Pass& pass, bool room) {
  Stream& stream = pass.stream[index(t)];
  OperandBeat& beat = in_.operand[index(t)];
  const bool shadow = t == Tensor::kFilter && pass.shadows;
  if (stream.sent == 0 && !room && !shadow) return;
  const BusGroup& words = group(pass, t, stream.item);
  auto& transfers = pass.times.operands[index(t)];
  if (stream.sent == 0) transfers.push_back({now_, now_});
  beat.valid = true;
  sender_[index(t)][past(now_)] = &pass;
  beat.shadow = shadow;
  beat.item = static_cast<int>(stream.item);
  beat.words.clear();
  const bool shifts = t == Tensor::kFilter && shifts_in_;
  stream.sent += shifts ? put_shift(pass, words, beat) : put_words(t, pass, words, beat);
  const auto all = shifts ? words.cycles : static_cast<std::int64_t>(words.words.size());
  if (stream.sent < all) return;
  beat.last = true;
  transfers.back().end = last_event_ = now_ + 1;
  if (t == Tensor::kFilter) pass.times.filled = now_ + 1;
  ++stream.item;
  stream.sent = 0;
}

void LockStepDriver::put_word(OperandBeat& beat, int at, std::int16_t value, const BusWord& word) {
  const LockStepRtlSize& size = rtl_.size();
  const std::size_t from = static_cast<std::size_t>(at) * size.word_bits();
  const auto cols = static_cast<std::size_t>(size.cols), rows = static_cast<std::size_t>(size.rows);
  beat.words.set(from, size.cols, static_cast<std::uint32_t>(word.cols));
  beat.words.set(from + cols, size.rows, static_cast<std::uint32_t>(word.rows));
  beat.words.set(from + cols + rows, 8, word.name);
  beat.words.set(from + cols + rows + 8, 16, static_cast<std::uint16_t>(value));
  beat.words.set(from + cols + rows + 24, 1, 1);
}

std::int64_t LockStepDriver::put_words(Tensor t, Pass& pass, const BusGroup& group,
                                       OperandBeat& beat) {
  const Stream& stream = pass.stream[index(t)];
  const bool ifmap = t == Tensor::kIfmap;
  const std::int32_t address = pass.plan->items[index(t)][stream.item].address;
  const auto count = static_cast<std::int64_t>(group.words.size());
  const std::int64_t end = std::min(count, stream.sent + packet_words(machine_, t));
  for (std::int64_t i = stream.sent; i < end; ++i) {
    const BusWord& word = group.words[static_cast<std::size_t>(i)];
    const std::int32_t at = address + word.offset;
    put_word(beat, static_cast<int>(i - stream.sent),
             (ifmap ? pass.tiles.ifmap : pass.tiles.filter)[at], word);
    const bool made = ifmap && pass.tiles.padding != nullptr && pass.tiles.padding[at] != 0;
    count_words(ifmap ? Action::noc_ifmap_bus_word : Action::noc_filter_bus_word, 1);
    count_words(ifmap ? Action::glb_ifmap_array_read : Action::glb_filter_array_read, made ? 0 : 1);
  }
  return end - stream.sent;
}

// So many columns as the bus is wide move up by a row; the word for row 0 goes first.
std::int64_t LockStepDriver::put_shift(Pass& pass, const BusGroup& group, OperandBeat& beat) {
  const Stream& stream = pass.stream[1];
  const std::int64_t rows = machine_.array.rows, width = packet_words(machine_, Tensor::kFilter);
  const std::int64_t row = stream.sent % rows, first = stream.sent / rows * width;
  const std::int64_t end = std::min<std::int64_t>(first + width, rtl_.size().cols);
  const std::int32_t address = pass.plan->items[1][stream.item].address;
  for (std::int64_t col = first; col < end; ++col) {
    const auto pe = static_cast<std::size_t>(row * rtl_.size().cols + col);
    const bool takes = group.takes[pe] != 0;
    const std::int16_t value =
        takes ? pass.tiles.filter[address + group.offset[pe]] : std::int16_t{0};
    put_word(beat, static_cast<int>(col - first), value,
             {0, takes ? 1u : 0u, std::uint64_t{1} << col, 0});
  }
  if (stream.sent == 0) {
    count_words(Action::noc_filter_bus_word, group.count);
    count_words(Action::glb_filter_array_read, group.count);
    count_words(Action::noc_filter_delivery, group.deliveries);
    count_words(Action::noc_filter_hop, group.hops);
  }
  return 1;
}

// How the ifmap words of the next step reach their PEs.
void LockStepDriver::send_source(Pass& pass, bool ready) {
  const bool hands_over = (pass.load->pass.get(564, 1)) != 0;
  const auto& items = pass.plan->items[0];
  if (!hands_over || !ready || pass.source == items.size()) return;
  in_.source_valid = true;
  in_.source = group(pass, Tensor::kIfmap, pass.source++).source;
}

// Old psums; one crosses in the cycle of its last word.
void LockStepDriver::send_psums(Pass& pass, bool room) {
  if (!takes_psums_ || !pass.tiles.read_psums || pass.window_in == pass.plan->windows.size())
    return;
  const WindowRow& window = pass.plan->windows[pass.window_in];
  const std::vector<PsumPlace>& psums = pass.load->psums[window.group].in;
  if (pass.words_in == 0) {
    if (!room) return;
    in_.psum_in_first = true;
    pass.times.psums_in.push_back({now_, now_});
  }
  pass.words_in += psum_in_width_;
  const auto here = std::min(psums.size(), static_cast<std::size_t>(pass.words_in / psum_words_));
  for (std::size_t j = 0; pass.psum_in < here; ++j, ++pass.psum_in) {
    const PsumPlace& place = psums[pass.psum_in];
    in_.psum_in_valid.set(j, 1, 1);
    in_.psum_in_row.set(j * 8, 8, static_cast<std::uint32_t>(place.pe / rtl_.size().cols));
    in_.psum_in_col.set(j * 8, 8, static_cast<std::uint32_t>(place.pe % rtl_.size().cols));
    in_.psum_in_lane.set(j * 8, 8, static_cast<std::uint32_t>(place.lane));
    in_.psum_in.set(j * 32, 32,
                    static_cast<std::uint32_t>(pass.tiles.psum[window.address + place.address]));
    count_words(Action::noc_psum_bus_word, psum_words_);
    count_words(Action::noc_psum_delivery, psum_words_);
    count_words(Action::glb_psum_array_read, psum_words_);
    count_words(Action::adder_none_merge, 1);
  }
  if (pass.psum_in < psums.size()) return;
  in_.psum_in_last = true;
  pass.times.psums_in.back().end = now_ + 1;
  ++pass.window_in;
  pass.psum_in = 0;
  pass.words_in = 0;
}

// The psums of the oldest window that are still to leave; the array takes what it can.
void LockStepDriver::offer_psums() {
  if (left_ == begun_) return;
  const Pass& pass = *passes_[left_];
  const WindowRow& window = pass.plan->windows[pass.window_out];
  const std::vector<PsumPlace>& psums = pass.load->psums[window.group].out;
  const auto end =
      std::min(psums.size(), pass.psum_out + static_cast<std::size_t>(rtl_.size().psum_bus));
  for (std::size_t i = pass.psum_out; i < end; ++i) {
    const std::size_t j = i - pass.psum_out;
    in_.psum_out_valid.set(j, 1, 1);
    in_.psum_out_last.set(j, 1, i + 1 == psums.size() ? 1 : 0);
    in_.psum_out_pe.set(j * 16, 16, static_cast<std::uint32_t>(psums[i].pe));
    in_.psum_out_lane.set(j * 8, 8, static_cast<std::uint32_t>(psums[i].lane));
  }
}

void LockStepDriver::take_psums(const LockStepOutputs& out) {
  if (left_ == begun_) return;
  Pass& pass = *passes_[left_];
  const auto at = static_cast<std::int32_t>(pass.window_out);
  const WindowRow& window = pass.plan->windows[pass.window_out];
  const std::vector<PsumPlace>& psums = pass.load->psums[window.group].out;
  for (std::size_t j = 0; j < static_cast<std::size_t>(rtl_.size().psum_bus) && out.taken.test(j);
       ++j) {
    const PsumPlace& place = psums[pass.psum_out++];
    const auto value = static_cast<std::int32_t>(out.psum_out.get(j * 32, 32));
    pass.times.psums.push_back({now_, window.address + place.address, value, at});
    store(pass, place, value);
    last_event_ = now_;
  }
  if (pass.psum_out < psums.size()) return;
  const auto cycles = cycles_of(static_cast<std::int64_t>(psums.size()) * psum_words_,
                                static_cast<std::int64_t>(in_.cfg.get(85, 8)));
  pass.times.psums_out.push_back({now_ + 1 - cycles, now_ + 1});
  pass.psum_out = 0;
  if (++pass.window_out < pass.plan->windows.size()) return;
  pass.times.done = now_ + 1 + machine_.noc.psum_out.latency_cycles;
  if (!machine_.array.pipelined) pass.times.handed = pass.times.done;
  ++left_;
}

// A store that accumulates adds what arrives.
void LockStepDriver::store(Pass& pass, const PsumPlace& place, std::int32_t value) {
  const WindowRow& window = pass.plan->windows[pass.window_out];
  std::int32_t& stored = pass.tiles.psum[window.address + place.address];
  count_words(Action::noc_psum_bus_word, psum_words_);
  count_words(Action::noc_psum_delivery, psum_words_);
  count_words(Action::glb_psum_array_write, psum_words_);
  const bool adds = !takes_psums_ && (pass.tiles.read_psums || !place.first);
  if (!adds) {
    stored = value;
    return;
  }
  stored = mac_.accumulate(stored, value);
  count_words(Action::glb_psum_array_read, psum_words_);
  count_words(Action::adder_none_merge, 1);
}

}  // namespace orrery
