// What the array in lock step in RTL is seen to do, counted.
#include "arch/mac/all.h"
#include "sim/rtl/lock_step_driver.h"

namespace orrery {
namespace {

std::int64_t ones(const Bits& bits) { return static_cast<std::int64_t>(bits.count()); }

}  // namespace

void LockStepDriver::count(const LockStepOutputs& out) {
  using enum Action;
  const std::int64_t works = ones(out.works), starts = ones(out.starts), gated = ones(out.gated), updates = works - starts - ones(out.spared);
  const bool multiplies = work_ == PeWork::kMultiply, has_psum_spad = machine_.pe.psum_spad_words > 0;
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
  count_words(spad_ifmap_fill, ones(out.fills[0]) + handed);
  count_words(noc_ifmap_hop, handed);
  count_words(spad_filter_fill, ones(out.fills[1]));
  const std::int64_t parts = ones(out.parts);
  count_words(spad_psum_drain_read, has_psum_spad ? parts : 0);
  const PsumRoute route = machine_.array.psum_route;
  if (route == PsumRoute::kColumn || route == PsumRoute::kTree) {
    const std::int64_t met = parts - ones(out.taken);
    count_words(adder_none_merge, met);
    if (route == PsumRoute::kColumn) count_words(noc_psum_hop, met * psum_words_);
  }
  count_passing(out);
  if (multiplies) count_options(out);
}

void LockStepDriver::count_passing(const LockStepOutputs& out) {
  using enum Action;
  if (!systolic_) {
    count_words(noc_ifmap_delivery, ones(out.fills[0]));
    count_words(noc_filter_delivery, ones(out.fills[1]));
    return;
  }
  const int cols = rtl_.size().cols, last = machine_.array.rows - 1;
  for (int row = 0; row <= last; ++row) {
    for (int col = 0; col < cols; ++col) {
      const auto pe = static_cast<std::size_t>(row * cols + col);
      if (out.passes[0].test(pe)) count_words(col == 0 ? noc_ifmap_delivery : noc_ifmap_hop, 1);
      if (out.passes[1].test(pe))
        count_words(row == last ? noc_filter_delivery : noc_filter_hop, 1);
    }
  }
}

// Tables that are read and made, and chains that end.
void LockStepDriver::count_options(const LockStepOutputs& out) {
  const MacTraits& mac = find_mac(machine_.mac)->traits;
  if (!mac.tables && !mac.singles) return;
  const bool builds = mac.tables && machine_.mac_options.organisation != LutOrganisation::kProductTable;
  const int cols = rtl_.size().cols;
  for (std::size_t pe = 0; pe < last_item_.size(); ++pe) {
    if (!out.works.test(pe)) continue;
    const int row = static_cast<int>(pe) / cols, col = static_cast<int>(pe) % cols;
    const int skew = systolic_ ? machine_.array.rows - 1 - row + col : 0;
    const int item = items_[static_cast<std::size_t>(now_ - skew) % items_.size()];
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
