// What the RTL array is seen to do, and what is counted of it.
#include <algorithm>
#include <cstring>

#include "sim/rtl/port_bits.h"
#include "sim/rtl/rtl_array.h"
#include "sim/twin/pe_bits.h"

namespace orrery {
namespace {

using namespace port_bits;

// The place in its ifmap stream of the word that a PE's n-th MAC takes.
std::int64_t ifmap_word(const PassProgram& program, std::int64_t n) {
  std::int64_t word = 0;
  for (int i = program.counters; i-- > 0;) {
    const Counter& counter = program.counter[at(i)];
    word += n % counter.bound * counter.ifmap_stride;
    n /= counter.bound;
  }
  return word;
}

}  // namespace

void RtlArray::observe() {
  cycle_ = {};
  observe_pes();
  observe_sends(Tensor::kIfmap, latest());
  observe_sends(Tensor::kFilter, latest());
  observe_sends(Tensor::kPsum, earliest());
  observe_hops();
  observe_collect();
  if (flag(handed_) && machine_.array.pipelined)
    latest()->record.handed_cycle = now_ + 1 - latest()->begin;
  cycle_.over = flag(done_);
  cycle_.moved = cycle_.moved || cycle_.over || flag(busy_);
  if (cycle_.over) finish();
}

void RtlArray::observe_pes() {
  Playing* now = latest();
  if (now == nullptr) return;
  const std::vector<PeRole>& pes = now->pass->pes;
  PassRecord& record = now->record;
  Counts& counts = record.counts;
  states_.resize(pes.size());
  for (std::size_t i = 0; i < pes.size(); ++i) {
    const std::size_t place = place_of(pes[i], shape_);
    const PeStatus status = pe_status(status_[place]);
    const PeState state = states_[i] = status.state;
    ++record.pe_cycles[static_cast<std::size_t>(state)];
    counts[Action::spad_ifmap_fill] += status.loads_ifmap ? 1 : 0;
    counts[Action::spad_filter_fill] += status.loads_filter ? 1 : 0;
    counts[Action::adder_none_merge] += status.merged ? 1 : 0;
    cycle_.moved =
        cycle_.moved || status.loads_ifmap || status.loads_filter || state <= PeState::kMerge;
    if (state == PeState::kMac) {
      const bool starts = bit_of(starts_, place), gated = status.gated;
      count_structures(*now, i, starts);
      ++now->macs[i];
      ++counts[gated ? Action::mac_none_gate : Action::mac_none_compute];
      ++counts[Action::spad_ifmap_operand_read];
      counts[Action::spad_filter_operand_read] += gated && !mac_.gates_by_filter() ? 0 : 1;
      counts[Action::spad_psum_first_write] += starts && has_psum_spad_ ? 1 : 0;
      const int updates = !starts && !gated && has_psum_spad_ ? 1 : 0;
      counts[Action::spad_psum_update_read] += static_cast<std::uint64_t>(updates);
      counts[Action::spad_psum_update_write] += static_cast<std::uint64_t>(updates);
    } else if (now->macs[i] == 0 &&
               (state == PeState::kWaitIfmap || state == PeState::kWaitFilter)) {
      ++record.wait(state == PeState::kWaitIfmap ? BeforeMac::kIfmap : BeforeMac::kFilter);
    }
  }
  cycle_.pass = now->number;
  cycle_.cycle = now_ - now->begin;
  cycle_.states = states_;
}

// Tables and chains have no ports: what a PE does with them follows from the MACs that it issues.
void RtlArray::count_structures(Playing& now, std::size_t pe, bool starts) {
  if (!reads_tables_ && !has_chains_) return;
  Counts& counts = now.record.counts;
  const PassProgram& program = now.pass->programs[at(now.pass->pes[pe].program)];
  const std::int64_t macs = now.macs[pe];
  counts[Action::mac_none_lut_read] += reads_tables_ ? 1 : 0;
  if (builds_tables_ && (macs == 0 || ifmap_word(program, macs) != ifmap_word(program, macs - 1)))
    ++counts[Action::mac_none_table_build];
  if (!has_chains_) return;
  int& products = now.products[pe];
  const auto spill = [&] {
    ++counts[Action::mac_none_spill];
    products = 0;
  };
  if (starts && products > 0) spill();
  if (++products == mac_.chain()) spill();
}

void RtlArray::observe_sends(Tensor t, Playing* from) {
  const BusPorts& bus = buses_[index(t)];
  if (!flag(bus.valid) || !flag(bus.ready)) return;
  static constexpr Action kSent[kTensors][3] = {
      {Action::glb_ifmap_array_read, Action::noc_ifmap_bus_word, Action::noc_ifmap_delivery},
      {Action::glb_filter_array_read, Action::noc_filter_bus_word, Action::noc_filter_delivery},
      {Action::glb_psum_array_read, Action::noc_psum_bus_word, Action::noc_psum_delivery}};
  const auto& [read, sent, delivered] = kSent[index(t)];
  Counts& counts = from->record.counts;
  std::int32_t& next = from->next[index(t)];
  std::uint64_t words = *static_cast<const std::uint8_t*>(bus.words);
  if (t == Tensor::kPsum) words *= words_per_psum_;
  counts[read] += words;
  counts[sent] += words;
  counts[delivered] += words * count_bits(bus.takes, pes(shape_));
  if (t == Tensor::kIfmap && from->tiles.padding != nullptr) {
    for (const std::int32_t address : addresses(from->pass->ifmap, next))
      counts[read] -= from->tiles.padding[address];
  }
  ++next;
  if (t == Tensor::kFilter && next == from->pass->filter.packets())
    from->record.filled_cycle = now_ + 1 - from->begin;
  cycle_.sends[index(t)] = cycle_.moved = true;
}

void RtlArray::observe_hops() {
  Playing* from = earliest();
  if (from == nullptr) return;
  const std::vector<PeRole>& all = from->pass->pes;
  hopping_.assign(all.size(), 0);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::size_t place = place_of(all[i], shape_);
    if (!bit_of(hops_, place)) continue;
    hopping_[i] = 1;
    cycle_.moved = true;
    from->record.counts[Action::noc_psum_hop] += hop_psums_[place] * words_per_psum_;
    from->record.counts[Action::spad_psum_drain_read] += has_psum_spad_ ? hop_psums_[place] : 0;
  }
  cycle_.psum_pass = from->number;
  cycle_.hops = hopping_;
}

void RtlArray::observe_collect() {
  if (!flag(taken_)) return;
  Playing& from = *earliest();
  const Stream& stream = from.pass->psum_out;
  psums_.resize(*collect_words_);
  std::memcpy(psums_.data(), collect_data_, psums_.size() * sizeof(std::int32_t));
  const bool adds = store_adds_ && (from.tiles.read_psums || stream.repeats(from.collected));
  store_psums(from, addresses(stream, from.collected), adds);
  const std::uint64_t psums = psums_.size(), members = count_bits(collect_takes_, pes(shape_));
  Counts& counts = from.record.counts;
  counts[Action::noc_psum_bus_word] += psums * words_per_psum_;
  counts[Action::noc_psum_delivery] += psums * words_per_psum_;
  counts[Action::glb_psum_array_read] += adds ? psums * words_per_psum_ : 0;
  counts[Action::glb_psum_array_write] += psums * words_per_psum_;
  counts[Action::adder_none_merge] += psums * (members - (adds ? 0 : 1));
  counts[Action::spad_psum_drain_read] += has_psum_spad_ ? psums * members : 0;
  ++from.collected;
  cycle_.collects = cycle_.moved = true;
  cycle_.psums = psums_;
}

void RtlArray::store_psums(Playing& from, std::span<const std::int32_t> address, bool adds) {
  for (std::size_t k = 0; k < std::min(address.size(), psums_.size()); ++k) {
    std::int32_t& psum = from.tiles.psum[address[k]];
    psum = adds ? mac_.accumulate(psum, psums_[k]) : psums_[k];
  }
}

}  // namespace orrery
