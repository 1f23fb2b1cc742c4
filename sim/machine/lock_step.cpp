#include "sim/machine/lock_step.h"

#include <fmt/format.h>

#include <bit>
#include <utility>

#include "arch/mac/all.h"
#include "sim/machine/cycles.h"

namespace orrery {
namespace {

std::size_t place(PeState s) { return static_cast<std::size_t>(s); }

std::int64_t psum_out_width(const Machine& machine) {
  const Store& store = machine.store_of(Tensor::kPsum);
  const int port = store.accumulates
                       ? std::min(store.write_words_per_cycle, store.read_words_per_cycle)
                       : store.write_words_per_cycle;
  return std::min(machine.noc.psum_out.words_per_cycle, port);
}

}  // namespace

LockStepArray::LockStepArray(const Machine& machine)
    : machine_(machine),
      words_per_psum_(machine.words_per_psum()),
      psum_in_width_(std::min(machine.noc.psum_in.words_per_cycle,
                              machine.store_of(Tensor::kPsum).read_words_per_cycle)),
      psum_out_width_(psum_out_width(machine)),
      adds_at_store_(machine.accumulates_at_store()),
      has_psum_spad_(machine.pe.psum_spad_words > 0),
      gates_(find_mac(machine.mac)->gates) {
  const Pe& pe = machine.pe;
  ifmap_.ring = pe.ifmap_spad_words + pe.ifmap_fifo_words;
  ifmap_.latency = machine.noc.ifmap.latency_cycles;
  ifmap_.slots = static_cast<std::int64_t>(std::bit_ceil(static_cast<std::uint64_t>(
      std::max<std::int64_t>(ifmap_.ring, std::max(pe.fifo_h_words, pe.fifo_v_words) + 1))));
  filter_.ring = pe.filter_spad_words + pe.filter_fifo_packets;
  filter_.latency = machine.noc.filter.latency_cycles;
  filter_.slots =
      static_cast<std::int64_t>(std::bit_ceil(static_cast<std::uint64_t>(filter_.ring)));
  for (Path* path : {&ifmap_, &filter_})
    path->last_use.assign(static_cast<std::size_t>(path->ring), 0);
  window_end_.assign(static_cast<std::size_t>(pe.psum_in_fifo_packets), 0);
  psum_out_end_.assign(static_cast<std::size_t>(pe.psum_out_fifo_packets), 0);
}

bool LockStepArray::shadows(const LockStepPlan& plan) const {
  return machine_.array.shadow_filters && plan.filters_fit && !plan.words[1].empty();
}

std::int64_t LockStepArray::fill_cycles(const LockStepPlan& plan) const {
  std::int64_t cycles = filter_.latency;
  for (const Item& item : plan.items[1]) cycles += plan.words[1][item.group].cycles;
  return cycles;
}

PassTimes LockStepArray::play(const LockStepPlan& plan, PeWork work, const Arithmetic& arithmetic,
                              const PassTiles& tiles, std::int64_t fill_begin, std::int64_t begin) {
  work_ = work;
  arithmetic_ = arithmetic;
  const int whole = 2 * machine_.numbers.operand_bits;
  plain_ = arithmetic.overflow == Overflow::kWrap &&
           (arithmetic.product_bits >= arithmetic.psum_bits || arithmetic.product_bits >= whole);
  tiles_ = tiles;
  settle(plan, fill_begin, begin);
  start(ifmap_, Tensor::kIfmap, plan, begin);
  start(filter_, Tensor::kFilter, plan, begin);
  psum_.resize(static_cast<std::size_t>(plan.window_psums) * static_cast<std::size_t>(plan.pes));
  matrix_item_ = last_item_ = -1;
  psum_in_free_ = begin;
  psum_in_sent_ = 0;
  if (shadows(plan)) prefill(plan);
  std::int64_t window = 0;
  for (const StepRow& step : plan.steps) {
    issue(plan, step, window);
    this->work(plan, step);
    if (step.ends) finish_window(plan, window++);
  }
  done_ = psum_out_free_ + machine_.noc.psum_out.latency_cycles;
  return {.begin = begin,
          .filled = shadows(plan) ? fill_begin + fill_cycles(plan) - filter_.latency : filter_.free,
          .handed = machine_.array.pipelined ? last_step_ : done_,
          .done = done_};
}

// Charges the cycles until `until` to a state of all mapped PEs.
void LockStepArray::charge(PeState state, std::int64_t until) {
  if (until <= counted_) return;
  const auto pe_cycles = static_cast<std::uint64_t>((until - counted_) * mapped_);
  record_.pe_cycles[place(state)] += pe_cycles;
  if (first_ && state == PeState::kWaitIfmap) record_.wait(BeforeMac::kIfmap) += pe_cycles;
  if (first_ && state == PeState::kWaitFilter) record_.wait(BeforeMac::kFilter) += pe_cycles;
  record_.cycles += until - counted_;
  counted_ = until;
}

// The cycles between the last step of the pass before and the begin of this one: first those in
// which its psums are on their way, then those in which only the new filters move.
void LockStepArray::settle(const LockStepPlan& plan, std::int64_t fill_begin, std::int64_t begin) {
  const std::int64_t first = shadows(plan) ? fill_begin : begin;
  charge(PeState::kDone, machine_.array.pipelined ? std::min(done_, first) : done_);
  counted_ = std::max(counted_, first);
  mapped_ = plan.pes;
  first_ = true;
  charge(PeState::kWaitFilter, begin);
}

void LockStepArray::start(Path& path, Tensor t, const LockStepPlan& plan, std::int64_t begin) {
  path.items = &plan.items[index(t)];
  path.sent = path.dead = 0;
  path.free = path.there = begin;
  path.lanes = static_cast<std::size_t>(plan.lanes[index(t)]);
  path.words.resize(static_cast<std::size_t>(path.slots) * path.lanes);
}

// The shadow registers take over: words that have moved already.
void LockStepArray::prefill(const LockStepPlan& plan) {
  for (std::size_t k = 0; k < plan.items[1].size(); ++k)
    send(filter_, Tensor::kFilter, plan, static_cast<std::int64_t>(k));
  filter_.sent = static_cast<std::int64_t>(plan.items[1].size());
}

// The cycle in which an item is there; it and those before it are sent as soon as they can be.
std::int64_t LockStepArray::need(Path& path, Tensor t, const LockStepPlan& plan,
                                 std::int64_t item) {
  for (; path.sent <= item; ++path.sent) {
    const std::int64_t k = path.sent;
    const std::int64_t cycles =
        plan.words[index(t)][(*path.items)[static_cast<std::size_t>(k)].group].cycles;
    if (k - path.ring >= path.dead) {
      throw DeadlockError(fmt::format(
          "the pass can never end on machine {}: a step needs item {} of the {}s, and some word "
          "that is still needed lies in its slot; the spads are too small for this mapping",
          machine_.name, k, name(t)));
    }
    if (k >= path.ring)
      path.free = std::max(path.free, path.last_use[static_cast<std::size_t>(k % path.ring)] + 1);
    path.free += cycles;
    path.there = std::max(path.there, path.free + (cycles > 0 ? path.latency : 0));
    send(path, t, plan, k);
  }
  return path.there;
}

// Moves the words of item k into the PEs.
void LockStepArray::send(Path& path, Tensor t, const LockStepPlan& plan, std::int64_t k) {
  const bool ifmap = t == Tensor::kIfmap;
  const Item& item = (*path.items)[static_cast<std::size_t>(k)];
  const WordGroup& group = plan.words[index(t)][item.group];
  std::int16_t* to = path.slot(k);
  const std::int16_t* tile = (ifmap ? tiles_.ifmap : tiles_.filter) + item.address;
  const bool loses = lost_.tensor == t && lost_.packet == k;
  const auto words = static_cast<std::int64_t>(group.bus.size());
  std::int64_t made = 0;
  for (std::size_t i = 0; i < group.lane.size(); ++i) {
    // The lane of a lost word's PE has no other PE.
    if (loses && group.lane[i] == plan.lost_lane) continue;
    to[group.lane[i]] = tile[group.offset[i]];
  }
  if (ifmap && tiles_.padding != nullptr) {
    for (const std::int32_t offset : group.bus) made += tiles_.padding[item.address + offset];
  }
  const std::int16_t* from = path.slot(k - group.distance);
  for (std::size_t i = 0; i < group.to.size(); ++i) {
    if (loses && group.to[i] == plan.lost_lane) continue;
    to[group.to[i]] = from[group.from[i]];
  }
  using enum Action;
  const auto add = [&](Action a, std::int64_t n) {
    record_.counts[a] += static_cast<std::uint64_t>(n);
  };
  add(ifmap ? glb_ifmap_array_read : glb_filter_array_read, words - made);
  add(ifmap ? noc_ifmap_bus_word : noc_filter_bus_word, words);
  add(ifmap ? noc_ifmap_delivery : noc_filter_delivery, group.deliveries);
  add(ifmap ? noc_ifmap_hop : noc_filter_hop, group.hops);
  add(ifmap ? spad_ifmap_fill : spad_filter_fill, group.fills);
}

// Items below `dead` have been used for the last time, in the step just issued.
void LockStepArray::release(Path& path, std::int64_t dead) {
  for (; path.dead < dead; ++path.dead)
    path.last_use[static_cast<std::size_t>(path.dead % path.ring)] = last_step_;
}

std::int64_t LockStepArray::need_psums(const LockStepPlan& plan, std::int64_t window) {
  const auto depth = static_cast<std::int64_t>(window_end_.size());
  for (; psum_in_sent_ <= window; ++psum_in_sent_) {
    const std::int64_t j = psum_in_sent_;
    const PsumGroup& group = plan.psums[plan.windows[static_cast<std::size_t>(j)].group];
    if (j >= depth)
      psum_in_free_ = std::max(psum_in_free_, window_end_[static_cast<std::size_t>(j % depth)] + 1);
    psum_in_free_ += cycles_of(group.psums() * words_per_psum_, psum_in_width_);
  }
  return psum_in_free_ + machine_.noc.psum_in.latency_cycles;
}

// Finds the cycle of a step, and charges the cycles before it to what it waits for.
void LockStepArray::issue(const LockStepPlan& plan, const StepRow& step, std::int64_t window) {
  std::int64_t at = std::max(last_step_ + 1, counted_);
  const auto wait = [&](PeState state, std::int64_t until) {
    charge(state, until);
    at = std::max(at, until);
  };
  wait(PeState::kWaitIfmap, need(ifmap_, Tensor::kIfmap, plan, step.ifmap));
  if (work_ == PeWork::kMultiply)
    wait(PeState::kWaitFilter, need(filter_, Tensor::kFilter, plan, step.filter));
  if (step.ends) {
    if (tiles_.read_psums && !adds_at_store_) wait(PeState::kWaitPsumIn, need_psums(plan, window));
    const auto depth = static_cast<std::int64_t>(psum_out_end_.size());
    if (psum_out_items_ >= depth)
      wait(PeState::kWaitPsumOut, psum_out_end_[static_cast<std::size_t>(psum_out_items_ % depth)]);
  }
  last_step_ = at;
  release(ifmap_, step.ifmap_dead);
  if (work_ == PeWork::kMultiply) release(filter_, step.filter_dead);
}

void LockStepArray::work(const LockStepPlan& plan, const StepRow& step) {
  const MacGroup& group = plan.macs[step.macs];
  std::int32_t* psum =
      &psum_[static_cast<std::size_t>(step.psum) * static_cast<std::size_t>(plan.pes)];
  const auto busy = static_cast<std::int64_t>(group.pe.size());
  first_ = false;
  ++record_.steps;
  ++record_.cycles;
  ++counted_;
  record_.pe_cycles[place(PeState::kMac)] += static_cast<std::uint64_t>(busy);
  record_.pe_cycles[place(PeState::kDone)] += static_cast<std::uint64_t>(mapped_ - busy);
  record_.counts[Action::spad_ifmap_operand_read] += static_cast<std::uint64_t>(busy);
  if (work_ == PeWork::kMultiply) {
    multiply(group, step, psum);
  } else {
    pool(group, step, psum);
  }
}

void LockStepArray::multiply(const MacGroup& group, const StepRow& step, std::int32_t* psum) {
  const std::int16_t* x = ifmap_.slot(step.ifmap);
  const std::size_t n = group.pe.size();
  std::uint64_t gated = 0;
  if (gates_) {
    for (std::size_t i = 0; i < n; ++i) gated += x[group.ifmap[i]] == 0 ? 1 : 0;
  }
  by_matrix_ = multiply_matrix(group, step);
  if (!by_matrix_) multiply_each(group, step, psum);
  Counts& counts = record_.counts;
  counts[Action::mac_none_gate] += gated;
  counts[Action::mac_none_compute] += n - gated;
  counts[Action::spad_filter_operand_read] += n - gated;
  counts[Action::spad_psum_first_write] += step.starts && has_psum_spad_ ? n : 0;
  counts[Action::spad_psum_update_read] += step.starts ? 0 : n - gated;
  counts[Action::spad_psum_update_write] += step.starts ? 0 : n - gated;
}

// Whether all the products of the step, and their sums, could be made at once.
bool LockStepArray::multiply_matrix(const MacGroup& group, const StepRow& step) {
  if (group.rows == 0 || !plain_ || arithmetic_.product_shift != 0) return false;
  const bool again = step.filter == last_item_ && step.macs == last_group_;
  last_item_ = step.filter;
  last_group_ = step.macs;
  if (!again) return false;
  if (matrix_item_ != step.filter || matrix_group_ != step.macs) {
    matrix_.load(group.rows, group.cols, filter_.slot(step.filter), group.filter.data());
    matrix_item_ = step.filter;
    matrix_group_ = step.macs;
  }
  const std::int16_t* x = ifmap_.slot(step.ifmap);
  row_words_.resize(group.rows);
  for (std::size_t r = 0; r < group.rows; ++r) row_words_[r] = x[group.ifmap[r * group.cols]];
  matrix_.multiply(row_words_);
  return true;
}

void LockStepArray::multiply_each(const MacGroup& group, const StepRow& step, std::int32_t* psum) {
  const std::int16_t* x = ifmap_.slot(step.ifmap);
  const std::int16_t* w = filter_.slot(step.filter);
  const std::size_t n = group.pe.size();
  const int shift = arithmetic_.product_shift;
  if (plain_) {
    for (std::size_t i = 0; i < n; ++i) {
      std::int32_t& p = psum[group.pe[i]];
      const std::int32_t term = (std::int32_t{x[group.ifmap[i]]} * w[group.filter[i]]) >> shift;
      const std::uint32_t old = step.starts ? 0 : static_cast<std::uint32_t>(p);
      p = static_cast<std::int32_t>(old + static_cast<std::uint32_t>(term));
    }
    return;
  }
  for (std::size_t i = 0; i < n; ++i) {
    std::int32_t& p = psum[group.pe[i]];
    p = add(step.starts ? 0 : p, product(x[group.ifmap[i]], w[group.filter[i]], arithmetic_),
            arithmetic_);
  }
}

void LockStepArray::pool(const MacGroup& group, const StepRow& step, std::int32_t* psum) {
  const std::int16_t* x = ifmap_.slot(step.ifmap);
  const std::size_t n = group.pe.size();
  for (std::size_t i = 0; i < n; ++i) {
    std::int32_t& p = psum[group.pe[i]];
    const std::int32_t word = x[group.ifmap[i]];
    if (step.starts) {
      p = word;
    } else {
      p = work_ == PeWork::kMax ? std::max(p, word) : add(p, word, arithmetic_);
    }
  }
  Counts& counts = record_.counts;
  counts[Action::pool_none_compute] += n;
  counts[Action::spad_psum_first_write] += step.starts && has_psum_spad_ ? n : 0;
  counts[Action::spad_psum_update_read] += step.starts ? 0 : n;
  counts[Action::spad_psum_update_write] += step.starts ? 0 : n;
}

void LockStepArray::take_from_pes(const PsumGroup& group, std::int32_t address) {
  std::int32_t* tile = tiles_.psum + address;
  for (std::size_t k = 0; k < group.address.size(); ++k) {
    std::int32_t& psum = tile[group.address[k]];
    std::int32_t total = tiles_.read_psums ? psum : 0;
    for (auto i = group.first[k]; i < group.first[k + 1]; ++i) {
      const std::int32_t part =
          psum_[static_cast<std::size_t>(group.from[static_cast<std::size_t>(i)])];
      total = add(total, low_bits(static_cast<std::uint32_t>(part), arithmetic_.psum_bits),
                  arithmetic_);
    }
    psum = total;
  }
}

void LockStepArray::take_from_matrix(const PsumGroup& group, std::int32_t address) {
  std::int32_t* tile = tiles_.psum + address;
  for (std::size_t k = 0; k < group.address.size(); ++k) {
    std::int32_t& psum = tile[group.address[k]];
    const auto sum = static_cast<std::uint32_t>(matrix_.psum()[k]) +
                     static_cast<std::uint32_t>(tiles_.read_psums ? psum : 0);
    psum = low_bits(sum, arithmetic_.psum_bits);
  }
}

// The psums of a window meet and go to the GLB.
void LockStepArray::finish_window(const LockStepPlan& plan, std::int64_t window) {
  const WindowRow& row = plan.windows[static_cast<std::size_t>(window)];
  const PsumGroup& group = plan.psums[row.group];
  by_matrix_ ? take_from_matrix(group, row.address) : take_from_pes(group, row.address);
  count_psums(group);
  const bool spills = machine_.array.psum_route == PsumRoute::kSpill;
  const std::int64_t words = (spills ? group.parts() : group.psums()) * words_per_psum_;
  const std::int64_t ready = last_step_ + machine_.pe.pipeline_stages + plan.skew;
  psum_out_free_ = std::max(psum_out_free_, ready) + cycles_of(words, psum_out_width_);
  psum_out_end_[static_cast<std::size_t>(
      psum_out_items_ % static_cast<std::int64_t>(psum_out_end_.size()))] = psum_out_free_;
  ++psum_out_items_;
  window_end_[static_cast<std::size_t>(window % static_cast<std::int64_t>(window_end_.size()))] =
      last_step_;
}

// Every PE's part is read; parts of one psum, and the old psum where it is read, are added.
void LockStepArray::count_psums(const PsumGroup& group) {
  using enum Action;
  const auto count = [&](Action a, std::int64_t n) {
    record_.counts[a] += static_cast<std::uint64_t>(n);
  };
  const std::int64_t psums = group.psums(), parts = group.parts(), wide = words_per_psum_;
  const PsumRoute route = machine_.array.psum_route;
  const bool spills = route == PsumRoute::kSpill;
  const std::int64_t old = tiles_.read_psums ? psums : 0;
  const std::int64_t out = spills ? parts : psums;
  const std::int64_t in = adds_at_store_ ? 0 : old;
  count(spad_psum_drain_read, has_psum_spad_ ? parts : 0);
  count(adder_none_merge, parts - psums + old);
  count(noc_psum_hop, route == PsumRoute::kColumn ? (parts - psums) * wide : 0);
  count(noc_psum_bus_word, (in + out) * wide);
  count(noc_psum_delivery, (in + out) * wide);
  count(glb_psum_array_write, out * wide);
  count(glb_psum_array_read, (spills ? parts - psums + old : old) * wide);
}

PassRecord LockStepArray::take_record(std::int64_t now) {
  charge(PeState::kDone, std::min(now, done_));
  return std::exchange(record_, {});
}

}  // namespace orrery
