#include "tests/sim/plain_lock_pass.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "arch/mac/all.h"
#include "tests/sim/plain_arithmetic.h"

namespace orrery::test {
namespace {

std::size_t at(int i) { return static_cast<std::size_t>(i); }

bool is_systolic(const Machine& m) { return m.array.delivery == Delivery::kSystolic; }
bool climbs(const Machine& m) { return m.array.psum_route == PsumRoute::kColumn; }

int far_corner(const Machine& m, const LockScript& script) {
  return (is_systolic(m) || climbs(m) ? script.rows - 1 : 0) +
         (is_systolic(m) ? script.cols - 1 : 0);
}

}  // namespace

PlainLockPass::PlainLockPass(const Machine& machine, const Layer& layer, const Mapping& mapping,
                             PlainWork work, const PlainPass& pass, const PlainLoss& loss,
                             PlainTensors& tensors, Counts& counts)
    : machine_(machine),
      arithmetic_(machine.arithmetic(layer)),
      work_(work),
      loss_(loss),
      tensors_(tensors),
      counts_(counts),
      script_(write_lock_script(machine, layer, mapping, pass.box, work == PlainWork::kMultiply)),
      systolic_(is_systolic(machine)),
      shifts_(systolic_ && climbs(machine)),
      climbs_(climbs(machine)),
      reads_(pass.read_psums && !machine.accumulates_at_store()),
      shadows_(machine.array.shadow_filters && !script_.filter.empty() &&
               script_.filter.size() <= at(machine.pe.filter_spad_words)),
      ifmap_(make_bus(Tensor::kIfmap)),
      filter_(make_bus(Tensor::kFilter)),
      commands_(script_.rows + script_.cols),
      collects_(far_corner(machine, script_) + 1),
      swaps_(script_.rows + script_.cols) {
  if (reads_) psum_in_ = make_bus(Tensor::kPsum);
  const Pe& pe = machine.pe;
  pes_.resize(script_.pes.size());
  for (PePlain& p : pes_) {
    p.ifmap.resize(at(pe.ifmap_spad_words + pe.ifmap_fifo_words));
    p.filter.resize(at(pe.filter_spad_words + pe.filter_fifo_packets));
    p.shadow.resize(p.filter.size());
  }
  columns_.resize(at(script_.cols), std::deque<std::int16_t>(at(machine.array.rows)));
  const int longest = script_.rows + script_.cols;
  ifmap_lanes_.resize(at(script_.rows), ShiftRegister<Flit>(longest));
  filter_lanes_.resize(at(script_.cols), ShiftRegister<Flit>(longest));
}

// Cycles by which a PE of a systolic array works after the first one.
int PlainLockPass::wave(int row, int col) const {
  return systolic_ ? script_.rows - 1 - row + col : 0;
}

// Cycles after which a PE's psums meet those that come from below, or leave.
int PlainLockPass::collect_delay(int row, int col) const {
  return climbs_ && !systolic_ ? script_.rows - 1 - row : wave(row, col);
}

// Rows of a systolic array have their own way for ifmap words, columns for filter words.
std::size_t PlainLockPass::lane_of(Tensor t, int pe) const {
  if (!systolic_ || (t == Tensor::kFilter && shifts_)) return 0;
  const LockPe& place = script_.pes[at(pe)];
  return at(t == Tensor::kIfmap ? place.row : place.col);
}

bool PlainLockPass::filters_are_there(std::int64_t now) const {
  return filter_.is_there(static_cast<int>(script_.filter.size()) - 1, now);
}

void PlainLockPass::begin() { filling_ = begun_ = swap_ = true; }

std::optional<PeState> PlainLockPass::issue(std::int64_t now, int psums_leaving) {
  steps_before_ = next_step_;
  const LockStep& step = script_.steps[next_step_];
  if (!ifmap_.is_there(step.ifmap_item, now)) return PeState::kWaitIfmap;
  if (!script_.filter.empty() && !filter_.is_there(step.filter_item, now))
    return PeState::kWaitFilter;
  if (step.ends_window) {
    if (reads_ && !psum_in_.is_there(step.window, now)) return PeState::kWaitPsumIn;
    if (psums_leaving >= machine_.pe.psum_out_fifo_packets) return PeState::kWaitPsumOut;
    if (reads_) {
      incoming_[step.window] = psums_in_.front();
      psums_in_.pop_front();
    }
  }
  command_ = static_cast<int>(next_step_++);
  return std::nullopt;
}

// Between buses and PEs, and between PEs, everything moves on by a cycle.
void PlainLockPass::move(std::int64_t now) {
  land(Tensor::kIfmap, ifmap_.arriving(now));
  land(Tensor::kFilter, filter_.arriving(now));
  commands_.shift(std::exchange(command_, std::nullopt));
  swaps_.shift(std::exchange(swap_, false) ? std::optional(true) : std::nullopt);
  std::optional<int> collecting;
  for (int pe = 0; pe < static_cast<int>(pes_.size()); ++pe) {
    const int stage = wave(script_.pes[at(pe)].row, script_.pes[at(pe)].col);
    store(Tensor::kIfmap, pe, stage);
    store(Tensor::kFilter, pe, stage);
    if (shadows_ && swaps_.at(stage)) pes_[at(pe)].filter = pes_[at(pe)].shadow;
    if (commands_.at(stage)) work(pe, *commands_.at(stage));
  }
  if (const auto step = commands_.at(0); step && script_.steps[at(*step)].ends_window)
    collecting = script_.steps[at(*step)].window;
  collects_.shift(collecting);
  collect(now);
}

void PlainLockPass::store(Tensor t, int pe, int stage) {
  const bool ifmap = t == Tensor::kIfmap;
  auto& lanes = ifmap ? ifmap_lanes_ : filter_lanes_;
  const std::optional<Flit>& flit = lanes[lane_of(t, pe)].at(stage);
  if (!flit || !flit->value_of.contains(pe)) return;
  ++counts_[ifmap ? Action::spad_ifmap_fill : Action::spad_filter_fill];
  if (loss_.tensor == t && loss_.item == flit->item && loss_.pe == pe) return;
  PePlain& p = pes_[at(pe)];
  std::vector<Slot>& ring = ifmap ? p.ifmap : (shadows_ ? p.shadow : p.filter);
  ring[at(flit->item) % ring.size()] = {flit->item, flit->value_of.at(pe)};
}

std::int16_t PlainLockPass::ring_word(const std::vector<Slot>& ring, int item) const {
  const Slot& slot = ring[at(item) % ring.size()];
  if (slot.item != item && loss_.item < 0) throw std::logic_error("a word is not where it must be");
  return slot.value;
}

std::int16_t PlainLockPass::ifmap_word(int pe, int step, const LockUse& use) {
  PePlain& p = pes_[at(pe)];
  std::int16_t x = 0;
  if (use.from < 0) {
    x = ring_word(p.ifmap, script_.steps[at(step)].ifmap_item);
  } else {
    const auto& held = pes_[at(use.from)].held;
    x = std::ranges::find(held, step - use.distance, [](const auto& h) { return h.first; })->second;
    ++counts_[Action::noc_ifmap_hop];
    ++counts_[Action::spad_ifmap_fill];
  }
  const int steps = std::max(machine_.pe.fifo_h_words, machine_.pe.fifo_v_words);
  p.held.emplace_back(step, x);
  while (p.held.front().first < step - steps) p.held.pop_front();
  return x;
}

// A PE takes its part in a step.
void PlainLockPass::work(int pe, int step) {
  const LockStep& plan = script_.steps[at(step)];
  const LockUse& use = plan.uses[at(pe)];
  PePlain& p = pes_[at(pe)];
  if (use.works) {
    const std::int16_t x = ifmap_word(pe, step, use);
    ++counts_[Action::spad_ifmap_operand_read];
    if (work_ == PlainWork::kMultiply) {
      multiply(p, use, x, ring_word(p.filter, plan.filter_item));
    } else {
      ++counts_[Action::pool_none_compute];
      add(p, use, x, true);
    }
  }
  if (!plan.ends_window) return;
  p.leaving[plan.window] = std::exchange(p.psums, {});
}

void PlainLockPass::multiply(PePlain& p, const LockUse& use, std::int16_t x, std::int16_t w) {
  const bool gated = x == 0 && find_mac(machine_.mac)->gates();
  ++counts_[gated ? Action::mac_none_gate : Action::mac_none_compute];
  if (!gated) ++counts_[Action::spad_filter_operand_read];
  add(p, use, plain_product(x, w, arithmetic_), !gated);
}

void PlainLockPass::add(PePlain& p, const LockUse& use, std::int32_t term, bool switches) {
  if (use.starts) {
    if (machine_.pe.psum_spad_words > 0) ++counts_[Action::spad_psum_first_write];
    p.psums[use.psum] = term;
    return;
  }
  p.psums.at(use.psum) = combine(p.psums.at(use.psum), term);
  counts_[Action::spad_psum_update_read] += switches ? 1u : 0u;
  counts_[Action::spad_psum_update_write] += switches ? 1u : 0u;
}

std::int32_t PlainLockPass::combine(std::int32_t a, std::int32_t b) const {
  return work_ == PlainWork::kMax ? std::max(a, b) : plain_sum(a, b, arithmetic_);
}

// Psums climb a row, or leave their PE.
void PlainLockPass::collect(std::int64_t now) {
  Climbing old;
  old.swap(climbing_);
  for (int pe = 0; pe < static_cast<int>(pes_.size()); ++pe) {
    const LockPe& place = script_.pes[at(pe)];
    const auto window = collects_.at(collect_delay(place.row, place.col));
    if (window) meet(pe, *window, old[{place.row, place.col}]);
  }
  for (auto& [place, flits] : old) {
    const auto window = collects_.at(collect_delay(place.first, place.second));
    if (!window && !flits.empty()) throw std::logic_error("a psum climbs at another pace");
    for (const PsumFlit& flit : flits) {
      if (climbs_ && place.first > 0) {
        climbing_[{place.first - 1, place.second}].push_back(flit);
      } else {
        exits_[*window].push_back(flit);
      }
    }
  }
  if (const auto window = collects_.at(far_corner(machine_, script_))) {
    out_.push_back(leave(*window));
    out_.back().ready = now + machine_.pe.pipeline_stages;
  }
}

// A PE's own psums of a window meet those that have come up to it.
void PlainLockPass::meet(int pe, int window, std::vector<PsumFlit>& flits) {
  for (const auto& [psum, own] : pes_[at(pe)].leaving.at(window)) {
    const std::vector<int>& all = script_.windows[at(window)].at(psum);
    if (machine_.pe.psum_spad_words > 0) ++counts_[Action::spad_psum_drain_read];
    auto below = climbs_ ? std::ranges::find(flits, psum, &PsumFlit::psum) : flits.end();
    if (below != flits.end()) {
      below->value = combine(below->value, own);
      ++counts_[Action::adder_none_merge];
    } else {
      flits.push_back({psum, own, script_.pes[at(pe)].place});
      if (reads_ && machine_.array.psum_route != PsumRoute::kTree) {
        flits.back().value = combine(incoming_.at(window).at(psum), own);
        ++counts_[Action::adder_none_merge];
      }
    }
    if (climbs_ && pe != all.front()) counts_[Action::noc_psum_hop] += psum_words(1);
  }
  pes_[at(pe)].leaving.erase(window);
}

// What the psum-out bus takes: in a tree the sums, otherwise all that comes, in the order of the
// nest.
OutItem PlainLockPass::leave(int window) {
  OutItem item;
  const bool tree = machine_.array.psum_route == PsumRoute::kTree;
  std::map<Word, std::int32_t> sums;
  if (tree && reads_) sums = incoming_.at(window);
  std::ranges::stable_sort(exits_[window], {}, &PsumFlit::place);
  for (const PsumFlit& flit : exits_[window]) {
    if (!tree) {
      item.psums.emplace_back(flit.psum, flit.value);
      continue;
    }
    const auto [sum, first] = sums.try_emplace(flit.psum, flit.value);
    if (first) continue;
    sum->second = combine(sum->second, flit.value);
    ++counts_[Action::adder_none_merge];
  }
  item.psums.insert(item.psums.end(), sums.begin(), sums.end());
  exits_.erase(window);
  return item;
}

}  // namespace orrery::test
