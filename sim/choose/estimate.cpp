#include "sim/choose/estimate.h"

#include <algorithm>

namespace orrery {
namespace {

using enum Dim;
using enum Action;
using Sizes = std::array<int, kDims>;
using Count = std::int64_t;

constexpr Count blocks_of(int size, int step) { return (size + step - 1) / step; }

// Sum of f(size, how many) over the blocks of `size` cut in steps.
template <class F>
Count over_blocks(int size, int step, const F& f) {
  const int whole = size / step, rest = size % step;
  return (whole > 0 ? whole * f(step) : 0) + (rest > 0 ? f(rest) : 0);
}

class Sum {
 public:
  Sum(const Mapping& mapping, const Layer& layer, const Machine& machine)
      : mapping_(mapping), layer_(layer), machine_(machine) {
    Sizes size = layer.bounds;
    spread_.fill(1);
    glb_ = pass_ = pe_ = size;
    for (const Loop& loop : mapping.nest) {
      const std::size_t d = index(loop.dim);
      const int before = pe_[d];
      const int step = std::min(before, loop.step);
      if (loop.place == Place::kDram) glb_[d] = pass_[d] = pe_[d] = step;
      if (loop.place == Place::kGlb) pass_[d] = pe_[d] = step;
      if (loop.place == Place::kRows || loop.place == Place::kCols) {
        spread_[d] *= static_cast<int>(blocks_of(before, step));
        pe_[d] = step;
      }
    }
  }

  Estimate run() {
    const auto macs = static_cast<std::uint64_t>(layer_.word_pairs());
    Counts& n = out_.counts;
    n[mac_none_compute] = n[spad_ifmap_operand_read] = n[spad_filter_operand_read] = macs;
    operand(Tensor::kIfmap, dram_ifmap_read, glb_ifmap_dma_write, glb_ifmap_array_read,
            noc_ifmap_bus_word, noc_ifmap_delivery, spad_ifmap_fill);
    operand(Tensor::kFilter, dram_filter_read, glb_filter_dma_write, glb_filter_array_read,
            noc_filter_bus_word, noc_filter_delivery, spad_filter_fill);
    if (layer_.has_bias()) n[dram_bias_read] = u(Count{layer_.bound(kG)} * layer_.bound(kM));
    psums();
    out_.cycles = cycles();
    return out_;
  }

 private:
  static std::uint64_t u(Count n) { return static_cast<std::uint64_t>(n); }

  // Words of `t` that are brought if a block of `held` is brought at once, each time anew.
  Count words(Tensor t, const Sizes& held) const {
    Count n = layer_.bound(kG);
    for (const Dim d : {kN, kM, kC, kP, kQ, kR, kS}) {
      const bool axis = d == kP || d == kQ || d == kR || d == kS;
      if (!indexes(d, t)) n *= blocks_of(layer_.bound(d), held[index(d)]);
      if (indexes(d, t) && !(t == Tensor::kIfmap && axis)) n *= layer_.bound(d);
    }
    if (t != Tensor::kIfmap) return n;
    return n * axis(kP, kR, layer_.stride_rows, layer_.dilation_rows, held) *
           axis(kQ, kS, layer_.stride_cols, layer_.dilation_cols, held);
  }

  Count axis(Dim out, Dim tap, int stride, int dilation, const Sizes& held) const {
    return over_blocks(layer_.bound(out), held[index(out)], [&](int o) {
      return over_blocks(layer_.bound(tap), held[index(tap)], [&](int t) -> Count {
        return touched_count({0, o}, {0, t}, stride, dilation);
      });
    });
  }

  // What the GLB holds of `t` at once: loops inside the last that turns over words of `t` bring
  // nothing new.
  Sizes in_glb(Tensor t) const {
    const bool kept = mapping_.keep.glb[index(t)];
    const Place last = kept ? Place::kDram : Place::kGlb;
    Sizes held = layer_.bounds, size = layer_.bounds, seen = layer_.bounds;
    for (const Loop& loop : mapping_.nest) {
      if (loop.place > last) break;
      const std::size_t d = index(loop.dim);
      const bool turns = loop.step < size[d];
      size[d] = std::min(size[d], loop.step);
      if (indexes(loop.dim, t) && turns) seen = size;
    }
    for (const Dim d : kAllDims) held[index(d)] = indexes(d, t) ? size[index(d)] : seen[index(d)];
    return held;
  }

  Count in_array_words(Tensor t) const {
    const Sizes held = in_array(t);
    const auto brought = [&](Dim d) { return held[index(d)] > spread_[index(d)]; };
    const bool from_neighbours = t == Tensor::kIfmap && !mapping_.keep.pe[index(t)];
    return from_neighbours && brought(kR) && brought(kS) ? both_ways() : words(t, held);
  }

  // PEs hand words up and to the left, but in one step only the one or the other: up wherever the
  // row of PEs below had the word, else to the left (docs/lock_step.md). The edge takes the bus.
  Count both_ways() const {
    const int taps_r = layer_.bound(kR), taps_s = layer_.bound(kS);
    const int first_r = std::min(taps_r, layer_.stride_rows);
    const int first_s = std::min(taps_s, layer_.stride_cols);
    const Count blocks = over_blocks(layer_.bound(kP), spread_[index(kP)], [&](int p) {
      return over_blocks(layer_.bound(kQ), spread_[index(kQ)], [&](int q) -> Count {
        return Count{first_r} * (first_s * p * q + (taps_s - first_s) * p) +
               Count{taps_r - first_r} * taps_s * q;
      });
    });
    return Count{layer_.bound(kG)} * layer_.bound(kN) * layer_.bound(kC) *
           blocks_of(layer_.bound(kM), spread_[index(kM)]) * blocks;
  }

  // What the array takes of an operand at once: the tile of a pass, or what one step wants.
  Sizes in_array(Tensor t) const {
    if (mapping_.keep.pe[index(t)]) return pass_;
    Sizes held = spread_;
    if (t == Tensor::kIfmap) share_with_neighbours(held);
    return held;
  }

  // The innermost of two dimensions of one axis along the rows (fifo_v) or columns (fifo_h): what
  // one of them spreads and the other turns through is brought once.
  void share_with_neighbours(Sizes& held) const {
    for (const auto& [place, fifo] : {std::pair{Place::kRows, machine_.pe.fifo_v_words},
                                      std::pair{Place::kCols, machine_.pe.fifo_h_words}}) {
      if (fifo == 0) continue;
      const Loop* inner = nullptr;
      for (const Loop& loop : mapping_.nest) {
        if (loop.place == place && spread_[index(loop.dim)] > 1) inner = &loop;
      }
      if (inner == nullptr) continue;
      const bool rows = inner->dim == kP || inner->dim == kR;
      const bool taps = inner->dim == kR || inner->dim == kS;
      if (!taps && inner->dim != kP && inner->dim != kQ) continue;
      const Dim other = rows ? (taps ? kP : kR) : (taps ? kQ : kS);
      const int stride = rows ? layer_.stride_rows : layer_.stride_cols;
      // Taps on PEs: the neighbour's word comes a stride of taps later, so only strides of 1 do.
      const int away = rows ? stride * pe_[index(kS)] : stride;
      if ((taps && stride > 1) || (rows && taps) || away > fifo) continue;
      held[index(other)] = pe_[index(other)];
    }
  }

  void operand(Tensor t, Action dram, Action dma, Action glb, Action bus, Action delivery,
               Action fill) {
    Counts& n = out_.counts;
    n[dram] = n[dma] = u(words(t, in_glb(t)));
    n[glb] = n[bus] = u(in_array_words(t));
    n[delivery] = n[fill] = mapping_.keep.pe[index(t)] ? u(words(t, pe_)) : u(layer_.word_pairs());
  }

  void psums() {
    Counts& n = out_.counts;
    const bool kept = mapping_.keep.pe[index(Tensor::kPsum)];
    Sizes pe = pe_;
    if (!kept) pe.fill(1);
    const Count finished = words(Tensor::kPsum, layer_.bounds);
    const Count back = words(Tensor::kPsum, kept ? pass_ : spread_);
    const Count parts = words(Tensor::kPsum, pe);
    const Count visits = words(Tensor::kPsum, in_glb(Tensor::kPsum));
    const Count old = back - (machine_.first_psum == FirstPsum::kZero ? finished : 0);
    n[dram_ofmap_write] = n[post_ofmap_word] = u(finished);
    n[dram_psum_read] = n[dram_psum_write] = n[glb_psum_dma_write] = u(visits - finished);
    n[glb_psum_dma_read] = u(visits);
    n[glb_psum_array_write] = u(back);
    n[glb_psum_array_read] = u(old);
    n[noc_psum_bus_word] = n[noc_psum_delivery] = u(back + old);
    n[adder_none_merge] = u(parts - back + old);
    if (machine_.array.psum_route == PsumRoute::kColumn) n[noc_psum_hop] = u(parts - back);
    n[spad_psum_update_read] = n[spad_psum_update_write] = u(layer_.word_pairs() - parts);
    if (!kept) return;
    n[spad_psum_first_write] = n[spad_psum_drain_read] = u(parts);
  }

  std::uint64_t cycles() const {
    std::uint64_t steps = 1;
    for (const Dim d : kAllDims) steps *= u(blocks_of(layer_.bound(d), spread_[index(d)]));
    const auto on = [&](Action words, const Link& bus) {
      return out_.counts[words] / static_cast<std::uint64_t>(bus.words_per_cycle);
    };
    return std::max({steps, on(noc_ifmap_bus_word, machine_.noc.ifmap),
                     on(noc_filter_bus_word, machine_.noc.filter),
                     on(glb_psum_array_write, machine_.noc.psum_out)});
  }

  const Mapping& mapping_;
  const Layer& layer_;
  const Machine& machine_;
  Sizes glb_{}, pass_{}, spread_{}, pe_{};
  Estimate out_;
};

}  // namespace

Estimate estimate(const Mapping& mapping, const Layer& layer, const Machine& machine) {
  return Sum(mapping, layer, machine).run();
}

}  // namespace orrery
