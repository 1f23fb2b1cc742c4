#include "sim/mapper/bound.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "dataflows/pass/nest.h"
#include "sim/mapper/extent.h"

namespace orrery {
namespace {

using Words = std::int64_t;

// What the levels move, in words (psums by number).
struct Moves {
  std::array<Words, kTensors> tiles{};   // DRAM to GLB, of psums: started or brought back
  std::array<Words, kTensors> passes{};  // GLB to array: once for each pass that wants them
  std::array<Words, kTensors> pes{};     // into PEs: once for each PE of a pass
  Words psums = 0;                       // of the layer
  Words issue = 0;                       // issue slots of the busiest PE, summed over passes
};

std::uint64_t whole(Words words) { return static_cast<std::uint64_t>(std::max<Words>(0, words)); }

Words over(Words words, Words width) { return (words + width - 1) / width; }

// Additions take a slot of their own where PEs have one adder.
Words slots(const Machine& machine, Words points, Words psums) {
  const bool one = machine.array.pace == Pace::kIndependent && machine.pe.adders == 1;
  return points + (one ? psums : 0);
}

// A word that a PE does not keep comes for each use; one that is on a bus serves each PE once.
void fetch_for_each_use(const Machine& machine, const Layer& layer, const Mapping& mapping,
                        const Spread& spread, const Nest& nest, Moves& moves) {
  if (machine.array.pace != Pace::kIndependent) return;
  const auto fetch = [&](Tensor t, Words pes) {
    moves.passes[index(t)] = std::max(moves.passes[index(t)], over(layer.word_pairs(), pes));
    moves.pes[index(t)] = layer.word_pairs();
  };
  if (!mapping.keep.pe[index(Tensor::kFilter)]) {
    Words share = 1;
    for (std::size_t i = 0; i < nest.spatial.size(); ++i) {
      if (!indexes(nest.spatial[i].dim, Tensor::kFilter)) share *= spread.trips[i];
    }
    fetch(Tensor::kFilter, share);
  }
  // Windows overlap along rows and columns, and padding that is made is not fetched.
  if (!mapping.keep.pe[index(Tensor::kIfmap)] && machine.padding == Padding::kStored)
    fetch(Tensor::kIfmap, Words{spread.rows} * spread.cols);
}

Moves moves_of(const Machine& machine, const Layer& layer, const Mapping& mapping) {
  const Nest nest = take_apart(mapping, layer, machine);
  const Extent extent(machine, layer);
  std::vector<Loop> loops = nest.dram;
  loops.insert(loops.end(), nest.glb.begin(), nest.glb.end());
  loops.insert(loops.end(), nest.spatial.begin(), nest.spatial.end());
  const std::span<const Loop> all = loops;
  const auto dram = all.first(nest.dram.size());
  const auto pass = all.first(nest.dram.size() + nest.glb.size());
  Moves moves;
  for (const Tensor t : kAllTensors) {
    moves.tiles[index(t)] = extent.fetched(mapping.keep.glb[index(t)] ? dram : pass, t);
    moves.passes[index(t)] = extent.summed(pass, t);
    moves.pes[index(t)] = extent.summed(all, t);
  }
  fetch_for_each_use(machine, layer, mapping, spread(nest, layer), nest, moves);
  moves.psums = extent.words(layer.box(), Tensor::kPsum);
  moves.issue = slots(machine, extent.points_of_first(pass, nest.spatial),
                      extent.psums_of_first(pass, nest.spatial));
  return moves;
}

Moves least_moves(const Machine& machine, const Layer& layer) {
  const Extent extent(machine, layer);
  Moves moves;
  for (const Tensor t : kAllTensors) {
    const Words words = extent.words(layer.box(), t);
    moves.tiles[index(t)] = moves.passes[index(t)] = moves.pes[index(t)] = words;
  }
  moves.psums = extent.words(layer.box(), Tensor::kPsum);
  moves.issue =
      slots(machine, over(layer.word_pairs(), machine.pes()), over(moves.psums, machine.pes()));
  return moves;
}

// Psums that passes take from the GLB: all but the first ones, where these start from zero.
Words psums_read(const Machine& machine, const Moves& moves) {
  const Words passes = moves.passes[index(Tensor::kPsum)];
  return machine.first_psum == FirstPsum::kRead ? passes : passes - moves.psums;
}

void count_outside(const Machine& machine, const Layer& layer, const Moves& moves, Counts& n) {
  using enum Action;
  const Words per_psum = machine.words_per_psum();
  const Words again = (moves.tiles[index(Tensor::kPsum)] - moves.psums) * per_psum;
  n[dram_ifmap_read] = n[glb_ifmap_dma_write] = whole(moves.tiles[index(Tensor::kIfmap)]);
  n[dram_filter_read] = n[glb_filter_dma_write] = whole(moves.tiles[index(Tensor::kFilter)]);
  n[dram_psum_read] = n[dram_psum_write] = n[glb_psum_dma_write] = whole(again);
  n[glb_psum_dma_read] = whole(moves.tiles[index(Tensor::kPsum)] * per_psum);
  // Pooled ofmaps have fewer words.
  if (layer.post.pool.empty()) n[dram_ofmap_write] = n[post_ofmap_word] = whole(moves.psums);
}

void count_noc(const Machine& machine, const Moves& moves, Counts& n) {
  using enum Action;
  const Words per_psum = machine.words_per_psum();
  const Words out = moves.passes[index(Tensor::kPsum)] * per_psum;
  const Words in = psums_read(machine, moves) * per_psum;
  const Words to_array = machine.accumulates_at_store() ? 0 : in;
  n[glb_ifmap_array_read] = n[noc_ifmap_bus_word] = whole(moves.passes[index(Tensor::kIfmap)]);
  n[glb_filter_array_read] = n[noc_filter_bus_word] = whole(moves.passes[index(Tensor::kFilter)]);
  n[glb_psum_array_write] = whole(out);
  n[glb_psum_array_read] = whole(in);
  n[noc_psum_bus_word] = n[noc_psum_delivery] = whole(out + to_array);
  // Elsewhere a PE may have its words from a neighbour.
  const bool handed_on = machine.array.delivery == Delivery::kSystolic ||
                         machine.pe.fifo_h_words > 0 || machine.pe.fifo_v_words > 0;
  if (handed_on) return;
  n[noc_ifmap_delivery] = whole(moves.pes[index(Tensor::kIfmap)]);
  n[noc_filter_delivery] = whole(moves.pes[index(Tensor::kFilter)]);
}

void count_pes(const Machine& machine, const Layer& layer, const Moves& moves, Counts& n) {
  using enum Action;
  const Words started = moves.pes[index(Tensor::kPsum)];
  const bool chains = machine.array.psum_route == PsumRoute::kColumn &&
                      machine.array.pace == Pace::kIndependent && !machine.accumulates_at_store();
  if (chains) {
    const Words handed = started - moves.passes[index(Tensor::kPsum)];
    n[noc_psum_hop] = whole(handed * machine.words_per_psum());
    n[adder_none_merge] = whole(handed + psums_read(machine, moves));
  }
  n[spad_ifmap_fill] = whole(moves.pes[index(Tensor::kIfmap)]);
  n[spad_filter_fill] = whole(moves.pes[index(Tensor::kFilter)]);
  n[spad_ifmap_operand_read] = n[spad_filter_operand_read] = whole(layer.word_pairs());
  n[mac_none_compute] = whole(layer.word_pairs());
  if (machine.pe.psum_spad_words == 0) return;
  n[spad_psum_first_write] = n[spad_psum_drain_read] = whole(started);
  n[spad_psum_update_read] = n[spad_psum_update_write] = whole(layer.word_pairs() - started);
}

// Core cycles that the link needs for so many words.
double link_cycles(const Machine& machine, Words words) {
  const double link = machine.clocks.link_mhz * machine.dma.words_per_cycle;
  const double dram = machine.dram.peak_bytes_per_second() * 1e-6 * 8 / machine.numbers.word_bits;
  return static_cast<double>(words) / std::min(link, dram) * machine.clocks.core_mhz;
}

// Issue slots and buses work side by side; transfers that may not run beside the array come on top.
std::uint64_t least_cycles(const Machine& machine, const Layer& layer, const Moves& moves) {
  const Words array =
      std::max({moves.issue,
                over(moves.passes[index(Tensor::kIfmap)], packet_words(machine, Tensor::kIfmap)),
                over(moves.passes[index(Tensor::kFilter)], packet_words(machine, Tensor::kFilter)),
                over(moves.passes[index(Tensor::kPsum)], packet_psums(machine))});
  const Words ofmap = layer.post.pool.empty() ? moves.psums : 0;
  const Words again = (moves.tiles[index(Tensor::kPsum)] - moves.psums) * machine.words_per_psum();
  const std::array<Words, kTensors> linked{moves.tiles[index(Tensor::kIfmap)],
                                           moves.tiles[index(Tensor::kFilter)], 2 * again + ofmap};
  double beside = 0, apart = 0;
  for (const Tensor t : kAllTensors) {
    (machine.overlaps(t) ? beside : apart) += link_cycles(machine, linked[index(t)]);
  }
  const double cycles = apart + std::max(static_cast<double>(array), beside);
  return static_cast<std::uint64_t>(std::floor(cycles * (1 - 1e-9)));
}

LowerBound bound_of(const Machine& machine, const Layer& layer, const Moves& moves) {
  LowerBound bound;
  count_outside(machine, layer, moves, bound.counts);
  count_noc(machine, moves, bound.counts);
  count_pes(machine, layer, moves, bound.counts);
  bound.cycles = least_cycles(machine, layer, moves);
  return bound;
}

}  // namespace

LowerBound lower_bound(const Machine& machine, const Layer& layer, const Mapping& mapping) {
  return bound_of(machine, layer, moves_of(machine, layer, mapping));
}

LowerBound lower_bound(const Machine& machine, const Layer& layer) {
  LowerBound bound = bound_of(machine, layer, least_moves(machine, layer));
  bound.counts[Action::spad_psum_update_read] = bound.counts[Action::spad_psum_update_write] = 0;
  return bound;
}

double least_energy(const LowerBound& bound, const PriceList& list) {
  double energy = 0;
  for (std::size_t i = 0; i < kActions.size(); ++i) {
    const auto& price = list.prices[i];
    if (!price || price->less || price->unless) continue;
    energy += price->value * static_cast<double>(bound.counts.value[i]);
  }
  for (const PriceList::PerCycle& each : list.per_cycle) {
    energy += each.value * static_cast<double>(bound.cycles);
  }
  // A sum is rounded in another way than its parts.
  return energy * (1 - 1e-9);
}

}  // namespace orrery
