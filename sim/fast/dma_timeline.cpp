#include "sim/fast/dma_timeline.h"

#include <algorithm>
#include <limits>
#include <stdexcept>

namespace orrery {
namespace {

constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

}  // namespace

DmaTimeline::DmaTimeline(const Machine& machine, const Layer& layer, const ClockDomains& clocks,
                         TransferTimes& times)
    : machine_(machine), clocks_(clocks), times_(times), dram_(machine.dram, clocks) {
  if (machine.dram.setup) memory_.emplace(machine, clocks, layer);
}

DmaTimeline::Begun& DmaTimeline::begun(TransferNumber transfer) {
  return begun_[static_cast<std::size_t>(transfer - first_)];
}

void DmaTimeline::order(Waiting waits) {
  begun_.emplace_back();
  if (waits.until_done < first_) {
    waits.until_done = 0;
  } else if (const Begun& before = begun(waits.until_done); before.end >= 0) {
    waits.ready = std::max(waits.ready, before.end);
    waits.until_done = 0;
  }
  waiting_.push_back(std::move(waits));
}

void DmaTimeline::pass_is_known(PassNumber pass, std::int64_t filled, std::int64_t over) {
  for (Waiting& t : waiting_) {
    if (t.until_filled == pass) {
      t.ready = std::max(t.ready, filled);
      t.until_filled = 0;
    }
    if (t.until_over == pass) {
      t.ready = std::max(t.ready, over);
      t.until_over = 0;
    }
  }
}

// Tick from which a transfer that waits can begin.
std::int64_t DmaTimeline::ready(const Waiting& t) {
  return t.until_filled != 0 || t.until_over != 0 || t.until_done != 0 ? kNever : t.ready;
}

// The tick of the next choice, as far as is known.
std::int64_t DmaTimeline::next_choice() const {
  std::int64_t first = kNever;
  for (const Waiting& t : waiting_) first = std::min(first, ready(t));
  if (under_way_.size() < static_cast<std::size_t>(machine_.dma.outstanding))
    return std::max(free_, first);
  const std::int64_t room = under_way_.front();
  return room < 0 ? kNever : std::max({free_, first, room});
}

// Does the next thing, if it falls before tick `before`; returns whether it does.
bool DmaTimeline::step(std::int64_t before) {
  const std::int64_t choice = next_choice();
  if (memory_ && memory_->step(std::min(choice, before - 1))) {
    take_ends();
    return true;
  }
  if (choice >= before) return false;
  choose(choice);
  return true;
}

// Of the transfers that have room then, the first in the queue of those that the earliest pass
// waits for.
void DmaTimeline::choose(std::int64_t choice) {
  auto next = waiting_.end();
  for (auto t = waiting_.begin(); t != waiting_.end(); ++t) {
    if (ready(*t) <= choice && (next == waiting_.end() || t->pass < next->pass)) next = t;
  }
  const Waiting transfer = std::move(*next);
  waiting_.erase(next);
  counts_ += times_.counts(transfer.sort);
  code_ += times_.code(transfer.sort);
  if (under_way_.size() >= static_cast<std::size_t>(machine_.dma.outstanding))
    under_way_.pop_front();
  free_ = clocks_.link.edge(choice, machine_.dma.crossing_cycles);
  begin(transfer, free_);
}

void DmaTimeline::begin(const Waiting& transfer, std::int64_t begin) {
  under_way_.push_back(-1);
  if (memory_) {
    memory_->begin(begin, times_.post_ticks(transfer.sort), transfer.bursts);
    in_memory_.push_back(transfer.number);
    return take_ends();
  }
  link_free_ = times_.end(transfer.sort, begin, link_free_, dram_);
  under_way_.back() = link_free_;
  set_end(transfer.number, link_free_);
}

void DmaTimeline::set_end(TransferNumber transfer, std::int64_t end) {
  begun(transfer) = {end, clocks_.core.edge(end, machine_.dma.crossing_cycles)};
  for (Waiting& t : waiting_) {
    if (t.until_done != transfer) continue;
    t.ready = std::max(t.ready, end);
    t.until_done = 0;
  }
}

void DmaTimeline::take_ends() {
  for (; memory_->has_end(); in_memory_.pop_front()) {
    const std::int64_t end = memory_->take_end();
    // Ends come in the order of the begins.
    const auto open = std::ranges::find(under_way_, -1);
    if (open != under_way_.end()) *open = end;
    set_end(in_memory_.front(), end);
  }
}

std::int64_t DmaTimeline::seen(TransferNumber transfer) {
  if (transfer < first_) return 0;
  while (begun(transfer).end < 0) {
    if (!step(kNever)) throw std::logic_error("a transfer waits for what never comes");
  }
  return begun(transfer).seen;
}

void DmaTimeline::catch_up(std::int64_t now) {
  while (step(now)) {
  }
}

std::optional<DramUse> DmaTimeline::memory_use(std::int64_t end) {
  if (!memory_) return std::nullopt;
  return memory_->use(end);
}

void DmaTimeline::forget(std::int64_t now) {
  while (!begun_.empty() && begun_.front().end >= 0 && begun_.front().seen <= now) {
    begun_.pop_front();
    ++first_;
  }
}

std::int64_t DmaTimeline::live(TransferNumber transfer, std::int64_t now) const {
  if (transfer < first_) return 0;
  const Begun& it = begun_[static_cast<std::size_t>(transfer - first_)];
  return it.end >= 0 && it.seen <= now ? 0 : transfer;
}

void DmaTimeline::append_state(std::vector<std::int64_t>& to, std::int64_t now, PassNumber pass,
                               TransferNumber transfer) const {
  const auto later = [&](std::int64_t tick) {
    to.push_back(std::max<std::int64_t>(0, tick - now));
  };
  const auto relative = [&](std::int64_t number, std::int64_t latest) {
    to.push_back(number == 0 ? kNever : number - latest);
  };
  to.push_back(static_cast<std::int64_t>(waiting_.size()));
  for (const Waiting& t : waiting_) {
    to.push_back(t.sort);
    relative(t.number, transfer);
    relative(t.pass, pass);
    relative(t.until_filled, pass);
    relative(t.until_over, pass);
    relative(t.until_done, transfer);
    later(t.ready);
  }
  for (std::size_t i = 0; i < begun_.size(); ++i) {
    if (begun_[i].end >= 0 && begun_[i].seen <= now) continue;
    relative(first_ + static_cast<std::int64_t>(i), transfer);
    later(begun_[i].end);
    later(begun_[i].seen);
  }
  for (const std::int64_t end : under_way_) later(end);
  to.push_back(static_cast<std::int64_t>(under_way_.size()));
  later(free_);
  later(link_free_);
  const DramDevice::Moment backlog = dram_.backlog(now);
  to.push_back(backlog.tick);
  to.push_back(backlog.part);
}

void DmaTimeline::shift(std::int64_t ticks, PassNumber passes, TransferNumber transfers,
                        const Counts& counts) {
  const auto on = [](std::int64_t& number, std::int64_t by) {
    if (number != 0) number += by;
  };
  for (Waiting& t : waiting_) {
    t.number += transfers;
    t.pass += passes;
    t.ready += ticks;
    on(t.until_filled, passes);
    on(t.until_over, passes);
    on(t.until_done, transfers);
  }
  for (Begun& t : begun_) {
    if (t.end < 0) continue;
    t.end += ticks;
    t.seen += ticks;
  }
  first_ += transfers;
  for (std::int64_t& end : under_way_) end += ticks;
  free_ += ticks;
  link_free_ += ticks;
  dram_.shift(ticks);
  counts_ += counts;
}

}  // namespace orrery
