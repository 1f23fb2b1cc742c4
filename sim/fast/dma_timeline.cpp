#include "sim/fast/dma_timeline.h"

#include <algorithm>
#include <limits>
#include <stdexcept>

namespace orrery {
namespace {

constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

}  // namespace

DmaTimeline::DmaTimeline(const Machine& machine, const ClockDomains& clocks, TransferTimes& times)
    : machine_(machine), clocks_(clocks), times_(times), dram_(machine.dram, clocks) {}

DmaTimeline::Begun& DmaTimeline::begun(TransferNumber transfer) {
  return begun_[static_cast<std::size_t>(transfer - first_)];
}

void DmaTimeline::order(const Waiting& transfer) {
  Waiting waits = transfer;
  begun_.emplace_back();
  if (waits.until_done < first_) {
    waits.until_done = 0;
  } else if (const Begun& before = begun(waits.until_done); before.end >= 0) {
    waits.ready = std::max(waits.ready, before.end);
    waits.until_done = 0;
  }
  waiting_.push_back(waits);
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

// Makes the next choice, if it falls before tick `before`; returns whether it does. Of the
// transfers that have room then, the first in the queue of those that the earliest pass waits for.
bool DmaTimeline::begin_next(std::int64_t before) {
  const auto ready = [](const Waiting& t) {
    return t.until_filled != 0 || t.until_over != 0 || t.until_done != 0 ? kNever : t.ready;
  };
  std::int64_t first = kNever;
  for (const Waiting& t : waiting_) first = std::min(first, ready(t));
  const std::int64_t choice = std::max(free_, first);
  if (choice >= before) return false;
  auto next = waiting_.end();
  for (auto t = waiting_.begin(); t != waiting_.end(); ++t) {
    if (ready(*t) <= choice && (next == waiting_.end() || t->pass < next->pass)) next = t;
  }
  const Waiting transfer = *next;
  waiting_.erase(next);
  const int crossing = machine_.dma.crossing_cycles;
  const std::int64_t begin = clocks_.link.edge(choice, crossing);
  const std::int64_t end = times_.end(transfer.sort, begin, link_free_, dram_);
  link_free_ = end;
  counts_ += times_.counts(transfer.sort);
  begun(transfer.number) = {end, clocks_.core.edge(end, crossing)};
  for (Waiting& t : waiting_) {
    if (t.until_done != transfer.number) continue;
    t.ready = std::max(t.ready, end);
    t.until_done = 0;
  }
  while (!under_way_.empty() && under_way_.front() <= begin) under_way_.pop_front();
  under_way_.push_back(end);
  free_ = begin;
  if (under_way_.size() >= static_cast<std::size_t>(machine_.dma.outstanding)) {
    free_ = under_way_.front();
    under_way_.pop_front();
  }
  return true;
}

std::int64_t DmaTimeline::seen(TransferNumber transfer) {
  if (transfer < first_) return 0;
  while (begun(transfer).end < 0) {
    if (!begin_next(kNever)) throw std::logic_error("a transfer waits for what never comes");
  }
  return begun(transfer).seen;
}

void DmaTimeline::catch_up(std::int64_t now) {
  while (begin_next(now)) {
  }
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
