// Which command issues next: for what waits, for refreshes, for power; and when.
#include <bit>

#include "sim/dram/channel.h"

namespace orrery {
namespace {

std::uint64_t bit(int bank) { return std::uint64_t{1} << bank; }
std::size_t at(int i) { return static_cast<std::size_t>(i); }

}  // namespace

void DramChannel::issue(DramCommand command, int bank, int row, int column, DramCycle now) {
  state_.issue(command, bank, row, now);
  ++counts_.commands[static_cast<std::size_t>(command)];
  plan_.valid = reserved_plan_.valid = false;
  rank_last_[at(state_.rank_of(bank))] = now;
  if (command == DramCommand::kPreAll) {
    reconsider(state_.rank_mask(state_.rank_of(bank)));
  } else {
    reconsider(bit(bank));
  }
  const BusUse& use = bus_use_[static_cast<std::size_t>(command)];
  bus_free_[at(use.bus)] = now + use.clocks;
  if (record_ != nullptr) record_->push_back({now, command, bank, row, column});
}

// These banks can do other things for their requests than before.
void DramChannel::reconsider(std::uint64_t banks) {
  for (Window& w : window_) w.unsorted |= banks;
}

bool DramChannel::may_close(int bank, std::uint16_t head, std::uint16_t other,
                            std::uint64_t oldest_hit) const {
  if (other == kNoSlot || (reserved_banks_ & bit(bank)) != 0) return false;
  if (policy_.order == DramPolicy::Order::kInOrder) return other == head;
  switch (policy_.close) {
    case DramPolicy::Close::kNoHitWaits:
      return other == head && (oldest_hit == kNoOrder || bursts_[at(bank)] >= policy_.hit_cap);
    case DramPolicy::Close::kNoOlderHit:
      return slots_[other].order < oldest_hit;
    case DramPolicy::Close::kReady:
      break;
  }
  return true;
}

// Finds what a bank can be told for its list: open a row, or read or write in the open one for the
// oldest request that hits it, or close it.
void DramChannel::sort(Window& w, int bank) {
  w.unsorted &= ~bit(bank);
  for (std::uint64_t& able : w.able) able &= ~bit(bank);
  const std::uint16_t head = w.list[at(bank)].head();
  if (head == kNoSlot) return;
  const auto offer = [&](Class c, std::uint16_t i) {
    w.able[c] |= bit(bank);
    w.slot[c][at(bank)] = i;
    w.order[c][at(bank)] = slots_[i].order;
  };
  const int row = state_.open_row(bank);
  if (row < 0) {
    offer(kOpens, head);
    return;
  }
  std::array<std::uint16_t, 2> hit{kNoSlot, kNoSlot};
  std::uint16_t other = kNoSlot;
  int found = 0;
  const int most = staged_ ? 3 : 2;  // a list of one kind has two at most
  for (std::uint16_t i = head; i != kNoSlot && found < most; i = slots_[i].next) {
    const DramWaiting& r = slots_[i];
    std::uint16_t& slot = r.row == row ? hit[static_cast<std::size_t>(r.kind)] : other;
    if (slot != kNoSlot) continue;
    slot = i;
    ++found;
  }
  std::uint64_t oldest_hit = kNoOrder;
  for (const std::uint16_t i : hit) {
    if (i == kNoSlot || (policy_.order == DramPolicy::Order::kInOrder && i != head)) continue;
    oldest_hit = std::min(oldest_hit, slots_[i].order);
    offer(slots_[i].kind == DramKind::kRead ? kReads : kWrites, i);
  }
  if (may_close(bank, head, other, oldest_hit)) offer(kCloses, other);
}

// Takes for the plan what these banks have of a class, where it is ready before it, or then too and
// goes first. Free of branches in the loop: what is ready next is as good as random.
template <DramChannel::Class c>
void DramChannel::consider(const Window& w, std::uint64_t banks, DramCycle floor,
                           Plan& plan) const {
  static constexpr DramGate kGate =
      std::array{DramGate::kAct, DramGate::kPre, DramGate::kRd, DramGate::kWr}[c];
  static constexpr DramCommand kCommand =
      std::array{DramCommand::kAct, DramCommand::kPre, DramCommand::kRd, DramCommand::kWr}[c];
  banks &= w.able[c];
  if (banks == 0) return;
  floor = std::max({floor, bus_free(kGate), state_.earliest_anywhere(kGate)});
  if (floor > plan.at) return;
  const DramCycle* gates = state_.bank_gates(kGate);
  std::uint64_t best = plan.key;
  int first = -1;
  for (; banks != 0; banks &= banks - 1) {
    const int bank = std::countr_zero(banks);
    const DramCycle gate = ranks_ == 1 ? gates[bank] : state_.earliest(kGate, bank);
    const auto wait = static_cast<std::uint64_t>(std::max(gate, floor) - plan.base);
    const std::uint64_t turn = static_cast<std::uint64_t>(bank - turn_ - 1) & turns_;
    const std::uint64_t key = (wait << 44) | (turn << 38) | w.order[c][at(bank)];
    first = key < best ? bank : first;
    best = std::min(best, key);
  }
  if (first < 0) return;
  plan.key = best;
  plan.at = plan.base + static_cast<DramCycle>(best >> 44);
  plan.slot = w.slot[c][at(first)];
  plan.command = kCommand;
}

// What is ready soonest comes first, so that the others need not be looked at.
void DramChannel::consider_all(const Window& w, std::uint64_t banks, DramCycle floor,
                               Plan& plan) const {
  consider<kReads>(w, banks, floor, plan);
  consider<kWrites>(w, banks, floor, plan);
  consider<kCloses>(w, banks, floor, plan);
  consider<kOpens>(w, banks, floor, plan);
}

// What goes first from cycle `floor` on.
const DramChannel::Plan& DramChannel::plan(DramCycle floor) {
  const bool writes = !staged_ && writes_first();
  if (plan_.valid && plan_.writes == writes) return plan_;
  Window& w = window_[writes ? 1 : 0];
  while (w.unsorted != 0) sort(w, std::countr_zero(w.unsorted));
  plan_ = {};
  plan_.base = floor;
  plan_.valid = true;
  plan_.writes = writes;
  std::uint64_t banks = w.filled & ~held();
  if (policy_.order == DramPolicy::Order::kInOrder) banks &= oldest_bank(w);
  consider_all(w, banks, floor, plan_);
  return plan_;
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
std::uint64_t DramChannel::oldest_bank(const Window& w) const {
  int oldest = -1;
  std::uint64_t order = kNoOrder;
  for (std::uint64_t b = w.filled; b != 0; b &= b - 1) {
    const int bank = std::countr_zero(b);
    const std::uint64_t mine = slots_[w.list[at(bank)].head()].order;
    if (mine < order) {
      order = mine;
      oldest = bank;
    }
  }
  return oldest < 0 ? 0 : bit(oldest);
}

void DramChannel::reserve(std::uint16_t slot) {
  const DramWaiting& request = slots_[slot];
  const Class c = request.kind == DramKind::kRead ? kReads : kWrites;
  reserved_banks_ |= bit(request.bank);
  reserved_.able[c] |= bit(request.bank);
  reserved_.slot[c][request.bank] = slot;
  reserved_.order[c][request.bank] = request.order;
}

void DramChannel::release(int bank) {
  reserved_banks_ &= ~bit(bank);
  for (std::uint64_t& able : reserved_.able) able &= ~bit(bank);
}

bool DramChannel::is_reserved(const DramWaiting& request) const {
  const Class c = request.kind == DramKind::kRead ? kReads : kWrites;
  return (reserved_.able[c] & bit(request.bank)) != 0 &&
         &slots_[reserved_.slot[c][request.bank]] == &request;
}

const DramChannel::Plan& DramChannel::reserved_plan(DramCycle floor) {
  if (reserved_plan_.valid) return reserved_plan_;
  reserved_plan_ = {};
  reserved_plan_.base = floor;
  reserved_plan_.valid = true;
  consider<kReads>(reserved_, reserved_banks_, floor, reserved_plan_);
  consider<kWrites>(reserved_, reserved_banks_, floor, reserved_plan_);
  return reserved_plan_;
}

void DramChannel::queue_refreshes(DramCycle now) {
  plan_.valid = false;
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
    if (state_.earliest_rank(DramGate::kPreAll, r.rank) > now) return false;
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
