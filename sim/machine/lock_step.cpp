#include "sim/machine/lock_step.h"

#include <utility>

#include "sim/machine/lock_step_counts.h"

namespace orrery {
namespace {

void count_gated(Counts& counts, const GatedMacs& gated, Gating gating) {
  const auto all = static_cast<std::uint64_t>(gated.all);
  const auto updates = static_cast<std::uint64_t>(gated.updates);
  counts[Action::mac_none_gate] += all;
  counts[Action::mac_none_compute] -= all;
  if (gating != Gating::kFilter) counts[Action::spad_filter_operand_read] -= all;
  counts[Action::spad_psum_update_read] -= updates;
  counts[Action::spad_psum_update_write] -= updates;
}

}  // namespace

LockStepArray::LockStepArray(const Machine& machine)
    : machine_(machine), clock_(machine), values_(machine) {}

PassTimes LockStepArray::play(const LockStepPlan& plan, PeWork work, const MacRegisters& registers,
                              const PassTiles& tiles, std::int64_t fill_begin, std::int64_t begin) {
  LockStepLog::Pass* log = begin_log();
  clock_.log(log);
  values_.log(log);
  clock_.settle(plan, fill_begin, begin);
  const LockStepRun run = clock_.run(plan, tiles.read_psums, begin);
  Counts counts = pass_counts(plan, work, machine_, tiles.read_psums);
  if (tiles.padding != nullptr) {
    counts[Action::glb_ifmap_array_read] -=
        static_cast<std::uint64_t>(words_made(plan, tiles.padding));
  }
  if (tiles.ifmap != nullptr) {
    count_gated(counts, values_.play(plan, work, registers, tiles),
                find_mac(machine_.mac)->traits.gating);
    clock_.record().chain_overflows += values_.chain_overflows();
  }
  clock_.record().counts += counts;
  const PassTimes times = clock_.note(plan, run, fill_begin, begin);
  if (log != nullptr) end_log(fill_begin, times);
  return times;
}

LockStepLog::Pass* LockStepArray::begin_log() {
  return log_ == nullptr ? nullptr : &log_->passes.emplace_back();
}

// The times of the last pass, and the cycles in which its psums left.
void LockStepArray::end_log(std::int64_t fill_begin, const PassTimes& times) {
  LockStepLog::Pass& pass = log_->passes.back();
  pass.fill_begin = fill_begin;
  pass.begin = times.begin;
  pass.filled = times.filled;
  pass.handed = times.handed;
  pass.done = times.done;
  const std::int64_t wide = machine_.words_per_psum(), width = clock_.psum_out_width();
  std::int64_t before = 0;  // psums of the window
  std::int32_t window = 0;
  for (LockStepLog::Psum& psum : pass.psums) {
    if (std::exchange(window, psum.window) != psum.window) before = 0;
    const std::int64_t begin = pass.psums_out[static_cast<std::size_t>(window)].begin;
    psum.cycle = begin + (++before * wide - 1) / width;
  }
}

PassRecord LockStepArray::take_record(std::int64_t now) {
  clock_.charge_rest(now);
  return std::exchange(clock_.record(), {});
}

}  // namespace orrery
