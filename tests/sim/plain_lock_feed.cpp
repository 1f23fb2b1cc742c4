// The buses of a pass, from the GLB to the edge of the array.
#include <algorithm>
#include <set>
#include <stdexcept>
#include <utility>

#include "tests/sim/plain_lock_pass.h"

namespace orrery::test {
namespace {

std::size_t at(int i) { return static_cast<std::size_t>(i); }

}  // namespace

int PlainLockPass::width_of(Tensor t) const {
  const Noc& noc = machine_.noc;
  const Bus& bus = t == Tensor::kIfmap    ? noc.ifmap
                   : t == Tensor::kFilter ? noc.filter
                                          : noc.psum_in;
  return std::min(bus.words_per_cycle, machine_.store_of(t).read_words_per_cycle);
}

PlainBus PlainLockPass::make_bus(Tensor t) const {
  const Noc& noc = machine_.noc;
  std::vector<int> words;
  if (t == Tensor::kPsum) {
    for (const LockWindow& window : script_.windows)
      words.push_back(static_cast<int>(psum_words(window.size())));
    return {words, width_of(t), noc.psum_in.latency_cycles};
  }
  if (t == Tensor::kFilter && shifts_) {
    // A row of as many columns as the bus is wide in each cycle.
    const int columns = (script_.cols + width_of(t) - 1) / width_of(t);
    words.assign(script_.filter.size(), machine_.array.rows * columns);
    return {words, 1, noc.filter.latency_cycles};
  }
  for (const LockItem& item : t == Tensor::kIfmap ? script_.ifmap : script_.filter)
    words.push_back(static_cast<int>(item.words.size()));
  return {words, width_of(t),
          t == Tensor::kIfmap ? noc.ifmap.latency_cycles : noc.filter.latency_cycles};
}

std::uint64_t PlainLockPass::psum_words(std::size_t psums) const {
  const int bits = machine_.numbers.word_bits;
  return psums * static_cast<std::uint64_t>((machine_.numbers.psum_bits + bits - 1) / bits);
}

// Words leave the GLB. A slot is free in the cycle after the last use of its word.
void PlainLockPass::send(std::int64_t now) {
  const auto room = [&](const std::vector<LockItem>& items, std::size_t ring, int item) {
    return at(item) < ring || items[at(item) - ring].last_step < static_cast<int>(steps_before_);
  };
  if (filling_) {
    const int beat = filter_.left();
    const int next = filter_.next();
    const auto sent = filter_.send(now, [&](int item) {
      return shadows_ || room(script_.filter, pes_[0].filter.size(), item);
    });
    if (shifts_ && (sent || filter_.left() != beat)) shift_filters(next, beat);
    if (sent) take_off(Tensor::kFilter, *sent);
  }
  if (!begun_) return;
  const auto sent =
      ifmap_.send(now, [&](int item) { return room(script_.ifmap, pes_[0].ifmap.size(), item); });
  if (sent) take_off(Tensor::kIfmap, *sent);
  const auto psums = psum_in_.send(now, [&](int window) {
    const int freed = window - machine_.pe.psum_in_fifo_packets;
    return freed < 0 || windows_ended() > freed;
  });
  if (psums) read_psums(*psums);
}

// Windows whose last step issued in an earlier cycle.
int PlainLockPass::windows_ended() const {
  if (steps_before_ == 0) return 0;
  const LockStep& last = script_.steps[steps_before_ - 1];
  return last.window + (last.ends_window ? 1 : 0);
}

void PlainLockPass::read_psums(int window) {
  std::map<Word, std::int32_t> psums;
  for (const auto& [psum, pes] : script_.windows[at(window)]) psums[psum] = tensors_.psum.at(psum);
  const std::uint64_t words = psum_words(psums.size());
  counts_[Action::glb_psum_array_read] += words;
  counts_[Action::noc_psum_bus_word] += words;
  counts_[Action::noc_psum_delivery] += words;
  psums_in_.push_back(std::move(psums));
}

// A cycle in which as many columns as the bus is wide move up by a row. `left`: cycles that the
// item still needed before this one; 0: all.
void PlainLockPass::shift_filters(int item, int left) {
  const int rows = machine_.array.rows, width = width_of(Tensor::kFilter);
  const int columns = (script_.cols + width - 1) / width;
  const int beat = left == 0 ? 0 : rows * columns - left;
  const int row = beat % rows, from = beat / rows * width;
  for (int col = from; col < std::min(from + width, script_.cols); ++col) {
    std::int16_t value = 0;
    for (const auto& [pe, word] : script_.filter[at(item)].takers) {
      if (script_.pes[at(pe)].row == row && script_.pes[at(pe)].col == col)
        value = tensors_.filter.at(word);
    }
    columns_[at(col)].pop_front();
    columns_[at(col)].push_back(value);
  }
}

// The last word of an item has left the GLB.
void PlainLockPass::take_off(Tensor t, int k) {
  const bool ifmap = t == Tensor::kIfmap;
  const LockItem& item = (ifmap ? script_.ifmap : script_.filter)[at(k)];
  Flit flit{k, {}};
  for (const auto& [pe, word] : item.takers) {
    const LockPe& place = script_.pes[at(pe)];
    flit.value_of[pe] = !ifmap && shifts_ ? columns_[at(place.col)][at(place.row)]
                                          : (ifmap ? tensors_.ifmap : tensors_.filter).at(word);
  }
  (ifmap ? ifmap_flying_ : filter_flying_)[k] = std::move(flit);
  count_item(t, item);
}

void PlainLockPass::count_item(Tensor t, const LockItem& item) {
  using enum Action;
  const bool ifmap = t == Tensor::kIfmap;
  for (const Word word : item.words) {
    ++counts_[ifmap ? noc_ifmap_bus_word : noc_filter_bus_word];
    if (!ifmap || !tensors_.made.contains(word))
      ++counts_[ifmap ? glb_ifmap_array_read : glb_filter_array_read];
  }
  Action delivery = ifmap ? noc_ifmap_delivery : noc_filter_delivery;
  if (!systolic_) {
    counts_[delivery] += item.takers.size();
    return;
  }
  // By row and word, or column and word: the PEs that it moves on to.
  std::map<std::pair<int, Word>, int> hops;
  for (const auto& [pe, word] : item.takers) {
    const LockPe& place = script_.pes[at(pe)];
    int& far = hops[{ifmap ? place.row : place.col, word}];
    far = std::max(far, ifmap ? place.col : machine_.array.rows - 1 - place.row);
  }
  std::set<int> lanes;
  for (const auto& [lane, far] : hops) {
    if (!lanes.insert(lane.first).second && (ifmap || !shifts_))
      throw std::logic_error("two words of an item want to move along one row or column");
    ++counts_[delivery];
    counts_[ifmap ? noc_ifmap_hop : noc_filter_hop] += static_cast<std::uint64_t>(far);
  }
}

void PlainLockPass::land(Tensor t, std::optional<int> item) {
  std::map<std::size_t, Flit> arriving;
  if (item) {
    for (const auto& [pe, value] :
         (t == Tensor::kIfmap ? ifmap_flying_ : filter_flying_).at(*item).value_of) {
      Flit& flit = arriving[lane_of(t, pe)];
      flit.item = *item;
      flit.value_of[pe] = value;
    }
  }
  auto& lanes = t == Tensor::kIfmap ? ifmap_lanes_ : filter_lanes_;
  for (std::size_t i = 0; i < lanes.size(); ++i)
    lanes[i].shift(arriving.contains(i) ? std::optional(arriving[i]) : std::nullopt);
}

}  // namespace orrery::test
