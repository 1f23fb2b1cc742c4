#include "sim/mapper/extent.h"

#include <algorithm>

namespace orrery {
namespace {

// The box after all loops have taken their first block.
bool turns(std::span<const Loop> loops, Box box, Tensor t) {
  for (const Loop& loop : loops) {
    if (indexes(loop.dim, t) && trips(loop, box) > 1) return true;
    box = block(loop, box, 0);
  }
  return false;
}

}  // namespace

Extent::Extent(const Machine& machine, const Layer& layer) : layer_(layer) {
  if (machine.padding == Padding::kStored) return;
  made_rows_ = layer.pad_top + layer.pad_bottom;
  made_cols_ = layer.pad_left + layer.pad_right;
}

std::int64_t Extent::line(int out, int taps, Dim d) const {
  const bool rows = d == Dim::kP;
  const int touched =
      touched_count({0, out}, {0, taps}, rows ? layer_.stride_rows : layer_.stride_cols,
                    rows ? layer_.dilation_rows : layer_.dilation_cols);
  return std::max(0, touched - (rows ? made_rows_ : made_cols_));
}

std::int64_t Extent::words(const Box& box, Tensor t) const {
  if (t != Tensor::kIfmap) return footprint_words(layer_, box, t);
  return std::int64_t{box[Dim::kG].size()} * box[Dim::kN].size() * box[Dim::kC].size() *
         line(box[Dim::kP].size(), box[Dim::kR].size(), Dim::kP) *
         line(box[Dim::kQ].size(), box[Dim::kS].size(), Dim::kQ);
}

std::vector<Extent::Blocks> Extent::blocks(std::span<const Loop> loops, Dim d) const {
  std::vector<Blocks> all{{layer_.bound(d), 1}};
  std::vector<Blocks> cut;
  for (const Loop& loop : loops) {
    if (loop.dim != d) continue;
    cut.clear();
    const auto add = [&](int size, std::int64_t n) {
      const auto at = std::ranges::find(cut, size, &Blocks::size);
      if (n == 0 || size == 0) return;
      if (at == cut.end()) {
        cut.push_back({size, n});
      } else {
        at->count += n;
      }
    };
    for (const Blocks& each : all) {
      add(loop.step, each.count * (each.size / loop.step));
      add(each.size % loop.step, each.count);
    }
    all.swap(cut);
  }
  return all;
}

std::int64_t Extent::count(std::span<const Loop> loops, Dim d) const {
  std::int64_t sum = 0;
  for (const Blocks& each : blocks(loops, d)) sum += each.count;
  return sum;
}

std::int64_t Extent::lines(std::span<const Loop> loops, Dim out, Dim taps) const {
  std::int64_t sum = 0;
  for (const Blocks& o : blocks(loops, out)) {
    for (const Blocks& k : blocks(loops, taps)) {
      sum += o.count * k.count * line(o.size, k.size, out);
    }
  }
  return sum;
}

std::int64_t Extent::summed(std::span<const Loop> loops, Tensor t) const {
  std::int64_t product = 1;
  for (const Dim d : kAllDims) {
    // Along a dimension that indexes the tensor all blocks together touch its bound, once each.
    const bool windows = t == Tensor::kIfmap && (d == Dim::kP || d == Dim::kQ);
    const bool taps = t == Tensor::kIfmap && (d == Dim::kR || d == Dim::kS);
    if (taps) continue;
    if (windows) {
      product *= lines(loops, d, d == Dim::kP ? Dim::kR : Dim::kS);
    } else {
      product *= indexes(d, t) ? layer_.bound(d) : count(loops, d);
    }
  }
  return product;
}

std::int64_t Extent::fetched(std::span<const Loop> loops, Tensor t) const {
  return fetched(loops, layer_.box(), t);
}

std::int64_t Extent::fetched(std::span<const Loop> loops, const Box& box, Tensor t) const {
  if (loops.empty()) return words(box, t);
  const Loop& loop = loops.front();
  const auto inside = loops.subspan(1);
  const int n = trips(loop, box);
  const Box first = block(loop, box, 0);
  const std::int64_t of_first = fetched(inside, first, t);
  // Turns that neither reach other words nor are followed by any that do bring nothing.
  if (n == 1 || (!indexes(loop.dim, t) && !turns(inside, first, t))) return of_first;
  const Box last = block(loop, box, n - 1);
  const bool alike = last[loop.dim].size() == first[loop.dim].size();
  return (n - 1) * of_first + (alike ? of_first : fetched(inside, last, t));
}

std::int64_t Extent::of_first(std::span<const Loop> outer, std::span<const Loop> inner,
                              bool psums) const {
  std::int64_t product = 1;
  for (const Dim d : kAllDims) {
    std::int64_t sum = 0;
    for (const Blocks& each : blocks(outer, d)) {
      int size = each.size;
      for (const Loop& loop : inner) {
        if (loop.dim == d) size = std::min(size, loop.step);
      }
      sum += each.count * (psums && is_reduction(d) ? 1 : size);
    }
    product *= sum;
  }
  return product;
}

std::int64_t Extent::points_of_first(std::span<const Loop> outer,
                                     std::span<const Loop> inner) const {
  return of_first(outer, inner, false);
}

std::int64_t Extent::psums_of_first(std::span<const Loop> outer,
                                    std::span<const Loop> inner) const {
  return of_first(outer, inner, true);
}

}  // namespace orrery
