#include "tests/reports/sample.h"

namespace orrery {
namespace {

Energy energy() {
  Energy sum;
  for (std::size_t i = 0; i < kEnergyLevels; ++i) {
    for (std::size_t j = 0; j < kEnergyTensors; ++j)
      sum.at[i][j] = 1e6 * static_cast<double>((i + 1) * (j + 1));
  }
  return sum;
}

Bounds bounds() {
  Bounds all{.least_cycles = 110, .compulsory_dram_words = 5, .least_dram_words = 8};
  for (std::size_t i = 0; i < all.cycles.size(); ++i)
    all.cycles[i] = static_cast<double>(10 * (i + 1));
  return all;
}

LayerResult layer_a() {
  LayerResult a{.name = "A",
                .cycles = 1000,
                .processing_cycles = 800,
                .pass_cycles = 700,
                .passes = 3,
                .macs = 2400,
                .macs_gated = 600,
                .active_pes = 3,
                .active_pes_mean = 2.5,
                .utilization = 0.75,  // 2400 / (4 * 800)
                .latency_ms = 0.1,
                .processing_ms = 0.08,
                .stalls = {50, 40, 30, 70, 10, 100},
                .pe_cycles = {2400, 100, 0, 0, 50, 50, 200},
                .before_mac = {20, 30},
                .counts = {},
                .link_code = {.ifmap = {100, 80, 40}, .ofmap = {50, 0, 68}},
                .link_bytes = 2000,
                .plain_link_bytes = 2100,
                .ofmap_sha256 = "00ff",
                .check = Check::kEqual,
                .difference = "",
                .mapping = {},
                .reduction = "passes C/6; PE \"S\", C",
                .product_shift = 3,
                .requant_shift = 2};
  for (std::size_t i = 0; i < kActions.size(); ++i) a.counts.value[i] = i;
  a.energy = energy();
  a.bounds = bounds();
  return a;
}

LayerResult layer_b() {
  LayerResult b = layer_a();
  b.name = "B, last";
  b.cycles = 1'234'567;
  b.processing_cycles = 200;
  b.passes = 1;
  b.active_pes = 4;
  b.active_pes_mean = 4;
  b.utilization = 0.25;
  b.latency_ms = 123.4567;
  b.stalls = {0, 0, 0, 1'233'867, 0, 0};
  for (std::uint64_t& n : b.counts.value) n *= 10;
  return b;
}

}  // namespace

NetworkResult sample() {
  return {.version = "1.2.3",
          .complete = true,
          .machine = "toy",
          .network = "pair",
          .dataflow = "rs",
          .mac = "mac_int16",
          .engine = "cycle",
          .data = "synthetic",
          .set = {},
          .batch = 2,
          .seed = 18'446'744'073'709'551'615U,
          .core_mhz = 10,
          .word_bits = 16,
          .pes = 4,
          .area_um2 = 1.5e6,
          .energy_table = "prices",
          .layers = {layer_a(), layer_b()}};
}

}  // namespace orrery
