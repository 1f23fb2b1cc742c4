// When something can happen next, and power-down.
#include <bit>

#include "sim/dram/channel.h"

namespace orrery {
namespace {

std::uint64_t bit(int bank) { return std::uint64_t{1} << bank; }
std::size_t at(int i) { return static_cast<std::size_t>(i); }

}  // namespace

DramCycle DramChannel::find_next() {
  DramCycle next = refresh_at_;
  if (staged_) {
    const bool drains = draining_ > 0 || drain_begins();
    if (movable(drains ? DramKind::kWrite : DramKind::kRead) != 0) return last_ + 1;
  }
  if (reserved_banks_ != 0) next = std::min(next, reserved_plan(last_ + 1).at);
  if (!refreshes_.empty()) next = std::min(next, next_refresh());
  if (policy_.power_down_after > 0) next = std::min(next, next_power());
  if (next <= last_ + 1 || !window_is_reached()) return next;
  return std::min(next, plan(last_ + 1).at);
}

DramCycle DramChannel::next_refresh() const {
  const RefreshDue& r = refreshes_.front();
  if (state_.down(r.rank)) return kDramNever;
  const bool all = r.bank < 0;
  const std::uint64_t mask = all ? state_.rank_mask(r.rank) : bit(r.bank);
  std::uint64_t open = state_.open_mask() & mask;
  if (open == 0) {
    const DramCycle t = all ? state_.earliest_rank(DramGate::kRef, r.rank)
                            : state_.earliest(DramGate::kRefBank, r.bank);
    return std::max(t, bus_free(DramGate::kRef));
  }
  if ((reserved_banks_ & mask) != 0) return kDramNever;  // their bursts come first
  if (all && policy_.refresh_close == DramPolicy::RefreshClose::kAllBanks) {
    return std::max(state_.earliest_rank(DramGate::kPreAll, r.rank), bus_free(DramGate::kPre));
  }
  DramCycle next = kDramNever;
  for (; open != 0; open &= open - 1) {
    next = std::min(next, gate(DramGate::kPre, std::countr_zero(open)));
  }
  return next;
}

bool DramChannel::wanted(int rank) const {
  if (rank_waiting_[at(rank)] > 0) return true;
  return std::any_of(refreshes_.begin(), refreshes_.end(),
                     [=](const RefreshDue& r) { return r.rank == rank; });
}

// When the rank goes down or wakes up, as things are.
DramCycle DramChannel::power_change(int rank) const {
  const bool down = state_.down(rank);
  if (policy_.power_down_after == 0 || down != wanted(rank)) return kDramNever;
  const DramGate g = down ? DramGate::kPowerUp : DramGate::kPowerDown;
  const DramCycle idle = down ? 0 : rank_last_[at(rank)] + policy_.power_down_after;
  return std::max({idle, state_.earliest_rank(g, rank), bus_free(g)});
}

DramCycle DramChannel::next_power() const {
  DramCycle next = kDramNever;
  for (int r = 0; r < ranks_; ++r) next = std::min(next, power_change(r));
  return next;
}

bool DramChannel::wake(DramCycle now) {
  for (int r = 0; r < ranks_; ++r) {
    if (!state_.down(r) || power_change(r) > now) continue;
    issue(DramCommand::kPowerUp, r * state_.banks_of_rank(), 0, 0, now);
    return true;
  }
  return false;
}

void DramChannel::power_down(DramCycle now) {
  for (int r = 0; r < ranks_; ++r) {
    if (state_.down(r) || power_change(r) > now) continue;
    issue(DramCommand::kPowerDown, r * state_.banks_of_rank(), 0, 0, now);
    return;
  }
}

}  // namespace orrery
