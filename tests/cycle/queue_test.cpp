// Queues of tiles and transfers under way together: what the DMA does, in which order.
#include <gtest/gtest.h>

#include "tests/cycle/run_and_wait.h"
#include "tests/cycle/small_layers.h"

namespace orrery::test {
namespace {

using enum Dim;
using enum Place;

// Cycles of 10 ns on both sides of a link of one word a cycle; a tile is one request.
void set_link(Machine& m, int outstanding, double bytes_per_second, double latency_ns) {
  m.clocks = {.core_mhz = 100, .link_mhz = 100};
  m.controller.setup_bits = 0;
  m.dma = {.words_per_cycle = 1,
           .burst_words = 100,
           .outstanding = outstanding,
           .overlap = {"ifmap", "filter", "psum"},
           .crossing_cycles = 0};
  m.dram.bytes_per_second = bytes_per_second;
  m.dram.latency_ns = latency_ns;
}

// Cycles until the last of `tiles` passes is over. Each takes a tile of 4 x 4 filter words, as a
// TPU does, and is much shorter than the tile's way from DRAM.
std::uint64_t cycles_of_tiles(const Machine& m, int tiles) {
  Mapping mapping{.dataflow = "tiles", .nest = {{kM, 4, kGlb}, {kC, 1, kRows}, {kM, 1, kCols}}};
  mapping.keep.glb[index(Tensor::kFilter)] = false;
  const LayerResult r = run(m, conv({1, 1, 4 * tiles, 4, 1, 1, 1, 1}), mapping);
  return r.pass_cycles + waited(r, Stall::kIfmapLoad) + waited(r, Stall::kFilterLoad);
}

// A tile of 16 bytes: 30 cycles of latency, 20 or 10 in DRAM, then 16 on the link, 66 or 56 in all.
TEST(Queue, HidesTheLatencyOfDramBehindTransfersUnderWayTogether) {
  struct {
    int outstanding;
    double bytes_per_second;
    std::uint64_t cycles;  // for each two tiles
  } const expected[]{{1, 8e7, 66 + 66},
                     {1, 1.6e8, 56 + 56},
                     {2, 8e7, 66},          // the second follows the first 20 later
                     {4, 8e7, 20 + 20},     // the slower of DRAM ...
                     {4, 1.6e8, 16 + 16}};  // ... and link
  for (const auto& e : expected) {
    Machine m = machine_named("tutorial_systolic_4x4");
    m.levels[0].stores[1].banks = m.levels[0].stores[1].prefetch_tiles = 5;
    set_link(m, e.outstanding, e.bytes_per_second, 300);
    EXPECT_EQ(cycles_of_tiles(m, 20) - cycles_of_tiles(m, 12), 4 * e.cycles)
        << e.outstanding << " outstanding, " << e.bytes_per_second << " bytes/s";
  }
}

TEST(Queue, MovesAWholeTileWhateverIsInIt) {
  Machine m = machine_named("tutorial_systolic_4x4");
  // Tiles of 4 x 4, of 1 x 4, of 4 x 3 and of 1 x 3 words.
  const Layer layer = conv({1, 1, 7, 5, 1, 1, 1, 1});
  Mapping mapping{.dataflow = "tiles",
                  .nest = {{kC, 4, kGlb}, {kM, 4, kGlb}, {kC, 1, kRows}, {kM, 1, kCols}}};
  mapping.keep.glb[index(Tensor::kFilter)] = false;
  for (const auto& [tile_words, moved] : {std::pair{16, 4U * 16U}, {32, 4U * 32U}, {0, 35U}}) {
    m.levels[0].stores[1].tile_words = tile_words;
    m.levels[0].stores[1].bank_words = 32;
    const LayerResult r = run(m, layer, mapping);
    EXPECT_EQ(r.counts[Action::dram_filter_read], moved) << tile_words;
    EXPECT_EQ(r.counts[Action::glb_filter_dma_write], moved) << tile_words;
    EXPECT_EQ(r.counts[Action::glb_filter_array_read], 35U) << tile_words;
  }
}

// Five passes, each with 4 ifmap words and a tile of 100 filter words of its own, of which it takes
// 32; a word takes a cycle on the link and none in DRAM. The filter store has room for `tiles`.
LayerResult run_five_groups(int tiles) {
  Machine m = machine_named("tutorial_2x2");
  set_link(m, 1, 1e15, 0);
  Store& filters = m.levels[0].stores[1];
  filters.banks = tiles, filters.bank_words = filters.tile_words = 100;
  filters.prefetch_tiles = 4;
  m.pe.filter_fifo_packets = 8;  // a filter word in each cycle
  Mapping mapping = in_one_pe({{kG, 1, kGlb}});
  mapping.keep.glb = {false, false, true};
  return run(m, conv({5, 1, 8, 4, 1, 1, 1, 1}), mapping);
}

// The filters of pass 4 and 5 are asked for while pass 1 plays, the ifmaps of pass 3 while pass 2
// does. They go first all the same, so that a pass starts each 104 cycles. Room for the tile in use
// and the one that moves is enough.
TEST(Queue, MovesFirstWhatTheEarliestPassWaitsFor) {
  for (const int tiles : {5, 2}) {
    const LayerResult r = run_five_groups(tiles);
    const std::uint64_t pass = r.pass_cycles / 5;
    ASSERT_GT(pass, 32U);
    ASSERT_LT(pass, 100U);
    // The first two passes get ifmaps before filters, the others filters before ifmaps.
    EXPECT_EQ(waited(r, Stall::kIfmapLoad), 4 + 3 * (104 - pass)) << tiles;
    EXPECT_EQ(waited(r, Stall::kFilterLoad), 100 + (104 - pass)) << tiles;
  }
}

// With room for one tile, the next one waits until a pass has taken its filters; the ifmaps of the
// next pass are asked for later and move meanwhile.
TEST(Queue, LetsALaterTransferPassOneThatWaitsForRoom) {
  const LayerResult r = run_five_groups(1);
  EXPECT_EQ(waited(r, Stall::kIfmapLoad), 4U);  // of the first pass
  // Four times 32 words leave the store, a cycle each, and 100 come in; meanwhile a pass plays.
  const std::uint64_t pass = r.pass_cycles / 5;
  EXPECT_EQ(waited(r, Stall::kFilterLoad), 100 + 4 * (32 + 100 - pass));
}

}  // namespace
}  // namespace orrery::test
