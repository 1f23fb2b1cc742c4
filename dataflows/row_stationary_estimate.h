// What a row-stationary mapping costs, before anything runs: the capacities it needs and a closed
// form of its cycles. The letters are those of Chen et al., JSSC 52(1), 2017; row_stationary.cpp
// says what they mean.
//
// T_pass = max(n*F*p*(q*S + 1), psum words / psum bus) + filter words / filter bus
//
// is within 1 % of the processing time that the paper measures for its five convolutional layers
// together. The machine's fields stand for the constants; the ifmap bus and the link of the filters
// are held to the maximum too.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <compare>
#include <cstdint>
#include <limits>

#include "arch/machine/machine.h"
#include "dataflows/mapping/mapping.h"

namespace orrery {

using Words = std::int64_t;

// How many blocks of `step` cover `size`.
template <class T>
constexpr T blocks_of(T size, T step) {
  return (size + step - 1) / step;
}

// What the search leaves alone: ofmap columns, filter rows and filter columns of a pass, and the
// level whose loops fold the latter two.
struct RsFold {
  int q = 1, r = 1, s = 1;
  Place place = Place::kGlb;
};

// What it chooses. Sets stand t_rows x t_cols; `width` columns make a segment.
struct RsChoice {
  int width = 1, segments = 1, e = 1;
  // Ifmap rows of a pass and of the GLB's tile, and strips of e ofmap rows times folds of their
  // columns: they follow from e.
  Words pass_rows = 1, tile_rows = 1, strips = 1;
  int p = 1, q = 1, r = 1, t_rows = 1, t_cols = 1;
  int n = 1, m = 1;
  int channels = 1;  // of the ifmap tile in the GLB, a multiple of q*r
  int t() const { return t_rows * t_cols; }
};

// Compared in this order.
struct RsCost {
  Words cycles = std::numeric_limits<Words>::max();
  Words glb_words = 0;
  Words transfers = 0;
  auto operator<=>(const RsCost&) const = default;
};

class RsEstimate {
 public:
  RsEstimate(const Layer& layer, const Machine& machine, const RsFold& fold)
      : layer_(layer), machine_(machine), fold_(fold), bounds_(layer.bounds) {
    // A configuration supports so many filters and channels; the controller runs several.
    const auto split = [&](Dim d, int limit) {
      if (limit == 0 || bound(d) <= limit) return;
      configurations_ *= blocks_of(bound(d), limit);
      bounds_[index(d)] = limit;
    };
    split(Dim::kM, machine.limits.filters);
    split(Dim::kC, machine.limits.channels);
    for (const Tensor t : kAllTensors) {
      const Store& store = machine.store_of(t);
      const bool twice = machine.overlaps(t) && !store.prefetches();
      homes_[index(t)] = {&store, machine.overlaps(t), twice ? 2 : 1};
    }
    words_per_psum_ = machine.words_per_psum();
    folds_ = Words{1} * blocks_of(bound(Dim::kR), fold.r) * blocks_of(bound(Dim::kS), fold.s);
    turns_ = folds_ * configurations_ * bound(Dim::kG);
    const double link = machine.clocks.link_mhz * machine.dma.words_per_cycle;
    const double dram = machine.dram.peak_bytes_per_second() * 1e-6 * 8 / machine.numbers.word_bits;
    link_words_per_us_ = std::min(link, dram);
    const double edges = machine.dma.crossing_cycles + 0.5;
    transfer_us_ = machine.dram.first_word_ns() * 1e-3 + edges / machine.clocks.link_mhz +
                   edges / machine.clocks.core_mhz;
    pass_cols_ = cols(fold.q, fold.s);
    tile_cols_ = cols(pools() ? bound(Dim::kQ) : fold.q, glb_taps(Dim::kS, fold.s));
  }

  // Of one configuration.
  int bound(Dim d) const { return bounds_[index(d)]; }

  void set_rows(RsChoice& c) const {
    c.strips = Words{1} * blocks_of(bound(Dim::kP), c.e) * blocks_of(bound(Dim::kQ), fold_.q);
    c.pass_rows = rows(c.e, fold_.r);
    c.tile_rows = rows(pools() ? bound(Dim::kP) : c.e, glb_taps(Dim::kR, fold_.r));
  }

  // Psums that a PE can hold and hand on at once: more than its FIFOs take would hold up its
  // neighbours.
  int psums_at_once() const {
    const auto fifo = [&](const Bus& bus, int packets) {
      return std::max(1, packets * bus.words_per_cycle / words_per_psum_);
    };
    return std::min({machine_.pe.psum_spad_words,
                     fifo(machine_.noc.psum_in, machine_.pe.psum_in_fifo_packets),
                     fifo(machine_.noc.psum_out, machine_.pe.psum_out_fifo_packets)});
  }

  Words psum_words_per_filter(const RsChoice& c) const {
    return Words{c.n} * (pools() ? bound(Dim::kP) : c.e) * (pools() ? bound(Dim::kQ) : fold_.q) *
           words_per_psum_;
  }
  Words ifmap_words_per_channel(const RsChoice& c) const {
    return Words{c.n} * c.tile_rows * tile_cols_;
  }
  Words pass_filter_words(const RsChoice& c) const {
    return Words{c.p} * c.t() * c.q * c.r * fold_.r * fold_.s;
  }
  // Of the GLB; filters stream through it.
  Words tile_words(Tensor t, const RsChoice& c) const {
    switch (t) {
      case Tensor::kIfmap:
        return c.channels * ifmap_words_per_channel(c);
      case Tensor::kFilter:
        return pass_filter_words(c);
      case Tensor::kPsum:
        return c.m * psum_words_per_filter(c);
    }
    return 0;
  }

  // Words of `t` that fit into its store if nothing else is there.
  Words room(Tensor t) const {
    const Home& home = homes_[index(t)];
    return Words{home.store->banks / home.copies} * home.store->bank_words;
  }
  // Words of `t` that fit into its store beside the tiles of the other tensors.
  Words room_beside(Tensor t, const RsChoice& c) const {
    const Home& home = homes_[index(t)];
    Words banks = home.store->banks;
    for (const Tensor other : kAllTensors) {
      const Home& its = homes_[index(other)];
      if (other == t || its.store != home.store) continue;
      banks -= blocks_of<Words>(tile_words(other, c), its.store->bank_words) * its.copies;
    }
    return std::max<Words>(0, banks) / home.copies * home.store->bank_words;
  }
  bool fits(const RsChoice& c) const {
    return std::ranges::all_of(kAllTensors,
                               [&](Tensor t) { return tile_words(t, c) <= room_beside(t, c); });
  }
  // Is there room for the filters of the next pass while the array takes those of the present one?
  bool filters_fit_twice(const RsChoice& c) const {
    return !homes_[index(Tensor::kFilter)].store->prefetches() ||
           2 * pass_filter_words(c) <= room(Tensor::kFilter);
  }

  // How often loops outside a pass turn.
  Words channel_tiles(const RsChoice& c) const { return blocks_of(bound(Dim::kC), c.q * c.r); }
  // Ifmap tiles that cover all channels.
  Words channel_blocks(const RsChoice& c) const { return blocks_of(bound(Dim::kC), c.channels); }
  Words passes(const RsChoice& c) const {
    return turns_ * blocks_of(bound(Dim::kN), c.n) * c.strips *
           blocks_of(bound(Dim::kM), c.p * c.t()) * channel_tiles(c);
  }

  // As if all passes were of full size: a smaller one still leaves link or array idle.
  Words filter_loads(const RsChoice& c) const { return passes(c) * pass_filter_words(c); }

  // Cycles of a pass once its filters are in the spads: max(MACs and merges of a PE, psum bus,
  // ifmap bus).
  Words play_cycles(const RsChoice& c) const {
    const Words windows = Words{c.n} * fold_.q;
    const Words macs = windows * c.p * (Words{c.q} * fold_.s + (machine_.pe.adders == 1 ? 1 : 0));
    // A window without a reduction is a single MAC, whose psum travels alone.
    const int together = c.q * fold_.s > 1 ? c.p : 1;
    const Words psums =
        windows * c.t() * c.e * (c.p / together) *
        packets(machine_.noc.psum_in, machine_.noc.psum_out, together * words_per_psum_);
    const Words ifmap =
        Words{c.n} * c.q * c.r * c.pass_rows * pass_cols_ / machine_.noc.ifmap.words_per_cycle;
    return std::max({macs, psums, ifmap});
  }
  // While a pass is on, the filters of the next one come over the link, if the machine overlaps
  // them: all the time where the store takes both, else once the array has taken its own.
  Words pass_cycles(const RsChoice& c) const {
    const Bus& bus = machine_.noc.filter;
    const Words fill = Words{c.t()} * c.r * fold_.r * packets(bus, bus, c.p * c.q * fold_.s);
    const Words play = play_cycles(c);
    const Words link = filter_cycles(c);
    if (!homes_[index(Tensor::kFilter)].overlaps) return fill + play + link;
    return filters_fit_twice(c) ? std::max(fill + play, link) : fill + std::max(play, link);
  }
  // Of DRAM and link for the filters of a pass.
  Words filter_cycles(const RsChoice& c) const { return link_cycles(pass_filter_words(c), 1); }
  // What no choice with these p, q and r and at most `t_most` sets on other filters falls below:
  // the fewest passes as long as the shortest, and each filter once over the link for all images.
  Words least_cycles(RsChoice c, int t_most) const {
    c.n = c.t_rows = c.t_cols = 1;
    const Words shortest = play_cycles(c);
    const Words pass_words = pass_filter_words(c);
    c.t_rows = t_most;
    const Words playing = passes(c) * shortest;
    c.n = bound(Dim::kN);
    const Words loads = passes(c);
    const Words rounds = loads / blocks_of(bound(Dim::kM), c.p * t_most);
    // A cycle less: a sum is rounded in another way than its parts.
    const Words loading = link_cycles(rounds * pass_words / c.p * bound(Dim::kM), loads) - 1;
    return std::max(playing, loading);
  }
  // The same of any choice with these p and q and at most so many sets: all of them busy in passes
  // as long as the shortest.
  Words least_cycles_of_pes(RsChoice c, int sets) const {
    c.n = c.r = c.t_rows = c.t_cols = 1;
    const Words tiles = Words{bound(Dim::kM)} * bound(Dim::kC) / (Words{c.p} * c.q * sets);
    return turns_ * bound(Dim::kN) * c.strips * tiles * play_cycles(c);
  }
  // The same of any choice with at most so many channels in a PE: each MAC has its slot, and each
  // window one for its merge.
  Words least_cycles_of_rows(const RsChoice& c, int q_most, int sets) const {
    const Words slots = Words{q_most} * fold_.s + (machine_.pe.adders == 1 ? 1 : 0);
    return turns_ * bound(Dim::kN) * c.strips * fold_.q *
           (Words{bound(Dim::kM)} * bound(Dim::kC) * slots / (Words{q_most} * sets));
  }
  static Words packets(const Link& a, const Link& b, int words) {
    return blocks_of(words, std::min(a.words_per_cycle, b.words_per_cycle));
  }

  // Core cycles that DRAM and link need for so many words in so many transfers. A transfer crosses
  // to the link's clock and back; on average it waits half a period for an edge of either.
  Words link_cycles(Words words, Words transfers) const {
    const double us = static_cast<double>(words) / link_words_per_us_ +
                      static_cast<double>(transfers) * transfer_us_;
    return static_cast<Words>(std::ceil(us * machine_.clocks.core_mhz));
  }

  // Ifmap words that the array reads, if each pass reads its own, and that the DMA loads: again for
  // every block of m filters.
  Words ifmap_reads(const RsChoice& c) const {
    return configurations_ * Words{bound(Dim::kG)} * bound(Dim::kN) * bound(Dim::kC) * c.strips *
           folds_ * blocks_of(bound(Dim::kM), c.p * c.t()) * c.pass_rows * pass_cols_;
  }
  Words ifmap_loads(const RsChoice& c) const {
    return ifmap_transfers(c) / channel_blocks(c) * bound(Dim::kC) * ifmap_words_per_channel(c);
  }
  // Cycles in which no choice of these rows plays passes: each ifmap word comes over the link once
  // at least.
  Words least_ifmap_wait(const RsChoice& c) const {
    if (homes_[index(Tensor::kIfmap)].overlaps) return 0;
    const Words strips = pools() ? 1 : c.strips;
    return link_cycles(configurations_ * Words{bound(Dim::kG)} * bound(Dim::kN) * bound(Dim::kC) *
                           strips * (fold_.place == Place::kDram ? folds_ : 1) * c.tile_rows *
                           tile_cols_,
                       0);
  }
  Words ifmap_transfers(const RsChoice& c) const {
    const Words tiles =
        channel_blocks(c) * (pools() ? 1 : c.strips) * (fold_.place == Place::kDram ? folds_ : 1);
    // A tile that is the only one stays for all filters.
    const Words again = tiles > 1 ? blocks_of(bound(Dim::kM), c.m) : 1;
    return configurations_ * Words{bound(Dim::kG)} * blocks_of(bound(Dim::kN), c.n) * tiles * again;
  }
  Words ofmap_transfers(const RsChoice& c) const {
    return configurations_ * Words{bound(Dim::kG)} * blocks_of(bound(Dim::kN), c.n) *
           (pools() ? 1 : c.strips) * blocks_of(bound(Dim::kM), c.m);
  }

  // The array waits for every ifmap tile that may not come beside it, else for the first one; the
  // others then share the link with the filters. How many transfers these are counts for less than
  // the estimate errs by, and the words of the ofmap are the same for any choice.
  Words cycles(const RsChoice& c) const {
    const Words playing = passes(c) * pass_cycles(c);
    const Words loads = ifmap_loads(c);
    if (!homes_[index(Tensor::kIfmap)].overlaps) return playing + link_cycles(loads, 0);
    return std::max(playing, link_cycles(loads + filter_loads(c), 0)) +
           link_cycles(tile_words(Tensor::kIfmap, c), 0);
  }
  Words transfers(const RsChoice& c) const { return ifmap_transfers(c) + ofmap_transfers(c); }

  // Array and DMA traffic; what no choice changes is left out.
  Words glb_words(const RsChoice& c) const {
    const Words psums = Words{bound(Dim::kG)} * bound(Dim::kN) * bound(Dim::kM) * bound(Dim::kP) *
                        bound(Dim::kQ) * channel_tiles(c) * folds_ * configurations_;
    return 2 * psums * words_per_psum_ + ifmap_reads(c) + ifmap_loads(c) + 2 * filter_loads(c);
  }

 private:
  // Pooling takes whole planes from the GLB.
  bool pools() const { return !layer_.post.pool.empty(); }
  int glb_taps(Dim d, int folded) const { return fold_.place == Place::kGlb ? bound(d) : folded; }
  // Ifmap rows and columns that e ofmap rows, f ofmap columns need.
  Words rows(int e, int taps) const {
    return touched_count({0, e}, {0, taps}, layer_.stride_rows, layer_.dilation_rows);
  }
  Words cols(int f, int taps) const {
    return touched_count({0, f}, {0, taps}, layer_.stride_cols, layer_.dilation_cols);
  }

  // Where a tensor lives in the GLB; a tile that is filled while another is in use takes its banks
  // twice.
  struct Home {
    const Store* store = nullptr;
    bool overlaps = false;
    int copies = 1;
  };

  const Layer& layer_;
  const Machine& machine_;
  RsFold fold_;
  std::array<Home, kTensors> homes_;
  std::array<int, kDims> bounds_;
  int configurations_ = 1;
  Words folds_ = 1;  // of the taps
  Words turns_ = 1;  // of the loops over folds, groups and configurations
  int words_per_psum_ = 1;
  double link_words_per_us_ = 0, transfer_us_ = 0;
  Words pass_cols_ = 1, tile_cols_ = 1;  // ifmap columns of a pass and of the GLB's tile
};

}  // namespace orrery
