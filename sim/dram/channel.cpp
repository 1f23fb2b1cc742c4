// Requests in, bursts out: queues, and the order of a cycle.
#include "sim/dram/channel.h"

#include <fmt/format.h>

#include <bit>

#include "workloads/input/input_error.h"

namespace orrery {
namespace {

constexpr int kMostBanks = 64;

std::uint64_t bit(int bank) { return std::uint64_t{1} << bank; }
std::size_t at(int i) { return static_cast<std::size_t>(i); }
std::size_t at(DramKind kind) { return static_cast<std::size_t>(kind); }

int checked_banks(const DramStandard& s, int ranks) {
  const int banks = s.organization.banks();
  if (ranks >= 1 && ranks * banks <= kMostBanks) return ranks * banks;
  throw InputError(fmt::format("{} ranks of {} banks; a channel of {} has 1 to {} ranks", ranks,
                               banks, s.name, kMostBanks / banks));
}

int checked_interval(const DramStandard& s, const DramPolicy& p, int ranks) {
  if (p.refresh == DramPolicy::Refresh::kNone) return 0;
  if (p.refresh == DramPolicy::Refresh::kAllBank) {
    return p.refresh_staggered ? std::max(s.timing.refi / ranks, 1) : s.timing.refi;
  }
  if (s.timing.refi_bank > 0) return std::max(s.timing.refi_bank / ranks, 1);
  throw InputError(
      fmt::format("{} refreshes single banks, which {} cannot; refresh: all_bank", p.name, s.name));
}

std::uint32_t gates_asked(const DramPolicy& p) {
  using G = DramGate;
  std::uint32_t asked = 0;
  for (const G g : {G::kAct, G::kPre, G::kRd, G::kWr}) asked |= DramState::bit(g);
  if (p.refresh == DramPolicy::Refresh::kAllBank) {
    asked |= DramState::bit(G::kRef);
    if (p.refresh_close == DramPolicy::RefreshClose::kAllBanks) asked |= DramState::bit(G::kPreAll);
  }
  if (p.refresh == DramPolicy::Refresh::kPerBank) asked |= DramState::bit(G::kRefBank);
  if (p.power_down_after > 0) {
    asked |= DramState::bit(G::kPowerDown) | DramState::bit(G::kPowerUp);
  }
  return asked;
}

}  // namespace

std::array<DramChannel::BusUse, kDramCommands> DramChannel::bus_use(const DramCommandClocks& c) {
  std::array<BusUse, kDramCommands> use;
  use.fill({1, 0});
  const auto set = [&](std::initializer_list<DramCommand> commands, BusUse u) {
    for (const DramCommand command : commands) use[static_cast<std::size_t>(command)] = u;
  };
  using C = DramCommand;
  set({C::kAct}, {c.act, 0});
  set({C::kPre, C::kPreAll}, {c.pre, 0});
  set({C::kRef, C::kRefBank}, {c.ref, 0});
  set({C::kRd, C::kRda, C::kWr, C::kWra}, {c.column, c.two_buses ? 1 : 0});
  return use;
}

DramChannel::DramChannel(const DramStandard& standard, const DramPolicy& policy,
                         const AddressMap& map, int ranks)
    : policy_(policy),
      map_(&map),
      ranks_(ranks),
      banks_(checked_banks(standard, ranks)),
      staged_(policy.bank_queue > 0),
      two_buses_(standard.command_clocks.two_buses),
      turns_(policy.arbiter == DramPolicy::Arbiter::kRoundRobin ? 63 : 0),
      bus_use_(bus_use(standard.command_clocks)),
      read_latency_(standard.timing.cl + standard.timing.dqsck +
                    standard.organization.burst_clocks()),
      write_latency_(standard.timing.cwl + standard.organization.burst_clocks()),
      refresh_interval_(checked_interval(standard, policy, ranks)),
      state_(standard, ranks, gates_asked(policy)),
      slots_(at(policy.read_queue + policy.write_queue + banks_ * (1 + policy.bank_queue))),
      bursts_(at(banks_)),
      closed_for_other_(at(banks_)),
      refresh_at_(refresh_interval_ > 0 ? refresh_interval_ : kDramNever),
      rank_last_(at(ranks)),
      rank_waiting_(at(ranks)) {
  for (Window& w : window_) w.list.resize(at(banks_));
  for (Front& f : front_) f.of_bank.resize(at(banks_));
}

std::uint16_t DramChannel::find(DramKind kind, std::uint64_t address) const {
  return filter_[at(kind)].maybe(address) ? slots_.find(kind, address) : kNoSlot;
}

// Whether a waiting request of the same address answers this one.
bool DramChannel::answered(DramKind kind, std::uint64_t address, std::uint32_t tag, DramCycle now) {
  if (find(DramKind::kWrite, address) != kNoSlot) {
    ++(kind == DramKind::kRead ? counts_.forwarded : counts_.merged);
    done_.push_back({tag, kind, now, now + 1});
    return true;
  }
  if (kind == DramKind::kWrite || !policy_.merge_reads) return false;
  const std::uint16_t same = find(DramKind::kRead, address);
  if (same == kNoSlot) return false;
  ++counts_.merged;
  ++slots_[same].sharers;
  ++owed_;
  sharers_.push_back({same, tag, now});
  return true;
}

void DramChannel::put(DramKind kind, std::uint64_t address, std::uint32_t tag, DramCycle now) {
  // Cycles since the last event saw the queues as they were.
  if (now > last_ && !staged_ && window_is_reached()) write_mode_ = writes_first();
  last_ = std::max(last_, now);
  const std::uint64_t burst = map_->burst(address);
  if (answered(kind, burst, tag, now)) return;
  stale_ = true;
  const std::uint16_t i = slots_.take(kind, burst);
  DramWaiting& w = slots_[i];
  w.arrived = now;
  w.row = map_->row(address);
  w.tag = tag;
  w.bank = static_cast<std::uint8_t>(map_->flat_bank(address));
  filter_[at(kind)].add(burst);
  ++rank_waiting_[at(state_.rank_of(w.bank))];
  if (kind == DramKind::kWrite && policy_.posted_writes) {
    done_.push_back({tag, kind, now, now + 1});
  } else {
    ++owed_;
  }
  if (!staged_) {
    enter_window(i, now);
    return;
  }
  Front& f = front_[at(kind)];
  f.slot.push_back(i);
  f.bank.push_back(w.bank);
  ++f.of_bank[w.bank];
  f.banks |= bit(w.bank);
}

void DramChannel::enter_window(std::uint16_t i, DramCycle now) {
  DramWaiting& request = slots_[i];
  const int bank = request.bank;
  Window& w = window_[window_index(request.kind)];
  request.order = ++order_;
  w.list[at(bank)].push(slots_, i);
  w.filled |= bit(bank);
  w.unsorted |= bit(bank);
  ++w.size;
  if (staged_ && w.list[at(bank)].size() >= policy_.bank_queue) full_ |= bit(bank);
  if (!plan_.valid || plan_.slot == kNoSlot) {
    plan_.valid = false;
    return;
  }
  // The plan stays, unless it is the bank's own or the new request would go before it.
  const std::uint64_t mine = bit(bank);
  if (slots_[plan_.slot].bank == bank || policy_.order == DramPolicy::Order::kInOrder ||
      (!staged_ && writes_first() != plan_.writes)) {
    plan_.valid = false;
    return;
  }
  if (plan_.writes != (window_index(request.kind) == 1) || (held() & mine) != 0) return;
  sort(w, bank);
  consider_all(w, mine, now + 1, plan_);
}

void DramChannel::leave_window(std::uint16_t i) {
  const DramWaiting& request = slots_[i];
  Window& w = window_[window_index(request.kind)];
  w.list[request.bank].remove(slots_, i);
  --w.size;
  if (w.list[request.bank].size() == 0) w.filled &= ~bit(request.bank);
  if (staged_) full_ &= ~bit(request.bank);
  reconsider(bit(request.bank));
}

bool DramChannel::drain_begins() const {
  const int writes = waiting(DramKind::kWrite);
  return draining_ == 0 &&
         (writes >= policy_.drain_start || (writes >= policy_.drain_idle && window_[0].size == 0));
}

// The oldest request whose bank has room goes to it; writes only while they drain.
void DramChannel::move_from_front(DramCycle now) {
  if (drain_begins()) draining_ = waiting(DramKind::kWrite);
  if (draining_ > 0 && move_one(DramKind::kWrite, now)) return;
  if (draining_ == 0) move_one(DramKind::kRead, now);
}

// Whether the cycle was used.
bool DramChannel::move_one(DramKind kind, DramCycle now) {
  const std::uint64_t room = movable(kind);
  if (room == 0) return false;
  Front& f = front_[at(kind)];
  std::size_t i = 0;
  while ((room & bit(f.bank[i])) == 0) ++i;
  const std::uint16_t slot = f.slot[i];
  if (kind == DramKind::kWrite) {
    // A write waits for the read that came before it: nothing moves, and the drain is over. Where
    // the next would begin at once and that read has not moved, reads go on: else both would wait
    // for good.
    const std::uint16_t read = find(DramKind::kRead, slots_[slot].address);
    if (read != kNoSlot) {
      draining_ = 0;
      return slots_[read].order != 0 || !drain_begins();
    }
    --draining_;
  }
  if (--f.of_bank[f.bank[i]] == 0) f.banks &= ~bit(f.bank[i]);
  f.slot.erase(f.slot.begin() + static_cast<std::ptrdiff_t>(i));
  f.bank.erase(f.bank.begin() + static_cast<std::ptrdiff_t>(i));
  enter_window(slot, now);
  return true;
}

bool DramChannel::writes_first() const {
  const int reads = window_[0].size, writes = window_[1].size;
  if (write_mode_) return writes >= policy_.drain_stop || reads == 0;
  return writes >= policy_.drain_start || (reads == 0 && writes >= policy_.drain_idle);
}

bool DramChannel::window_is_reached() const {
  return refreshes_.empty() || policy_.refresh_holds == DramPolicy::RefreshHolds::kRank;
}

bool DramChannel::serve(DramCycle now) {
  if (reserved_banks_ != 0 && reserved_plan(now).at <= now) {
    play(reserved_plan_.slot, reserved_plan_.command, now);
    return true;
  }
  if (!refreshes_.empty() && serve_refresh(now)) return true;
  if (!window_is_reached()) return false;
  if (!staged_) write_mode_ = writes_first();
  const Plan& next = plan(now);
  if (next.at > now) return false;
  turn_ = slots_[next.slot].bank;
  play(next.slot, next.command, now);
  return true;
}

void DramChannel::step(DramCycle now) {
  // Cycles since the last event decided about writes, and issued nothing.
  if (now > last_ + 1 && !staged_ && window_is_reached()) write_mode_ = writes_first();
  if (now >= refresh_at_) queue_refreshes(now);
  const bool powers = policy_.power_down_after > 0;
  const bool served = (powers && wake(now)) || serve(now);
  if (served && two_buses_) serve(now);
  if (powers && !served) power_down(now);
  if (staged_) move_from_front(now);
  last_ = now;
  stale_ = true;
}

DramCommand DramChannel::column_command(const DramWaiting& request) const {
  const bool kept_open = (reserved_banks_ & bit(request.bank)) != 0 && !is_reserved(request);
  bool closes = policy_.page == DramPolicy::Page::kClosed && !kept_open;
  for (const Window& w : window_) {
    if (!closes) break;
    for (std::uint16_t i = w.list[request.bank].head(); i != kNoSlot; i = slots_[i].next) {
      closes = closes && (&slots_[i] == &request || slots_[i].row != request.row);
    }
  }
  if (request.kind == DramKind::kRead) return closes ? DramCommand::kRda : DramCommand::kRd;
  return closes ? DramCommand::kWra : DramCommand::kWr;
}

// Issues a command for a request, and lets go of the request when that was its burst.
void DramChannel::play(std::uint16_t slot, DramCommand step, DramCycle now) {
  DramWaiting& request = slots_[slot];
  const int bank = request.bank;
  if (!request.begun) {
    request.begun = true;
    ++(step == DramCommand::kPre   ? counts_.begun_conflicts
       : step == DramCommand::kAct ? counts_.begun_misses
                                   : counts_.begun_hits);
  }
  if (step == DramCommand::kPre) {
    closed_for_other_[at(bank)] = true;
    issue(DramCommand::kPre, bank, state_.open_row(bank), 0, now);
    return;
  }
  if (step == DramCommand::kAct) {
    bursts_[at(bank)] = 0;
    if (policy_.reserve_activated) {
      leave_window(slot);
      reserve(slot);
    }
    issue(DramCommand::kAct, bank, request.row, 0, now);
    return;
  }
  const DramCommand command = column_command(request);
  if (is_reserved(request)) {
    release(bank);
  } else {
    leave_window(slot);
  }
  ++(bursts_[at(bank)] > 0         ? counts_.hits
     : closed_for_other_[at(bank)] ? counts_.conflicts
                                   : counts_.misses);
  closed_for_other_[at(bank)] = false;
  ++bursts_[at(bank)];
  const int column = record_ == nullptr ? 0 : map_->place(request.address).column;
  issue(command, bank, request.row, column, now);
  finish(slot, now);
}

void DramChannel::finish(std::uint16_t slot, DramCycle now) {
  const DramWaiting& w = slots_[slot];
  const bool read = w.kind == DramKind::kRead;
  const DramCycle end = now + (read ? read_latency_ : write_latency_);
  if (read || !policy_.posted_writes) {
    done_.push_back({w.tag, w.kind, w.arrived, end});
    --owed_;
  }
  if (w.sharers > 0) {
    for (const Sharer& s : sharers_) {
      if (s.slot == slot) done_.push_back({s.tag, w.kind, s.arrived, end});
    }
    owed_ -= std::erase_if(sharers_, [&](const Sharer& s) { return s.slot == slot; });
  }
  --rank_waiting_[at(state_.rank_of(w.bank))];
  filter_[at(w.kind)].remove(w.address);
  slots_.give_back(slot);
}

}  // namespace orrery
