#include "sim/rtl/lock_step_load.h"

#include <algorithm>
#include <map>

#include "arch/mac/all.h"
#include "sim/machine/cycles.h"
#include "sim/twin/config.h"

namespace orrery {
namespace {

constexpr std::size_t kPeBits = 136, kNameBits = 8;

template <class Value>
void put_counters(BitFields& fields, Value value) {
  for (int i = PassProgram::kMaxCounters; i-- > 0;)
    fields(static_cast<std::uint64_t>(value(static_cast<std::size_t>(i))), 16);
}

bool hands_over(const LockStepPass& pass, const Machine& machine) {
  return !pass.keep[0] && (machine.pe.fifo_h_words > 0 || machine.pe.fifo_v_words > 0);
}

bool shifts_in(const Machine& machine) {
  return machine.array.delivery == Delivery::kSystolic &&
         machine.array.psum_route == PsumRoute::kColumn;
}

class Loader {
 public:
  Loader(const LockStepPass& pass, const LockStepPlan& plan, const Machine& machine,
         bool reads_psums, const LockStepRtlSize& size)
      : pass_(pass),
        plan_(plan),
        machine_(machine),
        takes_psums_(reads_psums && !machine.accumulates_at_store()),
        size_(size) {
    for (const LockStepPe& pe : pass.pes)
      out_.place.push_back(static_cast<std::size_t>(pe.row * size.cols + pe.col));
    find_lanes();
  }

  LockStepLoad load() {
    out_.skew = plan_.skew;
    set_pass();
    set_pes();
    for (const Tensor t : {Tensor::kIfmap, Tensor::kFilter}) {
      for (const WordGroup& group : plan_.words[index(t)])
        out_.groups[index(t)].push_back(bus_group(t, group));
    }
    for (const PsumGroup& group : plan_.psums) out_.psums.push_back(places(group));
    return std::move(out_);
  }

 private:
  // The takers of a group's words, word by word in the order of PEs.
  std::vector<std::vector<std::size_t>> words_of(Tensor t, const WordGroup& group) const {
    std::map<std::int32_t, std::size_t> known;
    std::vector<std::vector<std::size_t>> words;
    for (const std::int32_t taker : group.takers) {
      const auto pe = static_cast<std::size_t>(taker);
      const auto [it, fresh] = known.try_emplace(pass_.pes[pe].word[index(t)], words.size());
      if (fresh) words.emplace_back();
      words[it->second].push_back(pe);
    }
    return words;
  }

  // Chains of one column each have a lane for each psum of the window.
  void find_lanes() {
    lane_.resize(pass_.pes.size());
    if (machine_.array.psum_route != PsumRoute::kColumn) return;
    std::map<std::pair<int, std::int32_t>, int> chain;
    std::map<int, int> chains;
    for (std::size_t pe = 0; pe < pass_.pes.size(); ++pe) {
      const LockStepPe& at = pass_.pes[pe];
      const auto [it, fresh] = chain.try_emplace({at.col, at.word[2]}, chains[at.col]);
      if (fresh) ++chains[at.col];
      lane_[pe] = it->second * plan_.window_psums;
    }
  }

  void set_pass() {
    const PassProgram& p = pass_.program;
    const auto counter = [&](std::size_t i) {
      return i < static_cast<std::size_t>(p.counters) ? p.counter[i] : Counter{};
    };
    BitFields f(568);
    const bool multiplies = !plan_.items[1].empty();
    f(machine_.array.shadow_filters && plan_.filters_fit && multiplies ? 1 : 0, 1);
    f(multiplies ? 1 : 0, 1)(takes_psums_ ? 1 : 0, 1)(hands_over(pass_, machine_) ? 1 : 0, 1);
    f(static_cast<std::uint64_t>(machine_.pe.pipeline_stages + plan_.skew), 8);
    f(static_cast<std::uint64_t>(p.window), 4);
    f(static_cast<std::uint64_t>(p.ifmap_words), 16);
    f(static_cast<std::uint64_t>(multiplies ? p.filter_words : 0), 16);
    put_counters(f, [&](std::size_t i) { return counter(i).bound; });
    put_counters(f, [&](std::size_t i) { return counter(i).ifmap_stride; });
    put_counters(f, [&](std::size_t i) { return multiplies ? counter(i).filter_stride : 0; });
    put_counters(f, [&](std::size_t i) { return counter(i).psum_stride; });
    for (std::size_t i = PassProgram::kMaxCounters; i-- > 0;) f(counter(i).reduction ? 1 : 0, 1);
    out_.pass = f.bits();
  }

  void set_pes() {
    out_.pes = Bits(size_.pes() * kPeBits);
    out_.names = Bits(size_.pes() * kNameBits);
    out_.mapped = Bits(size_.pes());
    const auto counters = static_cast<std::size_t>(pass_.program.counters);
    for (std::size_t pe = 0; pe < pass_.pes.size(); ++pe) {
      const LockStepPass::Bounds& bounds =
          pass_.bounds[static_cast<std::size_t>(pass_.pes[pe].kind)];
      const std::size_t at = out_.place[pe] * kPeBits;
      out_.mapped.set(out_.place[pe], 1, 1);
      for (std::size_t i = 0; i < PassProgram::kMaxCounters; ++i)
        out_.pes.set(at + i * 16, 16, i < counters ? static_cast<std::uint32_t>(bounds[i]) : 1);
      out_.pes.set(at + 128, 8, static_cast<std::uint32_t>(lane_[pe]));
      out_.names.set(out_.place[pe] * kNameBits, 8,
                     static_cast<std::uint32_t>(pass_.pes[pe].word[0]));
    }
  }

  BusWord bus_word(Tensor t, const std::vector<std::size_t>& pes) const {
    const std::int32_t number = pass_.pes[pes[0]].word[index(t)];
    BusWord word{pass_.offsets[index(t)][static_cast<std::size_t>(number)], 0, 0, 0};
    if (t == Tensor::kIfmap) word.name = static_cast<std::uint32_t>(number);
    for (const std::size_t pe : pes) {
      word.rows |= std::uint64_t{1} << pass_.pes[pe].row;
      word.cols |= std::uint64_t{1} << pass_.pes[pe].col;
    }
    return word;
  }

  BusGroup bus_group(Tensor t, const WordGroup& group) const {
    BusGroup out;
    out.cycles = group.cycles;
    for (const auto& pes : words_of(t, group)) out.words.push_back(bus_word(t, pes));
    const std::uint32_t distance = static_cast<std::uint32_t>(group.distance);
    out.source = (group.words > 0 ? 1u << 10 : 0) | (group.distance > 0 ? 1u << 9 : 0) |
                 (group.right ? 1u << 8 : 0) | distance;
    if (t == Tensor::kFilter && shifts_in(machine_)) shift_in(group, out);
    return out;
  }

  void shift_in(const WordGroup& group, BusGroup& out) const {
    out.offset.assign(size_.pes(), 0);
    out.takes.assign(size_.pes(), 0);
    std::map<std::pair<int, std::int32_t>, int> farthest;  // by column and word: the top row
    for (const std::int32_t taker : group.takers) {
      const auto pe = static_cast<std::size_t>(taker);
      const LockStepPe& at = pass_.pes[pe];
      const std::int32_t number = at.word[1];
      out.offset[out_.place[pe]] = pass_.offsets[1][static_cast<std::size_t>(number)];
      out.takes[out_.place[pe]] = 1;
      farthest.try_emplace({at.col, number}, at.row);
    }
    out.count = static_cast<std::int64_t>(out.words.size());
    out.deliveries = static_cast<std::int64_t>(farthest.size());
    for (const auto& [word, row] : farthest) out.hops += machine_.array.rows - 1 - row;
  }

  PsumPlaces places(const PsumGroup& group) const {
    PsumPlaces out;
    const PsumRoute route = machine_.array.psum_route;
    const auto pes = pass_.pes.size();
    const bool meets = route == PsumRoute::kColumn || route == PsumRoute::kTree;
    for (std::size_t k = 0; k < group.address.size(); ++k) {
      for (auto i = group.first[k]; i < group.first[k + 1]; ++i) {
        const auto from = static_cast<std::size_t>(group.from[static_cast<std::size_t>(i)]);
        const std::size_t pe = from % pes;
        const LockStepPe& at = pass_.pes[pe];
        PsumPlace place{group.address[k], static_cast<std::int32_t>(out_.place[pe]),
                        lane_[pe] + static_cast<std::int32_t>(from / pes), i == group.first[k]};
        if (meets) place.pe = at.col;
        if (place.first || route == PsumRoute::kSpill) out.out.push_back(place);
        if (meets) place.pe = (machine_.array.rows - 1) * size_.cols + at.col;
        if (place.first && takes_psums_) out.in.push_back(place);
      }
    }
    return out;
  }

  const LockStepPass& pass_;
  const LockStepPlan& plan_;
  const Machine& machine_;
  const bool takes_psums_;
  const LockStepRtlSize& size_;
  std::vector<int> lane_;  // of each PE's first psum
  LockStepLoad out_;
};

}  // namespace

Bits lock_step_cfg(const Machine& machine, const MacRegisters& registers, PeWork work) {
  const auto u = [](std::int64_t value) { return static_cast<std::uint64_t>(value); };
  const Pe& pe = machine.pe;
  const Store& store = machine.store_of(Tensor::kPsum);
  int out = std::min(machine.noc.psum_out.words_per_cycle, store.write_words_per_cycle);
  if (store.accumulates) out = std::min(out, store.read_words_per_cycle);
  BitFields f(177);
  f(u(static_cast<int>(machine.array.psum_route)), 2)(u(static_cast<int>(work)), 2);
  f(u(machine.array.rows), 8);
  f(u(pe.ifmap_spad_words + pe.ifmap_fifo_words), 16);
  f(u(pe.filter_spad_words + pe.filter_fifo_packets), 16);
  f(u(machine.noc.ifmap.latency_cycles), 8)(u(machine.noc.filter.latency_cycles), 8);
  f(u(machine.noc.psum_in.latency_cycles), 8);
  f(u(pe.psum_in_fifo_packets), 8)(u(pe.psum_out_fifo_packets), 8);
  f(u(out), 8)(u(machine.words_per_psum()), 8);
  f(u(registers.arithmetic.chain), 16)(config_bits(registers), 61);
  return f.bits();
}

LockStepLoad load_lock_step(const LockStepPass& pass, const LockStepPlan& plan,
                            const Machine& machine, bool reads_psums, const LockStepRtlSize& size) {
  return Loader(pass, plan, machine, reads_psums, size).load();
}

}  // namespace orrery
