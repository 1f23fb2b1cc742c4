#include "sim/machine/lock_step_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "arch/mac/all.h"
#include "sim/machine/lock_step_groups.h"
#include "sim/machine/stepper.h"
#include "workloads/input/input_error.h"

namespace orrery {
namespace {

constexpr std::size_t kMostKinds = 64;

constexpr std::array kOperands{Tensor::kIfmap, Tensor::kFilter};

class Planner {
 public:
  Planner(const LockStepPass& pass, PeWork work, const Machine& machine, const LostWord& lost,
          PlanFor what)
      : pass_(pass),
        program_(pass.program),
        machine_(machine),
        work_(work),
        mac_(find_mac(machine.mac)->traits),
        groups_(pass, machine, lost, what, plan_) {
    plan_.pes = static_cast<int>(pass.pes.size());
    plan_.window_psums = program_.window_psums;
    plan_.filters_fit = program_.filter_words <= machine.pe.filter_spad_words;
    const bool systolic = machine.array.delivery == Delivery::kSystolic;
    if (systolic || machine.array.psum_route == PsumRoute::kColumn)
      plan_.skew = machine.array.rows - 1;
    if (systolic) plan_.skew += pass.cols - 1;
    find_kinds();
    find_slots();
    find_operations();
  }

  LockStepPlan plan() {
    unroll();
    for (const Tensor t : kOperands) {
      if (uses(t)) finish_items(t);
    }
    sum_up();
    return std::move(plan_);
  }

 private:
  // Of the PEs of a kind: their number, the ifmap item of the operation before, and by slot the
  // products of the chain that is open.
  struct Operations {
    std::int64_t pes = 0;
    std::int32_t ifmap = -1;
    std::vector<int> chain;
  };
  using Counts = std::array<int, PassProgram::kMaxCounters>;

  bool uses(Tensor t) const { return t == Tensor::kIfmap || work_ == PeWork::kMultiply; }
  std::size_t counters() const { return static_cast<std::size_t>(program_.counters); }

  void find_kinds() {
    for (std::size_t i = 0; i < counters(); ++i) {
      working_[i].assign(static_cast<std::size_t>(program_.counter[i].bound), 0);
      for (std::size_t kind = 0; kind < pass_.bounds.size(); ++kind) {
        for (int v = 0; v < pass_.bounds[kind][i]; ++v)
          working_[i][static_cast<std::size_t>(v)] |= PeKinds{1} << kind;
      }
    }
  }

  // Kinds that work at counters s, looking at those in [from, to).
  PeKinds working(const Counts& s, std::size_t from, std::size_t to) const {
    PeKinds kinds = ~PeKinds{0};
    for (std::size_t i = from; i < to; ++i) kinds &= working_[i][static_cast<std::size_t>(s[i])];
    return kinds;
  }

  std::int32_t address(Tensor t, const Counts& s, std::size_t from, std::size_t to) const {
    std::int32_t words = 0;
    for (std::size_t i = from; i < to; ++i) words += s[i] * pass_.stride[index(t)][i];
    return words;
  }

  // Takes the counters of [from, to) that `moves` accepts to their next value; false at the end.
  template <class Moves>
  bool next(Counts& s, std::size_t from, std::size_t to, Moves moves) const {
    for (std::size_t i = to; i-- > from;) {
      if (!moves(i)) continue;
      if (++s[i] < program_.counter[i].bound) return true;
      s[i] = 0;
    }
    return false;
  }

  void find_slots() {
    const auto window = static_cast<std::size_t>(program_.window);
    slots_.resize(static_cast<std::size_t>(program_.window_psums));
    Counts s{};
    do {
      int slot = 0;
      for (std::size_t i = window; i < counters(); ++i)
        slot += s[i] * program_.counter[i].psum_stride;
      slots_[static_cast<std::size_t>(slot)] = {address(Tensor::kPsum, s, window, counters()),
                                                working(s, window, counters())};
    } while (
        next(s, window, counters(), [&](std::size_t i) { return !program_.counter[i].reduction; }));
  }

  void unroll() {
    const StepTable table(program_);
    Stepper steps;
    steps.start(table);
    prepare_items(Tensor::kIfmap, program_.ifmap_words);
    if (uses(Tensor::kFilter)) prepare_items(Tensor::kFilter, program_.filter_words);
    const auto window = static_cast<std::size_t>(program_.window);
    Counts s{};
    do {
      const PeKinds kinds = working(s, 0, counters());
      StepRow row;
      row.ifmap = note_item(Tensor::kIfmap, steps.ifmap_at(), s, kinds);
      if (uses(Tensor::kFilter))
        row.filter = note_item(Tensor::kFilter, steps.filter_at(), s, kinds);
      row.psum = steps.psum_at();
      row.starts = steps.fresh();
      row.macs = groups_.macs(kinds, slots_);
      note_operations(kinds, row);
      row.ends = steps.advance(1);
      if (row.ends) end_chains();
      row.ifmap_dead = steps.dead_ifmap(program_.ifmap_words);
      row.filter_dead = steps.dead_filter(program_.filter_words);
      plan_.steps.push_back(row);
      if (row.ends)
        plan_.windows.push_back(
            {address(Tensor::kPsum, s, 0, window), groups_.leaving(working(s, 0, window), slots_)});
    } while (next(s, 0, counters(), [](std::size_t) { return true; }));
  }

  // What PEs of each kind that works in a step do beside the multiplication.
  void note_operations(PeKinds kinds, const StepRow& row) {
    if (!mac_.tables && !mac_.singles) return;
    for (std::size_t kind = 0; kind < pass_.bounds.size(); ++kind) {
      if ((kinds >> kind & 1) == 0) continue;
      Operations& did = operations_[kind];
      if (std::exchange(did.ifmap, row.ifmap) != row.ifmap) plan_.sums.new_ifmaps += did.pes;
      int& chain = did.chain[static_cast<std::size_t>(row.psum)];
      if (++chain < machine_.mac_options.chain) continue;
      plan_.sums.spills += did.pes;
      chain = 0;
    }
  }

  // At the end of a window.
  void end_chains() {
    for (Operations& did : operations_) {
      for (int& chain : did.chain) plan_.sums.spills += std::exchange(chain, 0) > 0 ? did.pes : 0;
    }
  }

  void find_operations() {
    if (!mac_.tables && !mac_.singles) return;
    operations_.resize(pass_.bounds.size());
    for (Operations& did : operations_)
      did.chain.resize(static_cast<std::size_t>(program_.window_psums));
    for (const auto& pe : pass_.pes) ++operations_[static_cast<std::size_t>(pe.kind)].pes;
  }

  void prepare_items(Tensor t, int count) {
    plan_.items[index(t)].resize(static_cast<std::size_t>(count));
    takers_[index(t)].assign(static_cast<std::size_t>(count), 0);
  }

  std::int32_t note_item(Tensor t, int at, const Counts& s, PeKinds kinds) {
    const auto item = static_cast<std::size_t>(at);
    plan_.items[index(t)][item].address = address(t, s, 0, counters());
    takers_[index(t)][item] |= kinds;
    return at;
  }

  // Once it is known who takes each item.
  void finish_items(Tensor t) {
    std::vector<Item>& items = plan_.items[index(t)];
    const bool neighbours = t == Tensor::kIfmap && !pass_.keep[index(t)];
    for (std::size_t k = 0; k < items.size(); ++k) {
      WordSource source;
      if (neighbours) source = nearest_source(items, k);
      items[k].group = groups_.words(t, takers_[index(t)][k], source);
    }
  }

  // Below before right, near before far; the bus where no neighbour has anything.
  WordSource nearest_source(const std::vector<Item>& items, std::size_t k) {
    for (const int right : {0, 1}) {
      const int reach = right == 0 ? machine_.pe.fifo_v_words : machine_.pe.fifo_h_words;
      const auto most = std::min(static_cast<std::size_t>(reach), k);
      for (std::size_t d = 1; d <= most; ++d) {
        const std::int32_t moved = items[k].address - items[k - d].address;
        if (!groups_.apart(right, moved)) continue;
        const WordSource source{right, static_cast<int>(d), moved, takers_[0][k - d]};
        const WordGroup& group =
            plan_.words[0][groups_.words(Tensor::kIfmap, takers_[0][k], source)];
        if (group.hops > 0) return source;
      }
    }
    return {};
  }

  void sum_up() {
    PlanSums& sums = plan_.sums;
    for (const StepRow& step : plan_.steps) {
      const std::int64_t pes = plan_.macs[step.macs].pes;
      sums.macs += pes;
      if (step.starts) sums.starts += pes;
    }
    for (const WindowRow& window : plan_.windows) {
      sums.psums += plan_.psums[window.group].psums;
      sums.parts += plan_.psums[window.group].parts;
    }
    for (std::size_t t = 0; t < kOperands.size(); ++t) {
      for (const Item& item : plan_.items[t]) {
        const WordGroup& group = plan_.words[t][item.group];
        sums.words[t] += group.words;
        sums.deliveries[t] += group.deliveries;
        sums.hops[t] += group.hops;
        sums.fills[t] += group.fills;
      }
    }
  }

  const LockStepPass& pass_;
  const PassProgram& program_;
  const Machine& machine_;
  const PeWork work_;
  const MacTraits& mac_;
  LockStepPlan plan_;
  LockStepGroups groups_;
  std::array<std::vector<PeKinds>, PassProgram::kMaxCounters> working_;  // by counter and value
  std::vector<PsumSlot> slots_;
  std::vector<Operations> operations_;
  std::array<std::vector<PeKinds>, 2> takers_;  // of each item
};

}  // namespace

PeWork work_of(const Layer& layer) {
  if (layer.kind != LayerKind::kPool) return PeWork::kMultiply;
  return layer.pool.kind == PoolKind::kMax ? PeWork::kMax : PeWork::kSum;
}

LockStepPlan plan_lock_step(const LockStepPass& pass, PeWork work, const Machine& machine,
                            const LostWord& lost, PlanFor what) {
  if (pass.bounds.size() > kMostKinds) {
    throw InputError(fmt::format(
        "a pass has {} kinds of PEs with ragged blocks of their own; at most {} are played",
        pass.bounds.size(), kMostKinds));
  }
  return Planner(pass, work, machine, lost, what).plan();
}

}  // namespace orrery
