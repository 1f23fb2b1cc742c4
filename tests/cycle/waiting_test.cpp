// How long the array waits, and for what.
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "tests/cycle/run_and_wait.h"
#include "tests/cycle/small_layers.h"

namespace orrery::test {
namespace {

TEST(Waiting, ShiftsTheConfigurationInBitByBit) {
  struct Case {
    int bits;
    double core_mhz, setup_mhz;
    std::uint64_t cycles;  // ceil(bits * core_mhz / setup_mhz)
  };
  for (const Case& c : std::vector<Case>{{100, 100, 25, 400},
                                         {0, 100, 25, 0},
                                         {7, 100, 30, 24},       // 23.3
                                         {1794, 200, 60, 5980},  // exactly
                                         {10, 100, 1000, 1}}) {
    Machine m = machine_named("tutorial_2x2");
    m.clocks.core_mhz = c.core_mhz;
    m.controller = {.setup_bits = c.bits, .setup_mhz = c.setup_mhz};
    const LayerResult r = run(m, conv({1, 1, 2, 2, 1, 3, 1, 2}), in_one_pe());
    EXPECT_EQ(waited(r, Stall::kSetup), c.cycles) << c.bits << " bits";
  }
}

// Core 100 MHz (10 ns), link 50 MHz (20 ns), DRAM much faster than the link.
Machine tiny_link(int words_per_cycle, int crossing_cycles, double latency_ns) {
  Machine m = machine_named("tutorial_2x2");
  m.clocks = {.core_mhz = 100, .link_mhz = 50};
  m.controller.setup_bits = 0;
  m.dma = {.words_per_cycle = words_per_cycle, .overlap = {}, .crossing_cycles = crossing_cycles};
  m.dram.bytes_per_second = 1e15;
  m.dram.latency_ns = latency_ns;
  return m;
}

// The first thing that a run waits for is its ifmap: with no set-up, from time 0 on. It is one
// request of Q words. A transfer begins `crossing` link edges after the order, lasts the latency
// and then the words at the link's width, and is known `crossing` core edges after its end.
TEST(Waiting, TakesTheTimeOfTheLinkForATransfer) {
  struct Case {
    int words, words_per_cycle, crossing;
    double latency_ns;
    std::uint64_t link_cycles;  // until the last word has passed, latency included
  };
  for (const Case& c : std::vector<Case>{{8, 1, 0, 0, 8},
                                         {8, 2, 0, 0, 4},
                                         {7, 2, 0, 0, 4},  // 3.5 cycles end on an edge
                                         {8, 1, 3, 0, 8},
                                         {8, 1, 0, 100, 13},   // 5 + 8
                                         {8, 2, 2, 90, 9}}) {  // 4.5 + 4 ends on the next edge
    const Machine m = tiny_link(c.words_per_cycle, c.crossing, c.latency_ns);
    const LayerResult r = run(m, conv({1, 1, 1, 1, 1, c.words, 1, 1}), in_one_pe());
    const auto crossing = static_cast<std::uint64_t>(c.crossing);
    EXPECT_EQ(waited(r, Stall::kIfmapLoad), (crossing + c.link_cycles) * 2 + crossing)
        << c.words << " words, " << c.words_per_cycle << " a cycle, crossing " << c.crossing
        << ", latency " << c.latency_ns << " ns";
  }
}

TEST(Waiting, IsLessForWhatMayMoveBesideTheArray) {
  const Layer layer = conv({1, 6, 4, 2, 3, 6, 1, 2});
  const Mapping mapping = in_one_pe({{Dim::kN, 1, Place::kDram}, {Dim::kP, 1, Place::kDram}});
  Machine m = machine_named("tutorial_2x2");
  m.dma.overlap = {"filter"};
  const LayerResult alone = run(m, layer, mapping);
  m.dma.overlap = {"ifmap", "filter"};
  const LayerResult beside = run(m, layer, mapping);
  EXPECT_GT(waited(beside, Stall::kIfmapLoad), 0u);  // the first one
  EXPECT_GT(waited(alone, Stall::kIfmapLoad), waited(beside, Stall::kIfmapLoad));
  EXPECT_EQ(alone.pass_cycles, beside.pass_cycles);
  EXPECT_EQ(alone.counts, beside.counts);
  m.dma.overlap = {"ifmap", "filter", "psum"};
  EXPECT_LT(waited(run(m, layer, mapping), Stall::kOfmapStore), waited(beside, Stall::kOfmapStore));
}

// Passes of 36 windows, each with a filter of 2 words: a later filter is there before it is needed.
TEST(Waiting, HidesAFilterPrefetchBehindAPass) {
  Machine m = machine_named("tutorial_2x2");
  m.levels.back().stores[1].prefetch_tiles = 1;
  Mapping mapping = in_one_pe({{Dim::kM, 1, Place::kGlb}});
  mapping.keep.glb[index(Tensor::kFilter)] = false;
  const auto waited_for_filters = [&](int filters) {
    return waited(run(m, conv({1, 1, filters, 2, 6, 6, 1, 1}), mapping), Stall::kFilterLoad);
  };
  m.dma.overlap = {"filter"};
  const std::uint64_t first = waited_for_filters(1);
  EXPECT_EQ(waited_for_filters(5), first);
  m.dma.overlap = {};
  EXPECT_GT(waited_for_filters(5), 4 * first);
}

// Passes of one MAC: sent in 0, it issues in 2, merges in 3, and its psum leaves in 4 and is in the
// GLB at 5 + 3. Pipelined, the next pass begins at 4, the first is over 4 cycles later, and so its
// merge waits until its cycle 4: it hands on after 5 and is over after 9.
TEST(Waiting, ForPsumsOnTheirWayIsCutShortWherePassesArePipelined) {
  Machine m = machine_named("tutorial_2x2");
  m.pe.adders = 1;
  m.noc.ifmap.latency_cycles = m.noc.filter.latency_cycles = 0;
  m.noc.psum_out.latency_cycles = 3;
  m.first_psum = FirstPsum::kZero;
  for (const int passes : {1, 2, 3}) {
    const auto n = static_cast<std::uint64_t>(passes);
    for (const bool pipelined : {false, true}) {
      m.array.pipelined = pipelined;
      const LayerResult r =
          run(m, conv({1, 1, 1, 1, passes, 1, 1, 1}), in_one_pe({{Dim::kP, 1, Place::kGlb}}));
      EXPECT_EQ(r.pass_cycles, pipelined ? 3 + 5 * n : 8 * n);
      const std::uint64_t in_passes = std::accumulate(r.pe_cycles.begin(), r.pe_cycles.end(), 0ULL);
      EXPECT_EQ(in_passes, r.pass_cycles);
    }
  }
}

}  // namespace
}  // namespace orrery::test
