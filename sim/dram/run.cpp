#include "sim/dram/run.h"

#include <bit>

namespace orrery {
namespace {

constexpr std::size_t kPart = 16;  // classes to a doubling

}  // namespace

std::size_t DramLatencies::class_of(std::int64_t cycles) {
  const auto c = static_cast<std::uint64_t>(std::max<std::int64_t>(cycles, 0));
  if (c < kPart) return c;
  const auto doublings = static_cast<std::size_t>(std::bit_width(c)) - 5;  // beyond 16
  return std::min((doublings + 1) * kPart + ((c >> doublings) - kPart), kClasses - 1);
}

std::int64_t DramLatencies::least(std::size_t i) {
  if (i < kPart) return static_cast<std::int64_t>(i);
  const std::size_t doublings = i / kPart - 1;
  return static_cast<std::int64_t>((kPart + i % kPart) << doublings);
}

std::int64_t DramLatencies::quantile(double share) const {
  const auto wanted = share * static_cast<double>(n_);
  std::uint64_t so_far = 0;
  for (std::size_t i = 0; i < kClasses; ++i) {
    so_far += count_[i];
    if (so_far > 0 && static_cast<double>(so_far) >= wanted) return std::min(least(i), most_);
  }
  return most_;
}

DramCounts DramResult::counts() const {
  DramCounts sum;
  for (const DramChannelResult& c : channels) {
    for (std::size_t i = 0; i < kDramCommands; ++i) sum.commands[i] += c.counts.commands[i];
    sum.hits += c.counts.hits;
    sum.misses += c.counts.misses;
    sum.conflicts += c.counts.conflicts;
    sum.begun_hits += c.counts.begun_hits;
    sum.begun_misses += c.counts.begun_misses;
    sum.begun_conflicts += c.counts.begun_conflicts;
    sum.forwarded += c.counts.forwarded;
    sum.merged += c.counts.merged;
  }
  return sum;
}

DramEnergy DramResult::energy() const {
  DramEnergy sum;
  for (const DramChannelResult& c : channels) sum += c.energy;
  return sum;
}

std::uint64_t DramResult::bytes() const {
  return (reads + writes) * static_cast<std::uint64_t>(setup.standard.organization.burst_bytes());
}

void DramRun::collect(DramChannel& channel) {
  for (const DramDone& d : channel.done()) {
    const bool read = d.kind == DramKind::kRead;
    (read ? result_.read_latency : result_.write_latency).add(d.at - d.arrived);
    end_ = std::max(end_, d.at);
  }
  channel.done().clear();
}

void DramRun::feed(const DramRequest& request) {
  const int index = memory_.map().channel(request.address);
  DramChannel& channel = memory_.channels()[static_cast<std::size_t>(index)];
  DramCycle& put = last_put_[static_cast<std::size_t>(index)];
  now_ = std::max({now_, request.cycle, put + 1});
  channel.advance(now_);
  while (!channel.has_room(request.kind)) {
    now_ = channel.next_event();
    channel.advance(now_);
  }
  channel.put(request.kind, request.address, 0, now_);
  put = now_;
  ++(request.kind == DramKind::kRead ? result_.reads : result_.writes);
  if (channel.done().size() >= 256) collect(channel);
}

DramResult DramRun::finish() {
  for (DramChannel& channel : memory_.channels()) {
    while (channel.owed() > 0) channel.advance(channel.next_event());
    collect(channel);
  }
  result_.setup = memory_.setup();
  result_.derating = derating_;
  result_.cycles = end_;
  const DramPrices prices = dram_prices(result_.setup.standard, derating_);
  for (DramChannel& channel : memory_.channels()) {
    channel.advance(end_);
    DramChannelResult r{channel.counts(), channel.state().state_cycles(end_), {}};
    r.energy = dram_energy(prices, r.counts, r.ranks);
    result_.channels.push_back(std::move(r));
  }
  return std::move(result_);
}

}  // namespace orrery
