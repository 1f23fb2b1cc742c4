// A memory of a standard behind the DMA: times and energies derived by hand.
#include <gtest/gtest.h>

#include <cmath>

#include "sim/fast/engine.h"
#include "tests/cycle/run_and_wait.h"
#include "tests/cycle/small_layers.h"

namespace orrery::test {
namespace {

// Core 100 MHz (10 ns), link 50 MHz (20 ns a word of 16 bits), DDR3-1600 (1.25 ns) of 64-byte
// bursts: 32 words.
Machine with_memory(const std::string& policy) {
  Machine m = machine_named("tutorial_2x2");
  m.clocks = {.core_mhz = 100, .link_mhz = 50};
  m.controller.setup_bits = 0;
  m.dma = {.words_per_cycle = 1, .overlap = {}, .crossing_cycles = 0};
  const std::string folder = std::string(ORRERY_SOURCE_DIR) + "/arch/dram/";
  m.dram.standard = folder + "ddr3-1600.yaml";
  m.dram.policy = folder + "policies/" + policy + ".yaml";
  return read_machine(parse_yaml_text(to_yaml(m), "with memory"));
}

// The first burst's data are there 1 + tRCD + CL + 4 cycles after it was asked for; the others
// follow every 4 cycles, faster than the link, which then passes word after word.
TEST(Memory, GivesTheFirstWordAfterActivateAndRead) {
  for (const int words : {1, 8, 32, 33, 40}) {
    const LayerResult r = run(with_memory("open"), conv({1, 1, 1, 1, 1, words, 1, 1}), in_one_pe());
    const double ns = (1 + 11 + 11 + 4) * 1.25 + words * 20.0;
    EXPECT_EQ(waited(r, Stall::kIfmapLoad), static_cast<std::uint64_t>(std::ceil(ns / 20)) * 2)
        << words << " words";
  }
}

// A read of one burst each of ifmap and filter, a write of one; in banks of their own, all closed
// before.
TEST(Memory, CountsBurstsAndTheirRows) {
  const LayerResult r = run(with_memory("open"), conv({1, 1, 1, 1, 1, 8, 1, 1}), in_one_pe());
  EXPECT_EQ(r.dram->reads, 2U);
  EXPECT_EQ(r.dram->writes, 1U);
  EXPECT_EQ(r.dram->hits + r.dram->misses + r.dram->conflicts, 3U);
  EXPECT_EQ(r.dram->bytes, 3U * 64);
}

// Setting up takes 1 ms, in which nobody asks.
TEST(Memory, IsRefreshedAndDrawsCurrentWhileNobodyAsks) {
  Machine m = with_memory("open");
  m.controller = {.setup_bits = 1000, .setup_mhz = 1};
  const LayerResult r = run(m, conv({1, 1, 1, 1, 1, 8, 1, 1}), in_one_pe());
  const double clocks = static_cast<double>(r.cycles) * 10 / 1.25;
  EXPECT_EQ(r.dram->refreshes, static_cast<std::uint64_t>(clocks / 6240));
  // 8 devices; at least all banks closed, 32 mA at 1.35 V.
  EXPECT_GT(r.dram->energy.background(), 0.99 * 8 * 1.35 * 32 * clocks * 1.25);
  EXPECT_DOUBLE_EQ(r.dram->seconds, static_cast<double>(r.cycles) * 10e-9);
}

TEST(Memory, TakesTheSameInBothEnginesUnderEveryPolicy) {
  for (const char* policy :
       {"open", "closed", "in_order", "frugal", "dramsim3", "ramulator2", "ramulator2_row_hit"}) {
    Machine m = with_memory(policy);
    m.dma.outstanding = 3;
    m.dma.words_per_cycle = 8;
    const Layer layer = conv({1, 2, 6, 1, 9, 9, 3, 3});
    const Mapping mapping = in_one_pe({{Dim::kM, 2, Place::kDram}, {Dim::kP, 3, Place::kDram}});
    const LayerResult cycle = run(m, layer, mapping), fast = run_layer_fast(m, layer, mapping);
    EXPECT_EQ(cycle.cycles, fast.cycles) << policy;
    EXPECT_EQ(cycle.stalls, fast.stalls) << policy;
    EXPECT_EQ(cycle.dram, fast.dram) << policy;
  }
}

}  // namespace
}  // namespace orrery::test
