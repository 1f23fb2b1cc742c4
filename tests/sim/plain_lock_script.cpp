#include "tests/sim/plain_lock_script.h"

#include <algorithm>
#include <optional>

namespace orrery::test {
namespace {

std::size_t at(int i) { return static_cast<std::size_t>(i); }

std::vector<Loop> loops_of(const Mapping& mapping, std::initializer_list<Place> places) {
  std::vector<Loop> loops;
  for (const Loop& loop : mapping.nest) {
    if (std::ranges::find(places, loop.place) != places.end()) loops.push_back(loop);
  }
  return loops;
}

// Positions that each spatial loop counts: its blocks in the largest pass of the layer.
std::vector<int> positions(const Machine& machine, const Layer& layer, const Mapping& mapping) {
  std::array<int, kDims> left = layer.bounds;
  const auto cut = [&](Dim d, int step) { left[index(d)] = std::min(left[index(d)], step); };
  if (machine.limits.filters > 0) cut(Dim::kM, machine.limits.filters);
  if (machine.limits.channels > 0) cut(Dim::kC, machine.limits.channels);
  std::vector<int> counts;
  for (const Loop& loop : mapping.nest) {
    if (loop.place == Place::kPe) break;
    if (loop.place == Place::kRows || loop.place == Place::kCols)
      counts.push_back((left[index(loop.dim)] + loop.step - 1) / loop.step);
    cut(loop.dim, loop.step);
  }
  return counts;
}

// Gives each PE of `block` its part: every spatial loop deals out blocks along its axis.
void deal(const std::vector<Loop>& loops, const std::vector<int>& counts, std::size_t i,
          const LockPe& pe, std::vector<LockPe>& out) {
  if (i == loops.size()) {
    out.push_back(pe);
    out.back().place = static_cast<int>(out.size());
    return;
  }
  const Range whole = pe.block[loops[i].dim];
  int digit = 0;
  for (int lo = whole.lo; lo < whole.hi; lo += loops[i].step, ++digit) {
    LockPe part = pe;
    part.block[loops[i].dim] = {lo, std::min(whole.hi, lo + loops[i].step)};
    int& position = loops[i].place == Place::kRows ? part.row : part.col;
    position = position * counts[i] + digit;
    deal(loops, counts, i + 1, part, out);
  }
}

using Offsets = std::array<int, kDims>;

class ScriptWriter {
 public:
  ScriptWriter(const Machine& machine, const Layer& layer, const Mapping& mapping)
      : machine_(machine), layer_(layer), mapping_(mapping) {}

  LockScript write(const Box& pass, bool filters) {
    deal(loops_of(mapping_, {Place::kRows, Place::kCols}), positions(machine_, layer_, mapping_), 0,
         LockPe{.row = 0, .col = 0, .place = 0, .block = pass}, out_.pes);
    widest_ = out_.pes.front().block;
    std::ranges::sort(out_.pes, {}, [](const LockPe& pe) { return std::pair{pe.row, pe.col}; });
    out_.rows = machine_.array.rows;
    for (const LockPe& pe : out_.pes) out_.cols = std::max(out_.cols, pe.col + 1);
    for (const Loop& loop : loops_of(mapping_, {Place::kPe})) {
      if (widest_[loop.dim].size() > 1) loops_.push_back(loop.dim);
    }
    unroll(0, {});
    find_windows();
    if (!keeps(Tensor::kIfmap)) find_neighbours();
    out_.ifmap = items(Tensor::kIfmap, &LockStep::ifmap_item);
    if (filters) out_.filter = items(Tensor::kFilter, &LockStep::filter_item);
    return out_;
  }

 private:
  bool keeps(Tensor t) const { return mapping_.keep.pe[index(t)]; }

  void unroll(std::size_t i, Offsets offset) {
    if (i < loops_.size()) {
      int& turn = offset[index(loops_[i])];
      for (turn = 0; turn < widest_[loops_[i]].size(); ++turn) unroll(i + 1, offset);
      return;
    }
    LockStep step;
    for (const LockPe& pe : out_.pes) {
      LockUse use{.works = true};
      Point point{};
      for (const Dim d : kAllDims) {
        point[index(d)] = pe.block[d].lo + offset[index(d)];
        use.works = use.works && point[index(d)] < pe.block[d].hi;
      }
      use.ifmap = word_of(layer_, Tensor::kIfmap, point);
      use.filter = word_of(layer_, Tensor::kFilter, point);
      use.psum = word_of(layer_, Tensor::kPsum, point);
      step.uses.push_back(use);
    }
    out_.steps.push_back(step);
    offsets_.push_back(offset);
  }

  // A window: the steps of the loops from the first reduction inwards, or a single step.
  void find_windows() {
    const auto reduction = std::ranges::find_if(loops_, is_reduction);
    const auto outside = keeps(Tensor::kPsum) && reduction != loops_.end()
                             ? reduction - loops_.begin()
                             : static_cast<std::ptrdiff_t>(loops_.size());
    std::optional<std::vector<int>> before;
    for (std::size_t s = 0; s < out_.steps.size(); ++s) {
      std::vector<int> turns;
      for (std::ptrdiff_t i = 0; i < outside; ++i)
        turns.push_back(offsets_[s][index(loops_[static_cast<std::size_t>(i)])]);
      if (before != turns) out_.windows.emplace_back();
      if (s > 0) out_.steps[s - 1].ends_window = before != turns;
      before = turns;
      out_.steps[s].window = static_cast<int>(out_.windows.size()) - 1;
      add_psums(out_.steps[s]);
    }
    out_.steps.back().ends_window = true;
    for (LockWindow& window : out_.windows) {
      for (auto& [psum, pes] : window) std::ranges::sort(pes);
    }
  }

  void add_psums(LockStep& step) {
    for (std::size_t i = 0; i < step.uses.size(); ++i) {
      if (!step.uses[i].works) continue;
      std::vector<int>& pes = out_.windows.back()[step.uses[i].psum];
      step.uses[i].starts = std::ranges::find(pes, static_cast<int>(i)) == pes.end();
      if (step.uses[i].starts) pes.push_back(static_cast<int>(i));
    }
  }

  // Position of a loop among those that turn; -1: it does not.
  int place_of(Dim d) const {
    const auto it = std::ranges::find(loops_, d);
    return it == loops_.end() ? -1 : static_cast<int>(it - loops_.begin());
  }

  // docs/mapping.md: windows slide where no other loop over ifmap words turns between the two of
  // the axis and the words touched are evenly spaced.
  bool slides(Dim out, Dim tap, int stride, int dilation) const {
    const auto [outer, inner] = std::minmax({place_of(out), place_of(tap)});
    if (outer < 0) return false;
    for (int i = outer + 1; i < inner; ++i) {
      if (indexes(loops_[at(i)], Tensor::kIfmap)) return false;
    }
    std::set<int> touched, gaps;
    for (int o = 0; o < widest_[out].size(); ++o) {
      for (int t = 0; t < widest_[tap].size(); ++t) touched.insert(o * stride + t * dilation);
    }
    for (auto it = touched.begin(); std::next(it) != touched.end(); ++it)
      gaps.insert(*std::next(it) - *it);
    return gaps.size() == 1;
  }

  // What tells the words of a PE's stream apart, in the order of the stream.
  std::vector<int> key(Tensor t, const Offsets& offset) const {
    const auto turn = [&](Dim d) { return offset[index(d)]; };
    using enum Dim;
    const bool kept = t == Tensor::kIfmap && keeps(t);
    const bool rows = kept && slides(kP, kR, layer_.stride_rows, layer_.dilation_rows);
    const bool cols = kept && slides(kQ, kS, layer_.stride_cols, layer_.dilation_cols);
    std::vector<int> key;
    for (const Dim d : loops_) {
      if (rows && (d == kP || d == kR)) {
        if (place_of(d) == std::max(place_of(kP), place_of(kR)))
          key.push_back(turn(kP) * layer_.stride_rows + turn(kR) * layer_.dilation_rows);
      } else if (cols && (d == kQ || d == kS)) {
        if (place_of(d) == std::max(place_of(kQ), place_of(kS)))
          key.push_back(turn(kQ) * layer_.stride_cols + turn(kS) * layer_.dilation_cols);
      } else if (!keeps(t) || indexes(d, t)) {
        key.push_back(turn(d));
      }
    }
    return key;
  }

  std::vector<LockItem> items(Tensor t, int LockStep::*item) {
    std::map<std::vector<int>, int> number;
    for (const Offsets& offset : offsets_) number[key(t, offset)] = 0;
    int next = 0;
    for (auto& [key, k] : number) k = next++;
    std::vector<LockItem> items(number.size());
    for (std::size_t s = 0; s < out_.steps.size(); ++s) {
      LockStep& step = out_.steps[s];
      step.*item = number.at(key(t, offsets_[s]));
      LockItem& taken = items[at(step.*item)];
      taken.last_step = static_cast<int>(s);
      for (std::size_t i = 0; i < step.uses.size(); ++i) {
        const LockUse& use = step.uses[i];
        if (!use.works || (t == Tensor::kIfmap && use.from >= 0)) continue;
        taken.takers[static_cast<int>(i)] = t == Tensor::kIfmap ? use.ifmap : use.filter;
      }
      for (const auto& [pe, word] : taken.takers) taken.words.insert(word);
    }
    return items;
  }

  // In each step the first way by which some PE finds its word with a neighbour.
  void find_neighbours() {
    std::map<std::pair<int, int>, int> pe_at;
    for (std::size_t i = 0; i < out_.pes.size(); ++i)
      pe_at[{out_.pes[i].row, out_.pes[i].col}] = static_cast<int>(i);
    for (int s = 0; s < static_cast<int>(out_.steps.size()); ++s) {
      bool found = false;
      for (int d = 1; d <= std::min(s, machine_.pe.fifo_v_words) && !found; ++d)
        found = take_from(pe_at, s, d, 1, 0);
      for (int d = 1; d <= std::min(s, machine_.pe.fifo_h_words) && !found; ++d)
        found = take_from(pe_at, s, d, 0, 1);
    }
  }

  bool take_from(const std::map<std::pair<int, int>, int>& pe_at, int step, int distance, int down,
                 int right) {
    bool found = false;
    for (std::size_t i = 0; i < out_.pes.size(); ++i) {
      LockUse& use = out_.steps[at(step)].uses[i];
      const auto it = pe_at.find({out_.pes[i].row + down, out_.pes[i].col + right});
      if (!use.works || it == pe_at.end()) continue;
      const LockUse& theirs = out_.steps[at(step - distance)].uses[at(it->second)];
      if (!theirs.works || theirs.ifmap != use.ifmap) continue;
      use.from = it->second;
      use.distance = distance;
      found = true;
    }
    return found;
  }

  const Machine& machine_;
  const Layer& layer_;
  const Mapping& mapping_;
  Box widest_;
  std::vector<Dim> loops_;        // those of the PE that turn, outermost first
  std::vector<Offsets> offsets_;  // of each step
  LockScript out_;
};

}  // namespace

LockScript write_lock_script(const Machine& machine, const Layer& layer, const Mapping& mapping,
                             const Box& pass, bool filters) {
  return ScriptWriter(machine, layer, mapping).write(pass, filters);
}

}  // namespace orrery::test
