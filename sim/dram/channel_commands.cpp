// Which command issues next: for what waits, for refreshes, for power; and when.
#include <bit>

#include "sim/dram/channel.h"

namespace orrery {
namespace {

std::uint64_t bit(int bank) { return std::uint64_t{1} << bank; }
std::size_t at(int i) { return static_cast<std::size_t>(i); }

DramGate column_gate(DramKind kind) {
  return kind == DramKind::kRead ? DramGate::kRd : DramGate::kWr;
}

}  // namespace

void DramChannel::issue(DramCommand command, int bank, int row, int column, DramCycle now) {
  state_.issue(command, bank, row, now);
  ++counts_.commands[static_cast<std::size_t>(command)];
  ++issued_;
  rank_last_[at(state_.rank_of(bank))] = now;
  int clocks = clocks_.act, bus = 0;
  switch (command) {
    case DramCommand::kRd:
    case DramCommand::kWr:
      clocks = clocks_.column;
      bus = two_buses_ ? 1 : 0;
      break;
    case DramCommand::kRda:
    case DramCommand::kWra:
      clocks = clocks_.column;
      bus = two_buses_ ? 1 : 0;
      reconsider(bank);
      break;
    case DramCommand::kAct:
      bursts_[at(bank)] = 0;
      reconsider(bank);
      break;
    case DramCommand::kPre:
      clocks = clocks_.pre;
      reconsider(bank);
      break;
    case DramCommand::kPreAll:
      clocks = clocks_.pre;
      for (int b = bank; b < bank + state_.banks_of_rank(); ++b) reconsider(b);
      break;
    case DramCommand::kRef:
    case DramCommand::kRefBank:
      clocks = clocks_.ref;
      break;
    case DramCommand::kPowerDown:
    case DramCommand::kPowerUp:
      clocks = 1;
      break;
  }
  bus_free_[at(bus)] = now + clocks;
  if (record_ != nullptr) record_->push_back({now, command, bank, row, column});
}

// The bank can do other things for its requests than before.
void DramChannel::reconsider(int bank) {
  for (Window& w : window_) {
    w.view[at(bank)].valid = false;
    w.looked[at(bank)] = 0;
    w.due[at(bank)] = 0;
  }
}

const DramChannel::View& DramChannel::view(Window& w, int bank) {
  View& v = w.view[at(bank)];
  if (v.valid) return v;
  v = {};
  v.valid = true;
  v.head = w.list[at(bank)].head();
  const int row = state_.open_row(bank);
  int found = 0;  // the walk ends with all that a list can hold
  const int most = &w == &window_[0] && staged_ ? 3 : 2;
  for (std::uint16_t i = v.head; i != kNoSlot && found < most; i = slots_[i].next) {
    const DramWaiting& r = slots_[i];
    std::uint16_t& slot = r.row == row ? v.hit[static_cast<std::size_t>(r.kind)] : v.other;
    if (slot != kNoSlot) continue;
    slot = i;
    ++found;
  }
  return v;
}

// The first cycle in which the bank can issue something for its list; where that is not after
// `now`, what it is for the oldest request that can go.
DramCycle DramChannel::look(Window& w, int bank, DramCycle now, Choice& choice) {
  const View& v = view(w, bank);
  if (state_.open_row(bank) < 0) {
    choice = {v.head, DramCommand::kAct};
    return gate(DramGate::kAct, bank);
  }
  DramCycle first = kDramNever;
  choice.slot = kNoSlot;
  const auto offer = [&](std::uint16_t i, DramCommand command, DramGate g) {
    const DramCycle t = gate(g, bank);
    first = std::min(first, t);
    if (t > now) return;
    if (choice.slot == kNoSlot || slots_[i].order < slots_[choice.slot].order) {
      choice = {i, command};
    }
  };
  const bool in_order = policy_.order == DramPolicy::Order::kInOrder;
  std::int64_t oldest_hit = INT64_MAX;
  for (const std::uint16_t i : v.hit) {
    if (i == kNoSlot || (in_order && i != v.head)) continue;
    oldest_hit = std::min(oldest_hit, slots_[i].order);
    const DramKind kind = slots_[i].kind;
    offer(i, kind == DramKind::kRead ? DramCommand::kRd : DramCommand::kWr, column_gate(kind));
  }
  if (v.other == kNoSlot || (reserved_banks_ & bit(bank)) != 0) return first;
  const bool head = v.other == v.head;
  bool closes = false;
  if (in_order) {
    closes = head;
  } else if (policy_.close == DramPolicy::Close::kNoHitWaits) {
    closes = head && (oldest_hit == INT64_MAX || bursts_[at(bank)] >= policy_.hit_cap);
  } else if (policy_.close == DramPolicy::Close::kNoOlderHit) {
    closes = slots_[v.other].order < oldest_hit;
  } else {
    closes = true;
  }
  if (closes) offer(v.other, DramCommand::kPre, DramGate::kPre);
  return first;
}

// Banks that serve no requests now: a refresh is due, or their rank is powered down.
std::uint64_t DramChannel::held() const {
  std::uint64_t mask = 0;
  if (!refreshes_.empty()) {
    const RefreshDue& r = refreshes_.front();
    mask = r.bank < 0 ? state_.rank_mask(r.rank) : bit(r.bank);
  }
  for (int r = 0; r < ranks_ && policy_.power_down_after > 0; ++r) {
    if (state_.down(r)) mask |= state_.rank_mask(r);
  }
  return mask;
}

// The bank of the oldest request.
std::uint64_t DramChannel::in_order_mask(const Window& w) const {
  int oldest = -1;
  std::int64_t order = INT64_MAX;
  for (std::uint64_t b = w.filled; b != 0; b &= b - 1) {
    const int bank = std::countr_zero(b);
    const std::int64_t mine = slots_[w.list[at(bank)].head()].order;
    if (mine < order) {
      order = mine;
      oldest = bank;
    }
  }
  return oldest < 0 ? 0 : bit(oldest);
}

bool DramChannel::serve_window(DramCycle now) {
  Window& w = window_[staged_ || !write_mode_ ? 0 : 1];
  std::uint64_t banks = w.filled & ~held();
  if (policy_.order == DramPolicy::Order::kInOrder) banks &= in_order_mask(w);
  const bool oldest = policy_.arbiter == DramPolicy::Arbiter::kOldest;
  // Round robin: the banks after the last one first.
  const std::uint64_t after = turn_ == 63 ? 0 : ~std::uint64_t{0} << (turn_ + 1);
  Choice best;
  for (const std::uint64_t part : {banks & after, banks & ~after}) {
    for (std::uint64_t b = part; b != 0; b &= b - 1) {
      const int bank = std::countr_zero(b);
      if (w.due[at(bank)] > now) continue;
      Choice choice;
      const DramCycle due = look(w, bank, now, choice);
      if (due > now) {
        w.due[at(bank)] = due;
        w.looked[at(bank)] = issued_;
        continue;
      }
      if (best.slot == kNoSlot || slots_[choice.slot].order < slots_[best.slot].order) {
        best = choice;
      }
      if (!oldest) break;
    }
    if (!oldest && best.slot != kNoSlot) break;
  }
  if (best.slot == kNoSlot) return false;
  turn_ = slots_[best.slot].bank;
  play(best, now);
  return true;
}

bool DramChannel::serve_reserved(DramCycle now) {
  std::uint16_t best = kNoSlot;
  for (std::uint64_t b = reserved_banks_; b != 0; b &= b - 1) {
    const int bank = std::countr_zero(b);
    const std::uint16_t i = reserved_[at(bank)];
    if (gate(column_gate(slots_[i].kind), bank) > now) continue;
    if (best == kNoSlot || slots_[i].order < slots_[best].order) best = i;
  }
  if (best == kNoSlot) return false;
  play({best, DramCommand::kRd}, now);
  return true;
}

void DramChannel::queue_refreshes(DramCycle now) {
  refresh_at_ = now + refresh_interval_;
  if (policy_.refresh == DramPolicy::Refresh::kPerBank) {
    // Bank after bank of all groups, then the next of each group, then the next rank.
    const int rank_banks = state_.banks_of_rank();
    refreshes_.push_back({refresh_turn_ / rank_banks, refresh_turn_});
    refresh_turn_ = (refresh_turn_ + 1) % banks_;
    return;
  }
  if (!policy_.refresh_staggered) {
    for (int r = 0; r < ranks_; ++r) refreshes_.push_back({r, -1});
    return;
  }
  refreshes_.push_back({refresh_turn_, -1});
  refresh_turn_ = (refresh_turn_ + 1) % ranks_;
}

bool DramChannel::serve_refresh(DramCycle now) {
  const RefreshDue r = refreshes_.front();
  const bool all = r.bank < 0;
  const int bank = all ? r.rank * state_.banks_of_rank() : r.bank;
  if (state_.down(r.rank)) return false;  // wake() comes first
  const std::uint64_t mask = all ? state_.rank_mask(r.rank) : bit(r.bank);
  std::uint64_t open = state_.open_mask() & mask;
  if (open == 0) {
    const DramGate g = all ? DramGate::kRef : DramGate::kRefBank;
    const DramCycle t = all ? state_.earliest_rank(g, r.rank) : state_.earliest(g, bank);
    if (std::max(t, bus_free(g)) > now) return false;
    issue(all ? DramCommand::kRef : DramCommand::kRefBank, bank, 0, 0, now);
    refreshes_.erase(refreshes_.begin());
    return true;
  }
  if ((reserved_banks_ & mask) != 0 || bus_free(DramGate::kPre) > now) return false;
  if (all && policy_.refresh_close == DramPolicy::RefreshClose::kAllBanks) {
    if (state_.earliest_rank(DramGate::kPre, r.rank) > now) return false;
    issue(DramCommand::kPreAll, bank, 0, 0, now);
    return true;
  }
  for (; open != 0; open &= open - 1) {
    const int b = std::countr_zero(open);
    if (state_.earliest(DramGate::kPre, b) > now) continue;
    issue(DramCommand::kPre, b, state_.open_row(b), 0, now);
    return true;
  }
  return false;
}

}  // namespace orrery
