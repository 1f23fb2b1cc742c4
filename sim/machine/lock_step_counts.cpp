#include "sim/machine/lock_step_counts.h"

#include "arch/mac/all.h"

namespace orrery {
namespace {

using enum Action;

// Adds words, or operations of PEs.
class Tally {
 public:
  void operator()(Action a, std::int64_t n) { counts_[a] += static_cast<std::uint64_t>(n); }
  const Counts& counts() const { return counts_; }

 private:
  Counts counts_;
};

void count_operand(Tally& count, const PlanSums& sums, Tensor t) {
  const bool ifmap = t == Tensor::kIfmap;
  count(ifmap ? glb_ifmap_array_read : glb_filter_array_read, sums.words[index(t)]);
  count(ifmap ? noc_ifmap_bus_word : noc_filter_bus_word, sums.words[index(t)]);
  count(ifmap ? noc_ifmap_delivery : noc_filter_delivery, sums.deliveries[index(t)]);
  count(ifmap ? noc_ifmap_hop : noc_filter_hop, sums.hops[index(t)]);
  count(ifmap ? spad_ifmap_fill : spad_filter_fill, sums.fills[index(t)]);
}

void count_tables_and_chains(Tally& count, const PlanSums& sums, const Machine& machine) {
  const MacTraits& mac = find_mac(machine.mac)->traits;
  const bool builds =
      mac.tables && machine.mac_options.organisation != LutOrganisation::kProductTable;
  count(mac_none_lut_read, mac.tables ? sums.macs : 0);
  count(mac_none_table_build, builds ? sums.new_ifmaps : 0);
  count(mac_none_spill, mac.singles ? sums.spills : 0);
}

void count_operations(Tally& count, const PlanSums& sums, PeWork work, const Machine& machine) {
  const std::int64_t updates = sums.macs - sums.starts;
  const bool multiplies = work == PeWork::kMultiply, has_psum_spad = machine.pe.psum_spad_words > 0;
  if (multiplies) count_tables_and_chains(count, sums, machine);
  count(multiplies ? mac_none_compute : pool_none_compute, sums.macs);
  count(spad_ifmap_operand_read, sums.macs);
  count(spad_filter_operand_read, multiplies ? sums.macs : 0);
  count(spad_psum_first_write, has_psum_spad ? sums.starts : 0);
  count(spad_psum_update_read, updates);
  count(spad_psum_update_write, updates);
}

// Every PE's part is read; parts of one psum, and the old psum where it is read, are added.
void count_psums(Tally& count, const PlanSums& sums, const Machine& machine, bool reads_psums) {
  const std::int64_t psums = sums.psums, parts = sums.parts, wide = machine.words_per_psum();
  const PsumRoute route = machine.array.psum_route;
  const bool spills = route == PsumRoute::kSpill;
  const std::int64_t old = reads_psums ? psums : 0;
  const std::int64_t out = spills ? parts : psums;
  const std::int64_t in = machine.accumulates_at_store() ? 0 : old;
  count(spad_psum_drain_read, machine.pe.psum_spad_words > 0 ? parts : 0);
  count(adder_none_merge, parts - psums + old);
  count(noc_psum_hop, route == PsumRoute::kColumn ? (parts - psums) * wide : 0);
  count(noc_psum_bus_word, (in + out) * wide);
  count(noc_psum_delivery, (in + out) * wide);
  count(glb_psum_array_write, out * wide);
  count(glb_psum_array_read, (spills ? parts - psums + old : old) * wide);
}

}  // namespace

Counts pass_counts(const LockStepPlan& plan, PeWork work, const Machine& machine,
                   bool reads_psums) {
  Tally count;
  for (const Tensor t : {Tensor::kIfmap, Tensor::kFilter}) count_operand(count, plan.sums, t);
  count_operations(count, plan.sums, work, machine);
  count_psums(count, plan.sums, machine, reads_psums);
  return count.counts();
}

std::int64_t words_made(const LockStepPlan& plan, const std::uint8_t* padding) {
  std::int64_t made = 0;
  for (const Item& item : plan.items[index(Tensor::kIfmap)]) {
    for (const std::int32_t offset : plan.words[index(Tensor::kIfmap)][item.group].bus)
      made += padding[item.address + offset];
  }
  return made;
}

}  // namespace orrery
