#include "sim/fast/memory_timeline.h"

#include <algorithm>

#include "sim/machine/cycles.h"

namespace orrery {

MemoryTimeline::MemoryTimeline(const Machine& machine, const ClockDomains& clocks,
                               const Layer& layer)
    : clocks_(clocks),
      width_(machine.dma.words_per_cycle),
      derating_(machine.dram.derating),
      memory_(memory_setup(machine, layer)),
      last_put_(memory_.channels().size(), -1) {}

void MemoryTimeline::begin(std::int64_t begin, std::int64_t post,
                           const std::vector<Burst>& bursts) {
  const std::size_t number = first_transfer_ + transfers_.size();
  Transfer transfer{.begin = begin, .end = begin + post, .not_passed = bursts.size()};
  for (const Burst& burst : bursts) {
    asked_.push_back({.burst = burst, .transfer = number});
    if (burst.kind == DramKind::kWrite) ++transfer.not_written;
  }
  transfers_.push_back(transfer);
}

bool MemoryTimeline::has_end() const {
  return !transfers_.empty() && transfers_.front().not_passed == 0 &&
         transfers_.front().not_written == 0;
}

std::int64_t MemoryTimeline::take_end() {
  last_end_ = std::max(last_end_, clocks_.link.edge(transfers_.front().end, 0));
  transfers_.pop_front();
  ++first_transfer_;
  while (!asked_.empty() && asked_.front().transfer < first_transfer_) {
    asked_.pop_front();
    ++first_asked_;
  }
  return last_end_;
}

void MemoryTimeline::pass_link() {
  for (; passed_ < first_asked_ + asked_.size(); ++passed_) {
    Asked& asked = asked_[passed_ - first_asked_];
    const bool reads = asked.burst.kind == DramKind::kRead;
    if (reads && asked.done < 0) return;
    Transfer& transfer = transfer_of(asked);
    if (!transfer.begun) {
      link_time_ = clocks_.link.edge(cycles_of(link_time_, width_), 0) * width_;
      transfer.begun = true;
    }
    const std::int64_t can = reads ? asked.done : transfer.begin;
    link_time_ = std::max(link_time_, can * width_) + asked.burst.words * clocks_.link.period;
    const std::int64_t passed = cycles_of(link_time_, width_);
    if (!reads) asked.ready = passed;
    transfer.end = std::max(transfer.end, passed);
    --transfer.not_passed;
  }
}

void MemoryTimeline::collect(DramChannel& channel) {
  for (const DramDone& done : channel.done()) {
    // Tags are the low bits of numbers.
    const auto back =
        static_cast<std::uint32_t>(done.tag - static_cast<std::uint32_t>(first_asked_));
    Asked& asked = asked_[back];
    asked.done = done.at * clocks_.memory.period;
    if (asked.burst.kind == DramKind::kRead) continue;
    Transfer& transfer = transfer_of(asked);
    transfer.end = std::max(transfer.end, asked.done);
    --transfer.not_written;
  }
  channel.done().clear();
}

// The cycle in which the next burst may find room, as things are.
DramCycle MemoryTimeline::next_put() {
  if (put_ == first_asked_ + asked_.size()) return kDramNever;
  const Asked& asked = asked_[put_ - first_asked_];
  const bool reads = asked.burst.kind == DramKind::kRead;
  if (!reads && asked.ready < 0) return kDramNever;
  const std::int64_t from = reads ? transfer_of(asked).begin : asked.ready;
  const auto channel = static_cast<std::size_t>(memory_.map().channel(asked.burst.address));
  return std::max(
      {cycles_of(from, clocks_.memory.period), put_cycle_, last_put_[channel] + 1, no_room_until_});
}

void MemoryTimeline::put(DramCycle now) {
  const Burst& burst = asked_[put_ - first_asked_].burst;
  DramChannel& channel = channel_of(burst);
  channel.advance(now);
  if (channel.has_room(burst.kind)) {
    channel.put(burst.kind, burst.address, static_cast<std::uint32_t>(put_), now);
    last_put_[static_cast<std::size_t>(memory_.map().channel(burst.address))] = now;
    put_cycle_ = now;
    no_room_until_ = 0;
    ++put_;
  } else {
    no_room_until_ = channel.next_event();
  }
  collect(channel);
}

bool MemoryTimeline::step(std::int64_t until) {
  pass_link();
  const DramCycle puts = next_put();
  DramCycle next = puts;
  for (DramChannel& channel : memory_.channels()) {
    if (channel.owed() > 0) next = std::min(next, channel.next_event());
  }
  if (next >= kDramNever || next * clocks_.memory.period > until) return false;
  for (DramChannel& channel : memory_.channels()) {
    if (channel.owed() == 0) continue;
    channel.advance(next);
    collect(channel);
  }
  if (puts == next) put(next);
  pass_link();
  return true;
}

DramUse MemoryTimeline::use(std::int64_t end) {
  return dram_use(memory_, derating_, cycles_of(end, clocks_.memory.period));
}

}  // namespace orrery
