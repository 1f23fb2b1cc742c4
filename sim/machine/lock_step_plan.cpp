#include "sim/machine/lock_step_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <tuple>

#include "sim/machine/cycles.h"
#include "sim/machine/stepper.h"
#include "workloads/input/input_error.h"

namespace orrery {
namespace {

// PEs of one kind share all their bounds, and sit out the same steps: a bit for each kind.
using Kinds = std::uint64_t;
constexpr std::size_t kMostKinds = 64;

constexpr std::array kOperands{Tensor::kIfmap, Tensor::kFilter};

// How the words of an ifmap item come: off the bus, or from a neighbour `distance` items before.
struct Source {
  int right = 0;           // 1: the neighbour to the right, 0: the one below
  int distance = 0;        // 0: the bus
  std::int32_t moved = 0;  // from the neighbour's item's address to this one's
  Kinds then = 0;          // kinds that took part in it
  auto operator<=>(const Source&) const = default;
};

class Planner {
 public:
  Planner(const LockStepPass& pass, PeWork work, const Machine& machine, const LostWord& lost)
      : pass_(pass), program_(pass.program), machine_(machine), work_(work) {
    plan_.pes = static_cast<int>(pass.pes.size());
    plan_.window_psums = program_.window_psums;
    plan_.filters_fit = program_.filter_words <= machine.pe.filter_spad_words;
    const bool systolic = machine.array.delivery == Delivery::kSystolic;
    if (systolic || machine.array.psum_route == PsumRoute::kColumn)
      plan_.skew = machine.array.rows - 1;
    if (systolic) plan_.skew += pass.cols - 1;
    find_kinds();
    find_slots();
    for (const Tensor t : kOperands) assign_lanes(t, lost);
  }

  LockStepPlan plan() {
    unroll();
    for (const Tensor t : kOperands) {
      if (uses(t)) finish_items(t);
    }
    return std::move(plan_);
  }

 private:
  using Counts = std::array<int, PassProgram::kMaxCounters>;

  bool uses(Tensor t) const { return t == Tensor::kIfmap || work_ == PeWork::kMultiply; }
  std::size_t counters() const { return static_cast<std::size_t>(program_.counters); }
  bool takes_part(std::size_t pe, Kinds kinds) const { return (kinds >> kind_[pe] & 1) != 0; }

  void find_kinds() {
    std::map<Counts, std::size_t> known;
    for (const LockStepPe& pe : pass_.pes)
      kind_.push_back(known.try_emplace(pe.bound, known.size()).first->second);
    if (known.size() > kMostKinds) {
      throw InputError(fmt::format(
          "a pass has {} kinds of PEs with ragged blocks of their own; at most {} are played",
          known.size(), kMostKinds));
    }
    for (std::size_t i = 0; i < counters(); ++i) {
      working_[i].assign(static_cast<std::size_t>(program_.counter[i].bound), 0);
      for (const auto& [bound, kind] : known) {
        for (int v = 0; v < bound[i]; ++v)
          working_[i][static_cast<std::size_t>(v)] |= Kinds{1} << kind;
      }
    }
  }

  // Kinds that work at counters s, looking at those in [from, to).
  Kinds working(const Counts& s, std::size_t from, std::size_t to) const {
    Kinds kinds = ~Kinds{0};
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

  // The psums of a window: where each lies from the first, and which kinds have it.
  struct Slot {
    std::int32_t address = 0;
    Kinds kinds = 0;
  };
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

  void assign_lanes(Tensor t, const LostWord& lost) {
    std::map<std::pair<std::int32_t, bool>, std::int32_t> known;
    for (std::size_t pe = 0; pe < pass_.pes.size(); ++pe) {
      const bool alone = lost.packet >= 0 && lost.tensor == t && lost.pe == static_cast<int>(pe);
      const std::pair key{pass_.pes[pe].offset[index(t)], alone};
      const auto lane = static_cast<std::int32_t>(known.size());
      lane_[index(t)].push_back(known.try_emplace(key, lane).first->second);
      if (alone) plan_.lost_lane = lane_[index(t)].back();
    }
    plan_.lanes[index(t)] = static_cast<int>(known.size());
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
      const Kinds kinds = working(s, 0, counters());
      StepRow row;
      row.ifmap = note_item(Tensor::kIfmap, steps.ifmap_at(), s, kinds);
      if (uses(Tensor::kFilter))
        row.filter = note_item(Tensor::kFilter, steps.filter_at(), s, kinds);
      row.psum = steps.psum_at();
      row.starts = steps.fresh();
      row.macs = macs(kinds);
      row.ends = steps.advance(1);
      row.ifmap_dead = steps.dead_ifmap(program_.ifmap_words);
      row.filter_dead = steps.dead_filter(program_.filter_words);
      plan_.steps.push_back(row);
      if (row.ends)
        plan_.windows.push_back(
            {address(Tensor::kPsum, s, 0, window), leaving(working(s, 0, window))});
    } while (next(s, 0, counters(), [](std::size_t) { return true; }));
  }

  void prepare_items(Tensor t, int count) {
    plan_.items[index(t)].resize(static_cast<std::size_t>(count));
    takers_[index(t)].assign(static_cast<std::size_t>(count), 0);
  }

  std::int32_t note_item(Tensor t, int at, const Counts& s, Kinds kinds) {
    const auto item = static_cast<std::size_t>(at);
    plan_.items[index(t)][item].address = address(t, s, 0, counters());
    takers_[index(t)][item] |= kinds;
    return at;
  }

  // Once it is known who takes each item.
  void finish_items(Tensor t) {
    std::vector<Item>& items = plan_.items[index(t)];
    const bool neighbours = t == Tensor::kIfmap && !pass_.keep[index(t)];
    if (neighbours) find_neighbours();
    for (std::size_t k = 0; k < items.size(); ++k) {
      Source source;
      if (neighbours) source = nearest_source(items, k);
      items[k].group = words(t, takers_[index(t)][k], source);
    }
  }

  // The PE below or to the right of each, and how much further its words lie.
  void find_neighbours() {
    std::map<std::pair<int, int>, std::int32_t> at;
    for (std::size_t pe = 0; pe < pass_.pes.size(); ++pe)
      at[{pass_.pes[pe].row, pass_.pes[pe].col}] = static_cast<std::int32_t>(pe);
    for (const int right : {0, 1}) {
      neighbour_[static_cast<std::size_t>(right)].clear();
      for (const LockStepPe& pe : pass_.pes) {
        const auto it = at.find({pe.row + 1 - right, pe.col + right});
        neighbour_[static_cast<std::size_t>(right)].push_back(it == at.end() ? -1 : it->second);
        if (it == at.end()) continue;
        apart_[static_cast<std::size_t>(right)].insert(
            pass_.pes[static_cast<std::size_t>(it->second)].offset[0] - pe.offset[0]);
      }
    }
  }

  // Below before right, near before far; the bus where no neighbour has anything.
  Source nearest_source(const std::vector<Item>& items, std::size_t k) {
    for (const int right : {0, 1}) {
      const int reach = right == 0 ? machine_.pe.fifo_v_words : machine_.pe.fifo_h_words;
      const auto most = std::min(static_cast<std::size_t>(reach), k);
      for (std::size_t d = 1; d <= most; ++d) {
        const std::int32_t moved = items[k].address - items[k - d].address;
        if (!apart_[static_cast<std::size_t>(right)].contains(moved)) continue;
        const Source source{right, static_cast<int>(d), moved, takers_[0][k - d]};
        const WordGroup& group = plan_.words[0][words(Tensor::kIfmap, takers_[0][k], source)];
        if (group.hops > 0) return source;
      }
    }
    return {};
  }

  std::uint32_t words(Tensor t, Kinds kinds, const Source& source) {
    auto& groups = plan_.words[index(t)];
    const auto [it, fresh] = word_groups_[index(t)].try_emplace(
        std::tuple(kinds, source), static_cast<std::uint32_t>(groups.size()));
    if (fresh) groups.push_back(word_group(t, kinds, source));
    return it->second;
  }

  // The neighbour from which a PE takes its word; -1: it takes it from the bus.
  std::int32_t giver(std::size_t pe, const Source& source) const {
    if (source.distance == 0) return -1;
    const std::int32_t from = neighbour_[static_cast<std::size_t>(source.right)][pe];
    if (from < 0) return -1;
    const auto other = static_cast<std::size_t>(from);
    const bool same = pass_.pes[other].offset[0] - pass_.pes[pe].offset[0] == source.moved;
    return same && takes_part(other, source.then) ? from : -1;
  }

  WordGroup word_group(Tensor t, Kinds kinds, const Source& source) const {
    WordGroup group;
    group.distance = source.distance;
    std::map<std::pair<int, std::int32_t>, std::int64_t> way;  // hops, by edge and offset
    std::set<std::int32_t> done, bus;                          // lanes; offsets
    const std::vector<std::int32_t>& lane = lane_[index(t)];
    for (std::size_t pe = 0; pe < pass_.pes.size(); ++pe) {
      if (!takes_part(pe, kinds)) continue;
      ++group.fills;
      const std::int32_t offset = pass_.pes[pe].offset[index(t)];
      const std::int32_t from = giver(pe, source);
      const bool first = done.insert(lane[pe]).second;
      if (from >= 0) {
        ++group.hops;
        if (!first) continue;
        group.to.push_back(lane[pe]);
        group.from.push_back(lane[static_cast<std::size_t>(from)]);
        continue;
      }
      ++group.deliveries;
      bus.insert(offset);
      std::int64_t& far = way[{edge(t, pass_.pes[pe]), offset}];
      far = std::max(far, hops(t, pass_.pes[pe]));
      if (!first) continue;
      group.lane.push_back(lane[pe]);
      group.offset.push_back(offset);
    }
    group.bus.assign(bus.begin(), bus.end());
    if (machine_.array.delivery == Delivery::kSystolic) {
      group.deliveries = static_cast<std::int64_t>(way.size());
      for (const auto& [word, n] : way) group.hops += n;
    }
    group.cycles = bus_cycles(t, static_cast<std::int64_t>(bus.size()));
    return group;
  }

  // The row (or column) of a systolic array by which a word comes to a PE.
  int edge(Tensor t, const LockStepPe& pe) const { return t == Tensor::kIfmap ? pe.row : pe.col; }

  // From the edge of a systolic array to a PE.
  std::int64_t hops(Tensor t, const LockStepPe& pe) const {
    return t == Tensor::kIfmap ? pe.col : machine_.array.rows - 1 - pe.row;
  }

  std::int64_t bus_cycles(Tensor t, std::int64_t words) const {
    const std::int64_t width = packet_words(machine_, t);
    const bool shifts = t == Tensor::kFilter && machine_.array.delivery == Delivery::kSystolic &&
                        machine_.array.psum_route == PsumRoute::kColumn;
    return shifts ? machine_.array.rows * cycles_of(pass_.cols, width) : cycles_of(words, width);
  }

  std::uint32_t macs(Kinds kinds) {
    const auto [it, fresh] =
        mac_groups_.try_emplace(kinds, static_cast<std::uint32_t>(plan_.macs.size()));
    if (!fresh) return it->second;
    MacGroup group;
    for (std::size_t pe = 0; pe < pass_.pes.size(); ++pe) {
      if (!takes_part(pe, kinds)) continue;
      group.pe.push_back(static_cast<std::int32_t>(pe));
      group.ifmap.push_back(lane_[0][pe]);
      group.filter.push_back(lane_[1][pe]);
    }
    if (program_.window == program_.counters) find_matrix(group, plan_.psums[leaving(kinds)]);
    plan_.macs.push_back(std::move(group));
    return it->second;
  }

  // `psums`: what leaves after the step.
  void find_matrix(MacGroup& group, const PsumGroup& psums) const {
    const auto cols = static_cast<std::size_t>(psums.psums());
    if (cols < 2 || group.pe.size() % cols != 0) return;
    std::vector<std::size_t> column(pass_.pes.size());
    for (std::size_t c = 0; c < cols; ++c) {
      for (auto i = psums.first[c]; i < psums.first[c + 1]; ++i)
        column[static_cast<std::size_t>(psums.from[static_cast<std::size_t>(i)])] = c;
    }
    for (std::size_t i = 0; i < group.pe.size(); ++i) {
      if (column[static_cast<std::size_t>(group.pe[i])] != i % cols) return;
      if (group.ifmap[i] != group.ifmap[i - i % cols]) return;
    }
    group.rows = group.pe.size() / cols;
    group.cols = cols;
  }

  // What leaves at the end of a window on which `kinds` work.
  std::uint32_t leaving(Kinds kinds) {
    const auto [it, fresh] =
        psum_groups_.try_emplace(kinds, static_cast<std::uint32_t>(plan_.psums.size()));
    if (!fresh) return it->second;
    PsumGroup group;
    const std::size_t pes = pass_.pes.size();
    const std::vector<std::size_t> order = order_of_addition();
    for (std::size_t slot = 0; slot < slots_.size(); ++slot) {
      std::map<std::int32_t, std::vector<std::int32_t>> parts;
      for (const std::size_t pe : order) {
        if (!takes_part(pe, kinds & slots_[slot].kinds)) continue;
        parts[pass_.pes[pe].offset[index(Tensor::kPsum)]].push_back(
            static_cast<std::int32_t>(slot * pes + pe));
      }
      for (const auto& [offset, from] : parts) {
        group.address.push_back(slots_[slot].address + offset);
        group.from.insert(group.from.end(), from.begin(), from.end());
        group.first.push_back(static_cast<std::int32_t>(group.from.size()));
      }
    }
    plan_.psums.push_back(std::move(group));
    return it->second;
  }

  // Psums climb a column from its last row; elsewhere they are added in the order of the nest.
  std::vector<std::size_t> order_of_addition() const {
    std::vector<std::size_t> pes(pass_.pes.size());
    std::iota(pes.begin(), pes.end(), std::size_t{0});
    if (machine_.array.psum_route == PsumRoute::kColumn) {
      std::ranges::reverse(pes);
    } else {
      std::ranges::sort(pes, {}, [&](std::size_t pe) { return pass_.pes[pe].place; });
    }
    return pes;
  }

  const LockStepPass& pass_;
  const PassProgram& program_;
  const Machine& machine_;
  const PeWork work_;
  LockStepPlan plan_;
  std::vector<std::size_t> kind_;                                      // of each PE
  std::array<std::vector<Kinds>, PassProgram::kMaxCounters> working_;  // by counter and its value
  std::vector<Slot> slots_;
  std::array<std::vector<std::int32_t>, 2> lane_;       // of each PE
  std::array<std::vector<Kinds>, 2> takers_;            // of each item
  std::array<std::vector<std::int32_t>, 2> neighbour_;  // below, to the right
  std::array<std::set<std::int32_t>, 2> apart_;
  std::array<std::map<std::tuple<Kinds, Source>, std::uint32_t>, 2> word_groups_;
  std::map<Kinds, std::uint32_t> mac_groups_, psum_groups_;
};

}  // namespace

LockStepPlan plan_lock_step(const LockStepPass& pass, PeWork work, const Machine& machine,
                            const LostWord& lost) {
  return Planner(pass, work, machine, lost).plan();
}

}  // namespace orrery
