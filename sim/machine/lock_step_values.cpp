#include "sim/machine/lock_step_values.h"

#include <algorithm>
#include <bit>

#include "arch/mac/all.h"

namespace orrery {
namespace {

std::int64_t slots_for(std::int64_t words) {
  return static_cast<std::int64_t>(std::bit_ceil(static_cast<std::uint64_t>(words)));
}

}  // namespace

LockStepValues::LockStepValues(const Machine& machine) : machine_(machine) {
  const Pe& pe = machine.pe;
  // Neighbours take words that the PE itself may no longer need.
  const int held = std::max(pe.fifo_h_words, pe.fifo_v_words) + 1;
  ifmap_.slots = slots_for(std::max(pe.ifmap_spad_words + pe.ifmap_fifo_words, held));
  filter_.slots = slots_for(pe.filter_spad_words + pe.filter_fifo_packets);
}

GatedMacs LockStepValues::play(const LockStepPlan& plan, PeWork work, const MacRegisters& registers,
                               const PassTiles& tiles) {
  work_ = work;
  mac_ = MacUnit(machine_.mac, registers);
  arithmetic_ = registers.arithmetic;
  multiplies_ = mac_.multiplies();
  const int whole_product = 2 * machine_.numbers.operand_bits;
  plain_ = multiplies_ && arithmetic_.overflow == Overflow::kWrap &&
           (arithmetic_.product_bits >= arithmetic_.psum_bits ||
            arithmetic_.product_bits >= whole_product);
  tiles_ = tiles;
  gated_ = {};
  start(Tensor::kIfmap, plan, tiles.ifmap);
  start(Tensor::kFilter, plan, tiles.filter);
  const auto pes = static_cast<std::size_t>(plan.pes);
  psum_.resize(static_cast<std::size_t>(plan.window_psums) * pes);
  chains_.assign(mac_.chain() > 0 ? psum_.size() : 0, {});
  chain_overflows_ = 0;
  matrix_item_ = last_item_ = -1;
  by_matrix_ = false;
  std::size_t window = 0;
  for (const StepRow& step : plan.steps) {
    send_up_to(Tensor::kIfmap, plan, step.ifmap);
    if (work == PeWork::kMultiply) send_up_to(Tensor::kFilter, plan, step.filter);
    std::int32_t* psum = &psum_[static_cast<std::size_t>(step.psum) * pes];
    const MacGroup& group = plan.macs[step.macs];
    work == PeWork::kMultiply ? multiply(group, step, psum) : pool(group, step, psum);
    if (!step.ends) continue;
    const WindowRow& row = plan.windows[window++];
    const PsumGroup& psums = plan.psums[row.group];
    if (log_ != nullptr) log_psums(psums, row.address, window - 1);
    by_matrix_ ? take_from_matrix(psums, row.address) : take_from_pes(psums, row.address);
  }
  return gated_;
}

void LockStepValues::start(Tensor t, const LockStepPlan& plan, const std::int16_t* tile) {
  Registers& registers = t == Tensor::kIfmap ? ifmap_ : filter_;
  registers.items = &plan.items[index(t)];
  registers.groups = &plan.words[index(t)];
  registers.tile = tile;
  registers.sent = 0;
  registers.lanes = static_cast<std::size_t>(plan.lanes[index(t)]);
  registers.words.resize(static_cast<std::size_t>(registers.slots) * registers.lanes);
}

// Moves the words of `item`, and of those before it, into the PEs.
void LockStepValues::send_up_to(Tensor t, const LockStepPlan& plan, std::int64_t item) {
  Registers& registers = t == Tensor::kIfmap ? ifmap_ : filter_;
  for (; registers.sent <= item; ++registers.sent) {
    const std::int64_t k = registers.sent;
    const Item& row = (*registers.items)[static_cast<std::size_t>(k)];
    const WordGroup& group = (*registers.groups)[row.group];
    std::int16_t* to = registers.slot(k);
    const std::int16_t* tile = registers.tile + row.address;
    const bool loses = lost_.tensor == t && lost_.packet == k;
    for (std::size_t i = 0; i < group.lane.size(); ++i) {
      // The lane of a lost word's PE has no other PE.
      if (loses && group.lane[i] == plan.lost_lane) continue;
      to[group.lane[i]] = tile[group.offset[i]];
    }
    const std::int16_t* from = registers.slot(k - group.distance);
    for (std::size_t i = 0; i < group.to.size(); ++i) {
      if (loses && group.to[i] == plan.lost_lane) continue;
      to[group.to[i]] = from[group.from[i]];
    }
  }
}

void LockStepValues::multiply(const MacGroup& group, const StepRow& step, std::int32_t* psum) {
  if (mac_.gates()) count_gated(group, step);
  by_matrix_ = multiply_matrix(group, step);
  if (by_matrix_) return;
  multiplies_ ? multiply_each(group, step, psum) : multiply_by_mac(group, step, psum);
}

void LockStepValues::count_gated(const MacGroup& group, const StepRow& step) {
  const std::int16_t* x = ifmap_.slot(step.ifmap);
  const std::int16_t* w = filter_.slot(step.filter);
  std::int64_t gated = 0;
  for (std::size_t i = 0; i < group.ifmap.size(); ++i)
    gated += mac_.gated(x[group.ifmap[i]], &w[group.filter[i]], 1);
  gated_ += {gated, step.starts ? 0 : gated};
}

// By any datapath.
void LockStepValues::multiply_by_mac(const MacGroup& group, const StepRow& step,
                                     std::int32_t* psum) {
  const std::int16_t* x = ifmap_.slot(step.ifmap);
  const std::int16_t* w = filter_.slot(step.filter);
  for (std::size_t i = 0; i < group.pe.size(); ++i) {
    std::int32_t& p = psum[group.pe[i]];
    const std::int32_t term = mac_.multiply(x[group.ifmap[i]], w[group.filter[i]]);
    if (step.starts) p = 0;
    if (chains_.empty()) {
      p = mac_.accumulate(p, term);
      continue;
    }
    DfpChain& chain = chains_[static_cast<std::size_t>(&p - psum_.data())];
    if (step.starts) chain = {};
    chain_overflows_ += mac_.add_to_chain(chain, p, term) ? 1 : 0;
  }
}

// Whether all the products of the step, and their sums, could be made at once.
bool LockStepValues::multiply_matrix(const MacGroup& group, const StepRow& step) {
  if (group.rows == 0 || !plain_ || arithmetic_.product_shift != 0 || log_ != nullptr) return false;
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

void LockStepValues::multiply_each(const MacGroup& group, const StepRow& step, std::int32_t* psum) {
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

void LockStepValues::pool(const MacGroup& group, const StepRow& step, std::int32_t* psum) {
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
}

void LockStepValues::take_from_pes(const PsumGroup& group, std::int32_t address) {
  std::int32_t* tile = tiles_.psum + address;
  for (std::size_t k = 0; k < group.address.size(); ++k) {
    std::int32_t& psum = tile[group.address[k]];
    std::int32_t total = tiles_.read_psums ? psum : 0;
    for (auto i = group.first[k]; i < group.first[k + 1]; ++i) {
      const auto at = static_cast<std::size_t>(group.from[static_cast<std::size_t>(i)]);
      total = mac_.accumulate(total, part(at));
    }
    psum = total;
  }
}

// Before they reach the tile: with the old psum where the array has taken it, or part by part.
void LockStepValues::log_psums(const PsumGroup& group, std::int32_t address, std::size_t window) {
  const bool spills = machine_.array.psum_route == PsumRoute::kSpill;
  const bool takes = tiles_.read_psums && !machine_.accumulates_at_store();
  for (std::size_t k = 0; k < group.address.size(); ++k) {
    const std::int32_t at = address + group.address[k];
    std::int32_t total = takes ? tiles_.psum[at] : 0;
    const auto leaves = [&](std::int32_t value) {
      log_->psums.push_back({0, at, value, static_cast<std::int32_t>(window)});
    };
    for (auto i = group.first[k]; i < group.first[k + 1]; ++i) {
      const auto from = static_cast<std::size_t>(group.from[static_cast<std::size_t>(i)]);
      spills ? leaves(part(from)) : void(total = mac_.accumulate(total, part(from)));
    }
    if (!spills) leaves(total);
  }
}

// Of a psum, what a PE has of it.
std::int32_t LockStepValues::part(std::size_t at) {
  if (!chains_.empty()) return single_part(at);
  return low_bits(static_cast<std::uint32_t>(psum_[at]), arithmetic_.psum_bits);
}

// A PE's part of a psum, its chain ended.
std::int32_t LockStepValues::single_part(std::size_t at) {
  DfpChain chain = chains_[at];
  return chain.products > 0 ? chain.spill(psum_[at]) : psum_[at];
}

void LockStepValues::take_from_matrix(const PsumGroup& group, std::int32_t address) {
  std::int32_t* tile = tiles_.psum + address;
  for (std::size_t k = 0; k < group.address.size(); ++k) {
    std::int32_t& psum = tile[group.address[k]];
    const auto sum = static_cast<std::uint32_t>(matrix_.psum()[k]) +
                     static_cast<std::uint32_t>(tiles_.read_psums ? psum : 0);
    psum = low_bits(sum, arithmetic_.psum_bits);
  }
}

}  // namespace orrery
