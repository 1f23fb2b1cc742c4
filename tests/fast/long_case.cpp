#include "tests/fast/long_case.h"

#include <algorithm>
#include <numeric>

#include "tests/cycle/random_case.h"
#include "tests/cycle/random_nest.h"

namespace orrery::test {
namespace {

constexpr std::int64_t kLeastPasses = 40, kMostPasses = 1500, kMostMacs = 20'000;

int window_extent(int taps, int dilation) { return (taps - 1) * dilation + 1; }

// Clocks in simple and in odd ratios, DRAM that is faster or slower than the link.
void vary_times(Machine& m, Rng& rng) {
  // Nothing folds on a memory of a standard.
  m.dram.standard.clear();
  m.dram.setup.reset();
  static constexpr std::array kMhz{50, 100, 150, 200, 250, 333};
  const auto mhz = [&] { return kMhz[static_cast<std::size_t>(rng.in(0, int{kMhz.size()} - 1))]; };
  m.clocks.core_mhz = coin(rng, 2) ? mhz() : rng.in(20, 300);
  if (coin(rng, 2)) m.clocks.link_mhz = coin(rng, 2) ? m.clocks.core_mhz : mhz();
  m.dma.words_per_cycle = rng.in(1, 4);
  if (coin(rng, 2)) m.dram.bytes_per_second = rng.in(1, 1000) * 1e6;
  if (coin(rng, 2)) m.dram.latency_ns = rng.in(0, 400);
  m.controller.setup_mhz = rng.in(10, 200);
  // Configurations of a few filters or channels would leave no long loop inside.
  if (!coin(rng, 6)) m.limits.filters = m.limits.channels = 0;
}

// Deep FIFOs before a slow bus, so that psums of a pass still leave when the next one begins.
void vary_psums_out(Machine& m, Rng& rng) {
  if (coin(rng, 2)) m.pe.psum_out_fifo_packets = rng.in(4, 12);
  if (coin(rng, 2)) m.noc.psum_out.words_per_cycle = m.words_per_psum();
  if (coin(rng, 2)) m.pe.pipeline_stages = 1;
}

// Queues with room for few tiles: the next one waits until the array has taken one.
void vary_room(Machine& m, Rng& rng) {
  for (Store& store : m.levels.back().stores) {
    if (!store.prefetches() || coin(rng, 3)) continue;
    const int tile = store.tile_words > 0 ? store.tile_words : rng.in(2, 20);
    store.banks = rng.in(1, 3);
    store.bank_words = tile;
  }
}

// Bounds of the layer, and of one pass of it: long dimensions turn in time.
struct Sizes {
  std::array<int, kDims> layer{1, 1, 1, 1, 1, 1, 1, 1}, pass{1, 1, 1, 1, 1, 1, 1, 1};
  std::vector<Dim> in_time;
};

Sizes random_sizes(Rng& rng) {
  Sizes sizes;
  std::vector<Dim> dims(kAllDims.begin(), kAllDims.end());
  shuffle(dims, rng);
  const int longs = rng.in(1, 3);
  int trips = rng.in(int{kLeastPasses}, int{kMostPasses});
  for (const Dim d : dims) {
    const bool tap = d == Dim::kR || d == Dim::kS;
    int& whole = sizes.layer[index(d)];
    int& inside = sizes.pass[index(d)];
    inside = whole = coin(rng, 3) ? rng.in(1, 3) : 1;
    if (static_cast<int>(sizes.in_time.size()) == longs) continue;
    const int most = tap ? 8 : d == Dim::kG || d == Dim::kM || d == Dim::kC ? 60 : 400;
    const int blocks = std::clamp(trips, 1, coin(rng, 2) ? most : std::min(most, 12));
    trips /= blocks;
    // The last block is smaller than the others, or as large.
    whole = std::min(tap ? 8 : 1000, inside * blocks - (coin(rng, 2) ? 0 : rng.in(0, inside - 1)));
    sizes.in_time.push_back(d);
  }
  return sizes;
}

Layer layer_of(const Sizes& sizes, Rng& rng) {
  using enum Dim;
  Layer layer;
  layer.name = "long";
  layer.bounds = sizes.layer;
  layer.operand_bits = 8;
  layer.stride_rows = rng.in(1, 2), layer.stride_cols = rng.in(1, 2);
  layer.dilation_rows = coin(rng, 4) ? 2 : 1, layer.dilation_cols = coin(rng, 4) ? 2 : 1;
  for (int* pad : {&layer.pad_top, &layer.pad_bottom, &layer.pad_left, &layer.pad_right})
    *pad = coin(rng, 2) ? rng.in(0, 5) : 0;
  layer.ifmap_rows = (layer.bound(kP) - 1) * layer.stride_rows +
                     window_extent(layer.bound(kR), layer.dilation_rows) - layer.pad_top -
                     layer.pad_bottom;
  layer.ifmap_cols = (layer.bound(kQ) - 1) * layer.stride_cols +
                     window_extent(layer.bound(kS), layer.dilation_cols) - layer.pad_left -
                     layer.pad_right;
  layer.post.bias = coin(rng, 3);
  layer.post.relu = false;
  using enum Layout;
  if (coin(rng, 3)) layer.layouts = {kNhwc, kNhwc, kNhwc};
  return layer;
}

Mapping mapping_of(const Layer& layer, const Sizes& sizes, const Machine& m, Rng& rng) {
  Mapping mapping{.dataflow = "long", .nest = {}, .keep = {}};
  Layer pass = layer;
  pass.bounds = sizes.pass;
  NestMaker maker(pass, m, rng);
  // A loop in the GLB, in DRAM, or half of its blocks in each.
  std::vector<Loop> dram, glb;
  for (const Dim d : sizes.in_time) {
    const int step = sizes.pass[index(d)], blocks = layer.bound(d) / step;
    const int place = rng.in(0, 2);
    if (place == 0) dram.push_back({d, step, Place::kDram});
    if (place == 2) dram.push_back({d, step * rng.in(1, std::max(1, blocks / 2)), Place::kDram});
    if (place != 0) glb.push_back({d, step, Place::kGlb});
  }
  maker.nest = dram;
  maker.nest.insert(maker.nest.end(), glb.begin(), glb.end());
  maker.cut_in_space(Place::kRows);
  maker.cut_in_space(Place::kCols);
  maker.turn_the_rest();
  mapping.nest = std::move(maker.nest);
  for (const Tensor t : kAllTensors) {
    mapping.keep.glb[index(t)] = !m.store_of(t).prefetches() && coin(rng, 2);
    mapping.keep.pe[index(t)] = !coin(rng, 4);
  }
  return mapping;
}

}  // namespace

EngineCase long_case(std::uint64_t seed) {
  Rng rng(seed);
  while (true) {
    EngineCase c{random_machine(rng), {}, {}};
    vary_times(c.machine, rng);
    vary_room(c.machine, rng);
    vary_psums_out(c.machine, rng);
    read_machine(parse_yaml_text(orrery::to_yaml(c.machine), "variation"));
    for (int tries = 0; tries < 20; ++tries) {
      const Sizes sizes = random_sizes(rng);
      c.layer = layer_of(sizes, rng);
      if (c.layer.ifmap_rows < 1 || c.layer.ifmap_cols < 1) continue;
      if (c.layer.macs() > kMostMacs || c.layer.macs() < kLeastPasses) continue;
      c.mapping = mapping_of(c.layer, sizes, c.machine, rng);
      if (check(c.mapping, c.layer, c.machine).empty()) return c;
    }
  }
}

}  // namespace orrery::test
