#include "sim/machine/lock_step_clock.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "sim/machine/cycles.h"

namespace orrery {
namespace {

std::size_t place(PeState s) { return static_cast<std::size_t>(s); }
std::size_t place(BeforeMac b) { return static_cast<std::size_t>(b); }

std::int64_t width_out(const Machine& machine) {
  const Store& store = machine.store_of(Tensor::kPsum);
  const int port = store.accumulates
                       ? std::min(store.write_words_per_cycle, store.read_words_per_cycle)
                       : store.write_words_per_cycle;
  return std::min(machine.noc.psum_out.words_per_cycle, port);
}

std::int64_t least_skew(const Machine& machine) {
  const bool climbs = machine.array.delivery == Delivery::kSystolic ||
                      machine.array.psum_route == PsumRoute::kColumn;
  return climbs ? machine.array.rows - 1 : 0;
}

}  // namespace

LockStepClock::LockStepClock(const Machine& machine)
    : machine_(machine),
      words_per_psum_(machine.words_per_psum()),
      psum_in_width_(std::min(machine.noc.psum_in.words_per_cycle,
                              machine.store_of(Tensor::kPsum).read_words_per_cycle)),
      psum_out_width_(width_out(machine)),
      least_latency_(machine.pe.pipeline_stages + least_skew(machine)),
      psum_in_depth_(static_cast<std::size_t>(machine.pe.psum_in_fifo_packets)),
      psum_out_depth_(static_cast<std::size_t>(machine.pe.psum_out_fifo_packets)),
      adds_at_store_(machine.accumulates_at_store()),
      spills_(machine.array.psum_route == PsumRoute::kSpill) {
  const Pe& pe = machine.pe;
  ifmap_.ring = pe.ifmap_spad_words + pe.ifmap_fifo_words;
  ifmap_.latency = machine.noc.ifmap.latency_cycles;
  filter_.ring = pe.filter_spad_words + pe.filter_fifo_packets;
  filter_.latency = machine.noc.filter.latency_cycles;
  filter_.tensor = Tensor::kFilter;
  for (Path* path : {&ifmap_, &filter_}) {
    path->last_use.assign(std::bit_ceil(static_cast<std::size_t>(path->ring)), 0);
    path->mask = static_cast<std::int64_t>(path->last_use.size()) - 1;
  }
}

bool LockStepClock::shadows(const LockStepPlan& plan) const {
  return machine_.array.shadow_filters && plan.filters_fit && !plan.words[1].empty();
}

std::int64_t LockStepClock::fill_cycles(const LockStepPlan& plan) const {
  std::int64_t cycles = filter_.latency;
  for (const Item& item : plan.items[1]) cycles += plan.words[1][item.group].cycles;
  return cycles;
}

// Charges the cycles until `until` to a state of all mapped PEs.
void LockStepClock::charge(PeState state, std::int64_t until) {
  if (until <= past_.counted) return;
  const std::int64_t cycles = until - past_.counted;
  record_.pe_cycles[place(state)] += static_cast<std::uint64_t>(cycles * past_.mapped);
  record_.cycles += cycles;
  past_.counted = until;
}

void LockStepClock::charge_rest(std::int64_t now) {
  charge(PeState::kDone, std::min(now, past_.done));
}

// The cycles between the last step of the pass before and the begin of this one: first those in
// which its psums are on their way, then those in which only the new filters move.
void LockStepClock::settle(const LockStepPlan& plan, std::int64_t fill_begin, std::int64_t begin) {
  const std::int64_t first = shadows(plan) ? fill_begin : begin;
  charge(PeState::kDone, machine_.array.pipelined ? std::min(past_.done, first) : past_.done);
  past_.counted = std::max(past_.counted, first);
  past_.mapped = plan.pes;
  if (log_ != nullptr && shadows(plan)) log_fill(plan, fill_begin);
  const std::int64_t fills = std::max<std::int64_t>(0, begin - past_.counted);
  record_.wait(BeforeMac::kFilter) += static_cast<std::uint64_t>(fills * past_.mapped);
  charge(PeState::kWaitFilter, begin);
}

void LockStepClock::log_fill(const LockStepPlan& plan, std::int64_t fill_begin) {
  for (const Item& item : plan.items[1]) {
    const std::int64_t end = fill_begin + plan.words[1][item.group].cycles;
    log_->operands[1].push_back({fill_begin, end});
    fill_begin = end;
  }
}

void LockStepClock::start(Path& path, const LockStepPlan& plan, std::int64_t begin) {
  path.items = &plan.items[index(path.tensor)];
  path.groups = &plan.words[index(path.tensor)];
  path.sent = path.dead = 0;
  path.free = path.there = begin;
}

// The cycle in which an item is there; it and those before it are sent as soon as they can be.
template <LockStepClock::Logging kLogging>
std::int64_t LockStepClock::need(Path& path, std::int64_t item) {
  for (; path.sent <= item; ++path.sent) {
    const std::int64_t k = path.sent, before = k - path.ring;
    const std::int64_t cycles =
        (*path.groups)[(*path.items)[static_cast<std::size_t>(k)].group].cycles;
    if (before >= path.dead) {
      throw DeadlockError(fmt::format(
          "the pass can never end on machine {}: a step needs item {} of the {}s, and some word "
          "that is still needed lies in its slot; the spads are too small for this mapping",
          machine_.name, k, name(path.tensor)));
    }
    if (before >= 0)
      path.free =
          std::max(path.free, path.last_use[static_cast<std::size_t>(before & path.mask)] + 1);
    if constexpr (kLogging == Logging::kOn) {
      if (cycles > 0) log_->operands[index(path.tensor)].push_back({path.free, path.free + cycles});
    }
    path.free += cycles;
    path.there = std::max(path.there, path.free + (cycles > 0 ? path.latency : 0));
  }
  return path.there;
}

// Items below `dead` have been used for the last time, in the step just issued.
void LockStepClock::release(Path& path, std::int64_t dead, std::int64_t step) {
  for (; path.dead < dead; ++path.dead)
    path.last_use[static_cast<std::size_t>(path.dead & path.mask)] = step;
}

template <LockStepClock::Logging kLogging>
std::int64_t LockStepClock::need_psums(const LockStepPlan& plan, std::size_t window) {
  if (window >= psum_in_depth_)
    psum_in_free_ = std::max(psum_in_free_, window_end_[window - psum_in_depth_] + 1);
  const PsumGroup& group = plan.psums[plan.windows[window].group];
  const std::int64_t cycles = cycles_of(group.psums * words_per_psum_, psum_in_width_);
  if constexpr (kLogging == Logging::kOn)
    log_->psums_in.push_back({psum_in_free_, psum_in_free_ + cycles});
  psum_in_free_ += cycles;
  return psum_in_free_ + machine_.noc.psum_in.latency_cycles;
}

// The psums of a window go to the GLB.
template <LockStepClock::Logging kLogging>
void LockStepClock::send_psums(const LockStepPlan& plan, std::size_t window, std::int64_t step) {
  const PsumGroup& group = plan.psums[plan.windows[window].group];
  const std::int64_t words = (spills_ ? group.parts : group.psums) * words_per_psum_;
  const std::int64_t ready = step + machine_.pe.pipeline_stages + plan.skew;
  const std::int64_t begin = std::max(past_.psum_out_free, ready);
  past_.psum_out_free = begin + cycles_of(words, psum_out_width_);
  if constexpr (kLogging == Logging::kOn) log_->psums_out.push_back({begin, past_.psum_out_free});
  past_.leaving.push_back(past_.psum_out_free);
}

LockStepRun LockStepClock::run(const LockStepPlan& plan, bool reads_psums, std::int64_t begin) {
  return log_ == nullptr ? take_steps<Logging::kOff>(plan, reads_psums, begin)
                         : take_steps<Logging::kOn>(plan, reads_psums, begin);
}

template <LockStepClock::Logging kLogging>
LockStepRun LockStepClock::take_steps(const LockStepPlan& plan, bool reads_psums,
                                      std::int64_t begin) {
  LockStepRun out;
  const auto wait = [&](PeState cause, std::int64_t until) {
    if (until <= past_.counted) return;
    out.waited[place(cause)] += until - past_.counted;
    if constexpr (kLogging == Logging::kOn) log_->waits.push_back({cause, past_.counted, until});
    past_.counted = until;
  };
  start(ifmap_, plan, begin);
  start(filter_, plan, begin);
  const bool multiplies = !plan.items[1].empty(), takes_psums = reads_psums && !adds_at_store_;
  // The shadow registers take over words that have moved already.
  if (shadows(plan)) filter_.sent = static_cast<std::int64_t>(plan.items[1].size());
  psum_in_free_ = begin;
  window_end_.clear();
  std::vector<std::int64_t>& leaving = past_.leaving;
  for (const StepRow& step : plan.steps) {
    wait(PeState::kWaitIfmap, need<kLogging>(ifmap_, step.ifmap));
    if (multiplies) wait(PeState::kWaitFilter, need<kLogging>(filter_, step.filter));
    if (&step == plan.steps.data()) {
      out.before_first[place(BeforeMac::kIfmap)] = out.waited[place(PeState::kWaitIfmap)];
      out.before_first[place(BeforeMac::kFilter)] = out.waited[place(PeState::kWaitFilter)];
    }
    const std::size_t window = window_end_.size();
    if (step.ends) {
      if (takes_psums) wait(PeState::kWaitPsumIn, need_psums<kLogging>(plan, window));
      if (leaving.size() >= psum_out_depth_)
        wait(PeState::kWaitPsumOut, leaving[leaving.size() - psum_out_depth_]);
    }
    const std::int64_t at = past_.counted++;
    if constexpr (kLogging == Logging::kOn) log_->steps.push_back(at);
    release(ifmap_, step.ifmap_dead, at);
    if (multiplies) release(filter_, step.filter_dead, at);
    if (!step.ends) continue;
    send_psums<kLogging>(plan, window, at);
    window_end_.push_back(at);
  }
  past_.done = past_.psum_out_free + machine_.noc.psum_out.latency_cycles;
  leaving.erase(leaving.begin(),
                leaving.end() - static_cast<std::ptrdiff_t>(leaving_after(past_.counted)));
  out.filters_sent = filter_.free;
  return out;
}

PassTimes LockStepClock::note(const LockStepPlan& plan, const LockStepRun& run,
                              std::int64_t fill_begin, std::int64_t begin) {
  const auto pes = static_cast<std::uint64_t>(plan.pes), steps = plan.steps.size();
  record_.steps += static_cast<std::int64_t>(steps);
  record_.cycles += static_cast<std::int64_t>(steps);
  for (std::size_t i = 0; i < run.waited.size(); ++i) {
    record_.pe_cycles[i] += static_cast<std::uint64_t>(run.waited[i]) * pes;
    record_.cycles += run.waited[i];
  }
  for (std::size_t i = 0; i < run.before_first.size(); ++i)
    record_.before_mac[i] += static_cast<std::uint64_t>(run.before_first[i]) * pes;
  const auto macs = static_cast<std::uint64_t>(plan.sums.macs);
  record_.pe_cycles[place(PeState::kMac)] += macs;
  record_.pe_cycles[place(PeState::kDone)] += steps * pes - macs;
  return {
      .begin = begin,
      .filled = shadows(plan) ? fill_begin + fill_cycles(plan) - filter_.latency : run.filters_sent,
      .handed = machine_.array.pipelined ? past_.counted - 1 : past_.done,
      .done = past_.done};
}

// The i-th window to come waits for the i-th of the last items that the FIFO has places for, and
// cannot issue before cycle earliest + i. Items leave a cycle after each other at the least: where
// one does not matter, none before it does.
std::size_t LockStepClock::leaving_after(std::int64_t earliest) const {
  std::size_t n = 0;
  while (n < std::min(past_.leaving.size(), psum_out_depth_)) {
    const std::int64_t end = past_.leaving[past_.leaving.size() - 1 - n];
    if (end <= earliest + static_cast<std::int64_t>(psum_out_depth_ - 1 - n)) break;
    ++n;
  }
  return n;
}

}  // namespace orrery
