// What the array in lock step in RTL is seen to do, counted.
#include "arch/mac/all.h"
#include "sim/rtl/lock_step_driver.h"

namespace orrery {
namespace {

std::int64_t ones(const Bits& bits) { return static_cast<std::int64_t>(bits.count()); }

}  // namespace

void LockStepDriver::count(const LockStepOutputs& out) {
  using enum Action;
  const std::int64_t works = ones(out.works), starts = ones(out.starts), gated = ones(out.gated),
                     updates = works - starts - ones(out.spared);
  const bool multiplies = work_ == PeWork::kMultiply,
             has_psum_spad = machine_.pe.psum_spad_words > 0;
  record_.pe_cycles[static_cast<std::size_t>(PeState::kMac)] += static_cast<std::uint64_t>(works);
  record_.pe_cycles[static_cast<std::size_t>(PeState::kDone)] -= static_cast<std::uint64_t>(works);
  count_words(multiplies ? mac_none_compute : pool_none_compute, works - gated);
  count_words(mac_none_gate, gated);
  count_words(spad_ifmap_operand_read, works);
  count_words(spad_filter_operand_read,
              multiplies ? works - (mac_.gates_by_filter() ? 0 : gated) : 0);
  count_words(spad_psum_first_write, has_psum_spad ? starts : 0);
  count_words(spad_psum_update_read, updates);
  count_words(spad_psum_update_write, updates);
  const std::int64_t handed = ones(out.handed);
  count_words(spad_ifmap_fill, handed);
  count_words(noc_ifmap_hop, handed);
  for (const Tensor t : {Tensor::kIfmap, Tensor::kFilter}) {
    count_fills(out, t);
    if (systolic_) count_moves(out, t);
  }
  const std::int64_t parts = ones(out.parts);
  count_words(spad_psum_drain_read, has_psum_spad ? parts : 0);
  const PsumRoute route = machine_.array.psum_route;
  if (route == PsumRoute::kColumn || route == PsumRoute::kTree) {
    const std::int64_t met = parts - ones(out.taken);
    count_words(adder_none_merge, met);
    if (route == PsumRoute::kColumn) count_words(noc_psum_hop, met * psum_words_);
  }
  if (multiplies) count_options(out);
}

// A word that names rows and columns also comes to PEs between them that have no work: those do not
// count.
void LockStepDriver::count_fills(const LockStepOutputs& out, Tensor t) {
  using enum Action;
  const Noc& noc = machine_.noc;
  const int latency = (t == Tensor::kIfmap ? noc.ifmap : noc.filter).latency_cycles;
  const Bits& fills = out.fills[index(t)];
  if (fills.count() == 0) return;
  for (std::size_t pe = 0; pe < last_item_.size(); ++pe) {
    if (!fills.test(pe)) continue;
    const Pass* pass = sender_[index(t)][past(now_ - latency - wave(pe) + std::int64_t{kPast})];
    if (!pass->load->mapped.test(pe)) continue;
    count_words(t == Tensor::kIfmap ? spad_ifmap_fill : spad_filter_fill, 1);
    if (!systolic_) count_words(t == Tensor::kIfmap ? noc_ifmap_delivery : noc_filter_delivery, 1);
  }
}

// Whether a word that comes to a PE now moves on towards one that has work.
bool LockStepDriver::leads_to_work(Tensor t, std::size_t pe) const {
  const Noc& noc = machine_.noc;
  const int latency = (t == Tensor::kIfmap ? noc.ifmap : noc.filter).latency_cycles;
  const Pass* pass = sender_[index(t)][past(now_ - latency - wave(pe) + std::int64_t{kPast})];
  const auto cols = static_cast<std::size_t>(rtl_.size().cols);
  if (t == Tensor::kIfmap) {
    for (std::size_t next = pe; next / cols == pe / cols; ++next)
      if (pass->load->mapped.test(next)) return true;
    return false;
  }
  for (std::size_t next = pe % cols; next <= pe; next += cols)
    if (pass->load->mapped.test(next)) return true;
  return false;
}

// Words come in at column 0 and at the last row.
void LockStepDriver::count_moves(const LockStepOutputs& out, Tensor t) {
  using enum Action;
  const Bits& passes = out.passes[index(t)];
  if (passes.count() == 0) return;
  const bool ifmap = t == Tensor::kIfmap;
  const int cols = rtl_.size().cols;
  for (std::size_t pe = 0; pe < last_item_.size(); ++pe) {
    if (!passes.test(pe)) continue;
    if (!leads_to_work(t, pe)) continue;
    const int at = static_cast<int>(pe);
    const bool edge = ifmap ? at % cols == 0 : at / cols == machine_.array.rows - 1;
    const Action move = ifmap ? noc_ifmap_hop : noc_filter_hop;
    count_words(edge ? (ifmap ? noc_ifmap_delivery : noc_filter_delivery) : move, 1);
  }
}

// Tables that are read and made, and chains that end.
void LockStepDriver::count_options(const LockStepOutputs& out) {
  const MacTraits& mac = find_mac(machine_.mac)->traits;
  if (!mac.tables && !mac.singles) return;
  const bool builds =
      mac.tables && machine_.mac_options.organisation != LutOrganisation::kProductTable;
  for (std::size_t pe = 0; pe < last_item_.size(); ++pe) {
    if (!out.works.test(pe)) continue;
    const int item = items_[past(now_ - wave(pe))];
    count_words(Action::mac_none_lut_read, mac.tables ? 1 : 0);
    if (builds && last_item_[pe] != item) count_words(Action::mac_none_table_build, 1);
    last_item_[pe] = item;
    if (!mac.singles) continue;
    int& products = products_[pe];
    if (out.starts.test(pe) && products > 0) {
      count_words(Action::mac_none_spill, 1);
      products = 0;
    }
    if (++products < mac_.chain()) continue;
    count_words(Action::mac_none_spill, 1);
    products = 0;
  }
}

}  // namespace orrery
