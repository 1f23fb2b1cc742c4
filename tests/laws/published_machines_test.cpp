// The engine against the arithmetic that was published of the TPU, DianNao and ShiDianNao.
//
// Sources:
//   [TPU]  Jouppi et al.: In-Datacenter Performance Analysis of a Tensor Processing Unit. ISCA
//   2017. [DN]   Chen et al.: DianNao. ASPLOS 2014; its loop nest as in Timeloop's DianNao
//   configuration. [SDN]  Du et al.: ShiDianNao. ISCA 2015, as recalled with fair certainty; cycles
//   are counted
//          from what it says that the array does in a step.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <tuple>

#include "tests/laws/published_layers.h"

namespace orrery::test {
namespace {

// [DN]
TEST(DianNao, TakesTheStepsOfThePublishedLoopNest) {
  const Machine m = machine_named("diannao");
  for (const Shape& x : std::vector<Shape>{
           {.m = 16, .c = 16, .p = 4, .q = 5, .r = 3, .s = 3},
           {.m = 17, .c = 33, .p = 3, .q = 7, .r = 2, .s = 4},
           {.images = 3, .m = 40, .c = 3, .p = 5, .q = 6, .r = 5, .s = 5, .stride = 2},
           {.groups = 2, .m = 24, .c = 20, .p = 13, .q = 13, .r = 3, .s = 3},
           {.m = 20, .c = 960},                                        // CLASS1 of [DN]
           {.m = 100, .c = 200},                                       // CLASS3
           {.m = 200, .c = 108, .p = 29, .q = 29, .r = 4, .s = 4}}) {  // CONV3
    EXPECT_EQ(play(m, x, "nlr").steps, diannao_steps(x)) << x;
  }
}

// [SDN]: convolutions put a block of 8 x 8 ofmap words of one ofmap on the array, and take a step
// for each tap of each ifmap that goes into it. Each psum leaves its PE once.
const std::vector<Shape> kConvolutions{
    {.m = 2, .c = 3, .p = 8, .q = 16, .r = 3, .s = 3},
    {.m = 6, .c = 1, .p = 28, .q = 28, .r = 5, .s = 5},  // C1 of LeNet-5
    {.m = 3, .c = 6, .p = 10, .q = 10, .r = 5, .s = 5},  // C3, all maps joined
    {.images = 2, .m = 2, .c = 2, .p = 11, .q = 8, .r = 4, .s = 7},
    {.m = 2, .c = 2, .p = 8, .q = 8, .r = 5, .s = 5, .stride = 2},
    {.m = 2, .c = 3, .p = 18, .q = 13, .r = 6, .s = 3, .stride = 2},
    {.m = 1, .c = 2, .p = 16, .q = 8, .r = 11, .s = 11, .stride = 4},
    {.groups = 3, .m = 2, .c = 2, .p = 9, .q = 7, .r = 2, .s = 2, .stride = 3}};

TEST(ShiDianNao, TakesAStepForEachTapOfABlockAndPairOfMaps) {
  const Machine m = machine_named("shidiannao");
  for (const Shape& x : kConvolutions) {
    const LayerResult r = play(m, x, "os_a");
    EXPECT_EQ(r.steps, product({x.groups, x.images, x.m, x.c, x.r, x.s}) * ceil_div(x.p, 8) *
                           ceil_div(x.q, 8))
        << x;
    EXPECT_EQ(r.counts[Action::glb_psum_array_write], product({x.groups, x.images, x.m, x.p, x.q}))
        << x;
  }
}

// Words that NBin gives for one ifmap and a block of `rows` x `cols` ofmap words. A PE's right
// neighbour had its word `stride` taps before, the PE below it `stride` rows of taps before. So the
// first tap asks for a word for every PE; a later one in the first rows of taps for a word for each
// row, at the right edge; one in later rows for a word for each column, at the bottom.
// With stride 1, that is 64 words for the first tap and 8 for each further one [SDN].
std::uint64_t nbin_words(const Shape& x, int rows, int cols) {
  int words = 0;
  for (int r = 0; r < x.r; ++r) {
    for (int s = 0; s < x.s; ++s) {
      words += r >= x.stride ? cols : (s >= x.stride ? rows : rows * cols);
    }
  }
  return static_cast<std::uint64_t>(words);
}

TEST(ShiDianNao, ReadsFromNBinWhatNoNeighbourHas) {
  const Machine m = machine_named("shidiannao");
  for (const Shape& x : kConvolutions) {
    std::uint64_t words = 0;
    for (int p = 0; p < x.p; p += 8) {
      for (int q = 0; q < x.q; q += 8)
        words += nbin_words(x, std::min(8, x.p - p), std::min(8, x.q - q));
    }
    EXPECT_EQ(play(m, x, "os_a").counts[Action::glb_ifmap_array_read],
              words * product({x.groups, x.images, x.m, x.c}))
        << x;
  }
}

// By hand. 5 x 5 taps, stride 1: 64 + 24 * 8. Stride 2: in each of the first two rows of taps two
// taps ask for 64 words and three for 8; three rows of five taps follow, 8 words each.
TEST(ShiDianNao, ReadsTheWordsOfABlockThatAreCountedByHand) {
  const Machine m = machine_named("shidiannao");
  const Shape x{.p = 8, .q = 8, .r = 5, .s = 5};
  Shape wide = x;
  wide.stride = 2;
  EXPECT_EQ(play(m, x, "os_a").counts[Action::glb_ifmap_array_read], 256U);
  EXPECT_EQ(play(m, wide, "os_a").counts[Action::glb_ifmap_array_read], 2U * (128 + 24) + 120);
}

// [SDN]: a fully connected layer gives each PE an ofmap word, and takes a step for each ifmap word.
TEST(ShiDianNao, TakesAStepForEachIfmapWordOf64OfmapWords) {
  const Machine m = machine_named("shidiannao");
  for (const Shape& x : std::vector<Shape>{{.m = 64, .c = 100},
                                           {.m = 120, .c = 16, .r = 5, .s = 5},  // C5 of LeNet-5
                                           {.m = 84, .c = 120},                  // F6
                                           {.m = 10, .c = 84},
                                           {.images = 3, .m = 200, .c = 7}}) {
    const LayerResult r = play(m, x, "os_c");
    EXPECT_EQ(r.steps, ceil_div(x.m, 64) * product({x.images, x.c, x.r, x.s})) << x;
    EXPECT_EQ(r.counts[Action::glb_ifmap_array_read], r.steps) << x;
  }
}

// [SDN]: pooling runs on the array, a step for each word of a window. The average is of 8-bit
// words, whose sums fit the psums of this machine.
TEST(ShiDianNao, PoolsInAStepForEachWordOfAWindow) {
  const Machine m = machine_named("shidiannao");
  struct Case {
    int maps, rows, cols, operand_bits;
    Pool window;
  };
  for (const Case& c :
       std::vector<Case>{{6, 28, 28, 8, {PoolKind::kAverage, 2, 2, 0}},  // S2 of LeNet-5
                         {3, 17, 23, 16, {PoolKind::kMax, 3, 2, 0}},
                         {2, 10, 10, 16, {PoolKind::kMax, 3, 1, 0}}}) {
    const int p = c.window.out(c.rows), q = c.window.out(c.cols), size = c.window.size;
    Layer layer = layer_of({.groups = c.maps, .p = p, .q = q, .r = size, .s = size}, m);
    layer.kind = LayerKind::kPool;
    layer.pool = c.window;
    layer.operand_bits = c.operand_bits;
    layer.post = {};
    layer.post.bias = false;
    layer.stride_rows = layer.stride_cols = c.window.stride;
    layer.ifmap_rows = c.rows, layer.ifmap_cols = c.cols;
    EXPECT_EQ(play(m, layer, fit(os_a(), layer, m)).steps,
              ceil_div(p, 8) * ceil_div(q, 8) * product({c.maps, size, size}))
        << c.rows << " x " << c.cols;
  }
}

// All of the layer in the on-chip stores but for the filters, which come tile by tile.
Mapping tile_by_tile(const Machine& m) {
  using enum Dim;
  return {.dataflow = "tiles",
          .nest = {{kM, m.array.cols, Place::kGlb},
                   {kC, m.array.rows, Place::kGlb},
                   {kC, 1, Place::kRows},
                   {kM, 1, Place::kCols},
                   {kN, 1, Place::kPe}},
          .keep = {.glb = {true, false, true}, .pe = {false, true, false}}};
}

// A machine whose filters are always there before the array wants them.
Machine with_fast_dram(Machine m) {
  m.dram.bytes_per_second = 1e14;
  m.dram.latency_ns = 0;
  m.dma.words_per_cycle = 4096;
  return m;
}

// [TPU]: a matrix instruction on B rows takes B cycles, pipelined; moving the next tile in takes
// 256 cycles, which hide behind the instruction before if that runs 256 cycles or more. Four tiles
// more cost four times the longer of the two; B rows more cost a tile B cycles.
TEST(TpuV1, HidesAShiftOf256CyclesBehindAsManyRows) {
  const Machine m = with_fast_dram(machine_named("tpu_v1"));
  const auto cycles = [&](int rows, int tiles) {
    const Layer layer = layer_of({.images = rows, .m = 256, .c = 256 * tiles}, m);
    const LayerResult r = play(m, layer, tile_by_tile(m));
    EXPECT_EQ(r.steps, product({rows, tiles}));
    return static_cast<std::int64_t>(r.pass_cycles);
  };
  for (const int rows : {1, 255, 256, 257}) {
    EXPECT_EQ(cycles(rows, 6) - cycles(rows, 2), 4 * std::max(rows, 256)) << rows << " rows";
    EXPECT_EQ(cycles(2 * rows, 1) - cycles(rows, 1), rows) << rows << " rows";
  }
}

// [TPU]: a tile is fetched in 65536 bytes / 34 GB/s = 1.93 us, 1349.3 cycles at 700 MHz; with one
// row the array waits for nothing else. Here the tile's 256 ifmap words come over the same DRAM,
// before. Tolerance: the clock edges on which the whole ends.
TEST(TpuV1, WaitsForATileAsLongAsItsFetchTakes) {
  const Machine m = machine_named("tpu_v1");
  const auto cycles = [&](int tiles) {
    const Layer layer = layer_of({.m = 256, .c = 256 * tiles}, m);
    return static_cast<double>(play(m, layer, tile_by_tile(m)).cycles);
  };
  const double tile = 65536 / 34e9 * 700e6, ifmap = 256 / 34e9 * 700e6;
  EXPECT_NEAR((cycles(24) - cycles(8)) / 16, tile + ifmap, 0.1);
}

// The machine with an array of 512 x 512, and buses and stores as much wider.
Machine doubled(Machine m) {
  m.array.rows = m.array.cols = 512;
  for (Bus* bus : {&m.noc.ifmap, &m.noc.filter, &m.noc.psum_in, &m.noc.psum_out})
    bus->words_per_cycle *= 2;
  for (Store& store : m.levels[0].stores) {
    store.read_words_per_cycle *= 2;
    store.write_words_per_cycle *= 2;
    if (store.prefetches()) store.bank_words = store.tile_words = 512 * 512;
  }
  return m;
}

// [TPU]: a 600 x 600 matrix takes 9 tiles and 18 us on 256 x 256, and 4 tiles and 32 us on 512 x
// 512. The paper reckons with 2 us a tile of 64 KiB; at 34 GB/s it is 1.93 us, and the figures are
// 17.35 and 30.84 us. On top of those: at most 2 us until the first word comes and after the last
// tile has come, in which it moves in (256 or 512 cycles) and psums cross the array (511 or 1023).
TEST(TpuV1, TakesAsLongForA600By600MatrixAsItsTiles) {
  const Machine m = machine_named("tpu_v1");
  for (const auto& [machine, tiles, published_us, exact_us] :
       {std::tuple{m, 9, 18.0, 17.35}, std::tuple{doubled(m), 4, 32.0, 30.84}}) {
    const Layer layer = layer_of({.m = 600, .c = 600}, machine);
    const LayerResult r = play(machine, layer, tile_by_tile(machine));
    const double us = static_cast<double>(r.cycles) / machine.clocks.core_mhz;
    const double bytes = static_cast<double>(tiles) * machine.pes();
    EXPECT_EQ(r.passes, static_cast<std::uint64_t>(tiles));
    EXPECT_EQ(static_cast<double>(r.counts[Action::dram_filter_read]), bytes);
    EXPECT_NEAR(bytes / machine.dram.bytes_per_second * 1e6, exact_us, 0.005);
    EXPECT_GE(us, exact_us);
    EXPECT_LT(us, exact_us + 2);
    // 1.2 us: what 2 us a tile are more than 16 tiles of 64 KiB (4 of 256 KiB) take.
    EXPECT_NEAR(us, published_us, 1.2);
  }
}

}  // namespace
}  // namespace orrery::test
