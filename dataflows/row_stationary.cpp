// Row stationary (Chen, Emer, Sze, ISCA 2016; letters as in Chen et al., JSSC 52(1), 2017).
//
// Stays: in a PE, one row of taps of p filters x q channels for a whole pass, a sliding window of
// an ifmap row until its last use, and the p psums of a window until they are complete.
//
// Along rows: a row of taps goes to all columns of a set at once, an ifmap row to all PEs of a
// diagonal.
//
// Down columns: the R rows of a set, and of r sets on other channels below it, add to the same
// ofmap row; psums are handed up the column.
//
// A set of R x e PEs makes e ofmap rows; a set wider than the array is cut into segments that stand
// on top of each other. t sets on other filters stand side by side and stacked. A pass covers n
// images, p*t filters, q*r channels and e ofmap rows; across passes the GLB keeps the psums of m
// filters and the ifmap of a multiple of q*r channels. What does not fit is folded: R over passes
// where the array is too low, S where a spad is too short, Q where the GLB is too small.
#include "dataflows/row_stationary.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <optional>

#include "dataflows/row_stationary_estimate.h"

namespace orrery {
namespace {

// Steps that cut `size` into 1, 2, ... blocks as evenly as can be, none above `most`, largest
// first.
class EvenSteps {
 public:
  EvenSteps(int size, int most) : size_(size), first_(cut(std::max(1, std::min(size, most)))) {}

  struct Iterator {
    const EvenSteps* steps;
    int step;  // 0: after the last
    int operator*() const { return step; }
    Iterator& operator++() {
      step = step == 1 ? 0 : steps->cut(step - 1);
      return *this;
    }
    bool operator==(const Iterator& other) const { return step == other.step; }
  };
  Iterator begin() const { return {this, first_}; }
  Iterator end() const { return {this, 0}; }

 private:
  // The step of the fewest even blocks that are not above `most`.
  int cut(int most) const { return blocks_of(size_, blocks_of(size_, most)); }

  int size_, first_;
};

int even_step(int size, int most) { return *EvenSteps(size, most).begin(); }

class Search {
 public:
  Search(const Layer& layer, const Machine& machine, const RsFold& fold)
      : layer_(layer), machine_(machine), fold_(fold), estimate_(layer, machine, fold) {}

  // Nothing if no choice fits.
  std::optional<RsChoice> run() {
    for (const int width : EvenSteps(bound(Dim::kP), machine_.array.cols)) {
      const int strips = blocks_of(bound(Dim::kP), width);
      for (const int segments : EvenSteps(strips, machine_.array.rows / fold_.r)) {
        RsChoice c{.width = width, .segments = segments};
        c.e = std::min(bound(Dim::kP), width * segments);
        estimate_.set_rows(c);
        waiting_ = estimate_.least_ifmap_wait(c);
        fill_pes(c);
      }
    }
    if (best_.cycles == RsCost{}.cycles) return std::nullopt;
    return choice_;
  }

 private:
  int bound(Dim d) const { return estimate_.bound(d); }
  // Passes that take so long are too long for the best.
  bool loses(Words cycles) const { return cycles + waiting_ > best_.cycles; }

  // p and q: what a PE's spads hold.
  void fill_pes(RsChoice c) {
    const int dilation = layer_.dilation_cols / std::gcd(layer_.stride_cols, layer_.dilation_cols);
    const int span = (fold_.s - 1) * dilation + 1;
    const int q_most =
        std::min(machine_.pe.ifmap_spad_words / span, machine_.pe.filter_spad_words / fold_.s);
    const int sets = machine_.array.rows / (fold_.r * c.segments) * (machine_.array.cols / c.width);
    if (q_most > 0 && loses(estimate_.least_cycles_of_rows(c, q_most, sets))) return;
    for (const int q : EvenSteps(bound(Dim::kC), q_most)) {
      c.q = q;
      const int p_most =
          std::min(estimate_.psums_at_once(), machine_.pe.filter_spad_words / (q * fold_.s));
      for (const int p : EvenSteps(bound(Dim::kM), p_most)) {
        c.p = p;
        if (!loses(estimate_.least_cycles_of_pes(c, sets))) stand_sets(c);
      }
    }
  }

  // r and t: what the array holds beside one set, within the filters of a pass that their store
  // takes.
  void stand_sets(RsChoice c) {
    const int stacked = machine_.array.rows / (fold_.r * c.segments);
    const int beside = machine_.array.cols / c.width;
    const int blocks = blocks_of(bound(Dim::kM), c.p);
    // A ragged fold of R leaves gaps in a chain of several sets.
    const int chained = bound(Dim::kR) % fold_.r == 0 ? stacked : 1;
    for (const int r : EvenSteps(blocks_of(bound(Dim::kC), c.q), chained)) {
      c.r = r;
      c.t_rows = c.t_cols = 1;
      const int t_most = static_cast<int>(std::min<Words>(
          blocks, estimate_.room(Tensor::kFilter) / estimate_.pass_filter_words(c)));
      if (t_most < 1) continue;
      if (loses(estimate_.least_cycles(c, std::min(stacked / r * beside, t_most)))) continue;
      for (const int t_rows : EvenSteps(blocks, std::min(stacked / r, t_most))) {
        c.t_rows = t_rows;
        const int t_cols_most = std::min(beside, t_most / t_rows);
        if (loses(estimate_.least_cycles(c, t_rows * t_cols_most))) continue;
        for (const int t_cols : EvenSteps(blocks_of(blocks, t_rows), t_cols_most)) {
          c.t_cols = t_cols;
          // Fewer sets may let the filters of two passes share their store.
          if (cut_tiles(c) && estimate_.filters_fit_twice(c)) break;
        }
      }
    }
  }

  // n, m and channels: what the GLB holds. More images a pass save filter loads; more filters save
  // ifmap loads, and so do all channels at once; channels between one pass's and all save transfers
  // only, so they get what room is left. False if fewer sets would leave room for tiles that do not
  // fit.
  bool cut_tiles(RsChoice c) {
    c.n = 1;  // as many images a pass as may be only save filter loads
    if (estimate_.passes(c) * estimate_.play_cycles(c) > best_.cycles) return true;
    c.n = bound(Dim::kN);
    if (estimate_.passes(c) * estimate_.filter_cycles(c) > best_.cycles) return false;
    bool fits = false;
    for (const int n : EvenSteps(bound(Dim::kN), bound(Dim::kN))) {
      c.n = n;
      if (estimate_.passes(c) * estimate_.pass_cycles(c) > best_.cycles) continue;
      for (const int channels : {std::min(c.q * c.r, bound(Dim::kC)), bound(Dim::kC)}) {
        c.channels = channels;
        if (!keep_filters(c)) continue;
        fits = true;
        judge(c);
        widen_ifmap(c);
        judge(c);
      }
    }
    return fits;
  }

  void judge(const RsChoice& c) {
    const RsCost cost{estimate_.cycles(c), estimate_.glb_words(c), estimate_.transfers(c)};
    if (cost < best_) {
      best_ = cost;
      choice_ = c;
    }
  }

  // The largest m; false if not even one pass fits.
  bool keep_filters(RsChoice& c) const {
    const int filters = c.p * c.t();
    const int blocks = blocks_of(bound(Dim::kM), filters);
    c.m = filters;
    if (!estimate_.fits(c)) return false;
    const Words most =
        estimate_.room_beside(Tensor::kPsum, c) / estimate_.tile_words(Tensor::kPsum, c);
    c.m = filters * even_step(blocks, static_cast<int>(std::min<Words>(most, blocks)));
    c.m = std::min(c.m, bound(Dim::kM));
    return true;
  }

  // As many channels as fit beside the psums of m filters.
  void widen_ifmap(RsChoice& c) const {
    const int together = c.q * c.r;
    const int blocks = blocks_of(bound(Dim::kC), together);
    const Words most = estimate_.room_beside(Tensor::kIfmap, c) /
                       (estimate_.ifmap_words_per_channel(c) * together);
    if (most < 1) return;
    c.channels = together * even_step(blocks, static_cast<int>(std::min<Words>(most, blocks)));
    c.channels = std::min(c.channels, bound(Dim::kC));
  }

  const Layer& layer_;
  const Machine& machine_;
  RsFold fold_;
  RsEstimate estimate_;
  Words waiting_ = 0;  // cycles of every choice with these rows in which no pass is played
  RsCost best_;
  RsChoice choice_;
};

// Loops that would turn once are left out.
Mapping nest_of(const Layer& layer, const RsFold& fold, const RsChoice& c) {
  using enum Dim;
  using enum Place;
  const Place strips = layer.post.pool.empty() ? kDram : kGlb;
  const int filters = c.p * c.t();
  const std::vector<Loop> loops{{kG, 1, kDram},
                                {kN, c.n, kDram},
                                {kP, c.e, strips},
                                {kQ, fold.q, strips},
                                {kM, c.m, kDram},
                                {kC, c.channels, kDram},
                                {kC, c.q * c.r, kGlb},
                                {kR, fold.r, fold.place},
                                {kS, fold.s, fold.place},
                                {kM, filters, kGlb},
                                {kM, c.p * c.t_cols, kRows},
                                {kP, c.width, kRows},
                                {kC, c.q, kRows},
                                {kR, 1, kRows},
                                {kM, c.p, kCols},
                                {kP, 1, kCols},
                                {kN, 1, kPe},
                                {kQ, 1, kPe},
                                {kS, 1, kPe},
                                {kC, 1, kPe},
                                {kM, 1, kPe}};
  Mapping mapping{.dataflow = "rs", .nest = {}, .keep = {}};
  mapping.keep.glb[index(Tensor::kFilter)] = false;
  Box box = layer.box();
  for (const Place place : {kDram, kGlb, kRows, kCols, kPe}) {
    for (const Loop& loop : loops) {
      if (loop.place != place) continue;
      if (trips(loop, box) > 1) mapping.nest.push_back(loop);
      box = block(loop, box, 0);
    }
  }
  return mapping;
}

// Taps of a pass: as many filter columns as the spads of a PE take with one channel and one filter,
// as many rows as the array has, within what the store of filters takes.
RsFold taps_of_pass(const Layer& layer, const Machine& machine) {
  const int dilation = layer.dilation_cols / std::gcd(layer.stride_cols, layer.dilation_cols);
  const int by_ifmap = (machine.pe.ifmap_spad_words - 1) / dilation + 1;
  const Words room = RsEstimate(layer, machine, {}).room(Tensor::kFilter);
  const auto at_most = [](int size, int most, Words words) {
    return even_step(size, static_cast<int>(std::min<Words>(most, words)));
  };
  RsFold fold;
  fold.s = at_most(layer.bound(Dim::kS), std::min(by_ifmap, machine.pe.filter_spad_words), room);
  fold.r = at_most(layer.bound(Dim::kR), machine.array.rows, room / fold.s);
  return fold;
}

}  // namespace

Mapping row_stationary(const Layer& layer, const Machine& machine) {
  if (machine.array.psum_route != PsumRoute::kColumn &&
      machine.array.psum_route != PsumRoute::kTree) {
    throw InputError(fmt::format(
        "{}: row stationary adds psums across the rows of a column, which this machine cannot",
        machine.name));
  }
  RsFold fold = taps_of_pass(layer, machine);
  for (const int columns : EvenSteps(layer.bound(Dim::kQ), layer.bound(Dim::kQ))) {
    fold.q = columns;
    for (const Place place : {Place::kGlb, Place::kDram}) {
      fold.place = place;
      if (const auto choice = Search(layer, machine, fold).run()) {
        return nest_of(layer, fold, *choice);
      }
    }
  }
  throw InputError(fmt::format(
      "layer {} on {}: no row-stationary mapping fits, not even one ofmap column of one "
      "filter at a time: the GLB is too small",
      layer.name, machine.name));
}

}  // namespace orrery
