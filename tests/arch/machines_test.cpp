// The machines of the other dataflow classes against the figures that were published of them.
//
// Sources:
//   [TPU]  Jouppi et al.: In-Datacenter Performance Analysis of a Tensor Processing Unit. ISCA
//   2017. [DN]   Chen et al.: DianNao. ASPLOS 2014; its buffers as in Timeloop's DianNao
//   configuration. [SDN]  Du et al.: ShiDianNao. ISCA 2015, as recalled with fair certainty.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <set>

#include "arch/machine/machine.h"

namespace orrery {
namespace {

const std::filesystem::path kArch = std::filesystem::path(ORRERY_SOURCE_DIR) / "arch";

Machine machine_named(const std::string& name) { return read_machine(kArch / (name + ".yaml")); }

std::int64_t bytes(const Machine& m, Tensor t) {
  const Store& store = m.store_of(t);
  return std::int64_t{store.banks} * store.bank_words * m.numbers.word_bits / 8;
}

bool is_assumed(const Machine& m, const std::string& path) {
  return std::ranges::any_of(m.tags, [&](const TaggedValue& value) {
    return value.path == path && value.origin == Origin::kAssumed;
  });
}

// [TPU]: 65,536 MACs at 700 MHz are 92 TOPS; 24 MiB unified buffer; 4096 x 256 accumulators of 32
// bits, 4 MiB; a weight FIFO of 4 tiles of 64 KiB; 8 GiB of weight DRAM.
TEST(TpuV1, HasThePublishedArrayAndStores) {
  const Machine m = machine_named("tpu_v1");
  EXPECT_EQ(m.pes(), 65536);
  EXPECT_EQ(std::lround(2 * m.pes() * m.clocks.core_mhz * 1e-6), 92);
  EXPECT_EQ(bytes(m, Tensor::kIfmap), 24 << 20);
  EXPECT_EQ(bytes(m, Tensor::kPsum), 4 << 20);
  EXPECT_EQ(bytes(m, Tensor::kPsum), 4096 * 256 * (m.numbers.psum_bits / 8));
  EXPECT_EQ(bytes(m, Tensor::kFilter), 4 * 256 * 256);
  EXPECT_EQ(m.store_of(Tensor::kFilter).prefetch_tiles, 4);
  EXPECT_EQ(m.dram.megabytes, 8 * 1024);
}

// [TPU]: a tile of 256 x 256 weights moves in within 256 cycles, 256 psums leave in each cycle, and
// the roofline bends at about 1350 MACs per weight byte, which is also the cycles of a tile's fetch
// at 34 GB/s: 65536 bytes / 34e9 bytes/s * 700e6 cycles/s = 1349.3.
TEST(TpuV1, HasThePublishedRates) {
  const Machine m = machine_named("tpu_v1");
  EXPECT_EQ(packet_words(m, Tensor::kFilter), 256);
  EXPECT_EQ(packet_words(m, Tensor::kIfmap), 256);
  EXPECT_EQ(m.noc.psum_out.words_per_cycle, 256 * m.words_per_psum());
  const double core_hz = m.clocks.core_mhz * 1e6;
  EXPECT_NEAR(m.pes() * core_hz / m.dram.bytes_per_second, 1350, 10);
  EXPECT_NEAR(65536 / m.dram.bytes_per_second * core_hz, 1349.3, 0.05);
  const double link = m.clocks.link_mhz * 1e6 * m.dma.words_per_cycle * m.numbers.word_bits / 8;
  EXPECT_GE(link, m.dram.bytes_per_second);
}

// [DN]: NBin 2 KB and NBout 2 KB of 64 entries of 16 words, SB 32 KB of 64 entries of 256 words.
// [DN]: 452 GOP/s: 256 multiplications and 16 x 15 additions a cycle at 0.98 GHz, in units of 2^30.
TEST(DianNao, HasThePublishedArrayStoresAndRate) {
  const Machine m = machine_named("diannao");
  const int operations = m.pes() + m.array.cols * (m.array.rows - 1);
  EXPECT_EQ(std::floor(operations * m.clocks.core_mhz * 1e6 / (1 << 30)), 452);
  const std::pair<Tensor, int> buffers[] = {
      {Tensor::kIfmap, 16}, {Tensor::kFilter, 256}, {Tensor::kPsum, 16}};
  for (const auto& [t, words] : buffers) {
    EXPECT_EQ(bytes(m, t), 64 * words * 2) << name(t);
    EXPECT_EQ(m.store_of(t).read_words_per_cycle, words) << name(t);
  }
  EXPECT_EQ(bytes(m, Tensor::kIfmap), 2 * 1024);
  EXPECT_EQ(bytes(m, Tensor::kFilter), 32 * 1024);
}

// [SDN]: 8 x 8 PEs at 1 GHz, 288 KB on the chip: NBin 64, NBout 64, SB 128, and 32 of instructions,
// which are not modelled.
TEST(ShiDianNao, HasThePublishedArrayAndStores) {
  const Machine m = machine_named("shidiannao");
  EXPECT_EQ(m.array.rows, 8);
  EXPECT_EQ(m.array.cols, 8);
  EXPECT_EQ(m.clocks.core_mhz, 1000);
  EXPECT_EQ(bytes(m, Tensor::kIfmap), 64 * 1024);
  EXPECT_EQ(bytes(m, Tensor::kPsum), 64 * 1024);
  EXPECT_EQ(bytes(m, Tensor::kFilter), 128 * 1024);
}

// What was recalled without certainty, or stands for something that the chip has not.
TEST(Machines, CallUnsureFiguresAssumed) {
  const std::pair<const char*, const char*> unsure[] = {{"diannao", "dram.bytes_per_second"},
                                                        {"diannao", "pe.pipeline_stages"},
                                                        {"diannao", "numbers.psum_bits"},
                                                        {"shidiannao", "pe.fifo_h_words"},
                                                        {"shidiannao", "pe.fifo_v_words"},
                                                        {"shidiannao", "dram.bytes_per_second"},
                                                        {"shidiannao", "noc.ifmap.words_per_cycle"},
                                                        {"tpu_v1", "pe.psum_out_fifo_packets"},
                                                        {"tpu_v1", "levels[0].stores[0].banks"},
                                                        {"tpu_v1", "dram.latency_ns"}};
  for (const auto& [machine, path] : unsure) {
    EXPECT_TRUE(is_assumed(machine_named(machine), path)) << machine << ": " << path;
  }
}

// Whatever the engine can play, a machine at hand has.
TEST(Machines, CoverEveryPaceDeliveryAndPsumRoute) {
  std::set<std::string> seen;
  for (const auto& entry : std::filesystem::directory_iterator(kArch)) {
    if (entry.path().extension() != ".yaml") continue;
    const Machine m = read_machine(entry.path());
    seen.insert({fmt::format("pace {}", static_cast<int>(m.array.pace)),
                 fmt::format("delivery {}", static_cast<int>(m.array.delivery)),
                 fmt::format("route {}", static_cast<int>(m.array.psum_route))});
  }
  const std::set<std::string> all{"pace 0",  "pace 1",  "delivery 0", "delivery 1",
                                  "route 0", "route 1", "route 2",    "route 3"};
  EXPECT_EQ(seen, all);
}

}  // namespace
}  // namespace orrery
