#include "arch/equal_area/equal_area.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "arch/mac/all.h"
#include "workloads/input/input_error.h"

namespace orrery {
namespace {

constexpr int kRfBytes = 512;      // [ISCA] Section VI, of each PE
constexpr int kBufferBytes = 512;  // [ISCA] Section VI, for each PE
constexpr int kMostBanks = 4096;   // of a store (arch/machine/fields_of_machine.h)
constexpr int kWide = 4096;        // words a cycle, the most that a bus or port can have
constexpr int kWordBytes = 2;      // [ISCA] 16-bit words

struct Point {
  double bytes, area;
};
// [ISCA] Fig. 7a, read from the drawing: flip-flops up to 8 bytes, SRAM above.
constexpr std::array kAreas{Point{2, 8.15},    Point{4, 13.56},   Point{8, 13.94},
                            Point{16, 13.38},  Point{32, 7.56},   Point{64, 4.66},
                            Point{128, 3.15},  Point{256, 2.16},  Point{512, 1.64},
                            Point{1024, 1.27}, Point{2048, 1.09}, Point{4096, 1.0}};

double rf_area(int pes, int bytes) { return bytes == 0 ? 0 : pes * bytes * area_of_a_byte(bytes); }

// The largest divisor not above the root.
int rows_of(int pes) {
  int rows = static_cast<int>(std::sqrt(static_cast<double>(pes)));
  while (pes % rows != 0) --rows;
  return rows;
}

Store buffer(std::int64_t bytes) {
  Store store;
  store.name = "buffer";
  store.holds = {"ifmap", "filter", "psum"};
  const std::int64_t words = bytes / kWordBytes;
  store.bank_words = 1;
  while (words / store.bank_words > kMostBanks) store.bank_words *= 2;
  store.banks = static_cast<int>(words / store.bank_words);
  store.read_words_per_cycle = store.write_words_per_cycle = kWide;
  return store;
}

// Everything that the comparison takes as given.
void idealize(Machine& m) {
  m.numbers = {.word_bits = 16, .operand_bits = 16, .product_bits = 16, .psum_bits = 16};
  m.array.pace = Pace::kLockStep;
  m.pe.ifmap_fifo_words = m.pe.filter_fifo_packets = 2;
  m.pe.psum_in_fifo_packets = m.pe.psum_out_fifo_packets = 2;
  m.pe.adders = 2;
  for (Bus* bus : {&m.noc.ifmap, &m.noc.filter, &m.noc.psum_in, &m.noc.psum_out})
    bus->words_per_cycle = kWide;
  m.noc.psum_link.words_per_cycle = 1;
  m.clocks.link_mhz = m.clocks.core_mhz;
  m.dma = {.words_per_cycle = kWide, .burst_words = 65536, .outstanding = 64, .overlap = {}};
  m.dram = {.megabytes = 1 << 20, .bytes_per_second = 1e15, .latency_ns = 0};
  m.post = {.pooling = true, .words_per_cycle = kWide};
  m.controller = {.setup_bits = 0, .setup_mhz = m.clocks.core_mhz};
  m.limits.stride_rows = m.limits.stride_cols = {1, 2, 3, 4, 5, 6, 7, 8};
  m.padding = Padding::kStored;
  m.first_psum = FirstPsum::kZero;
}

}  // namespace

double area_of_a_byte(double bytes) {
  if (bytes <= kAreas.front().bytes) return kAreas.front().area;
  for (std::size_t i = 1; i < kAreas.size(); ++i) {
    const auto& [from, area_from] = kAreas[i - 1];
    const auto& [to, area_to] = kAreas[i];
    if (bytes <= to) return area_from + (area_to - area_from) * (bytes - from) / (to - from);
  }
  return kAreas.back().area;
}

double storage_area(int pes) {
  return rf_area(pes, kRfBytes) + static_cast<double>(pes) * kBufferBytes;
}

std::int64_t buffer_bytes(int pes, int rf_bytes) {
  const double left = storage_area(pes) - rf_area(pes, rf_bytes);
  if (left < kWordBytes) {
    throw InputError(
        fmt::format("{} bytes of RF in each of {} PEs leave no area for a buffer", rf_bytes, pes));
  }
  return static_cast<std::int64_t>(left);
}

Machine equal_area_machine(const Machine& like, const ArrayNeeds& needs, int pes) {
  Machine m;
  m.name = fmt::format("equal_area_{}", pes);
  m.description = fmt::format("{} PEs of the storage area of ISCA 2016, idealized", pes);
  m.source =
      "rules of Chen, Emer, Sze, ISCA 2016, Section VI; clocks and technology of " + like.name;
  m.mac = "mac_int16";
  m.clocks = like.clocks;
  m.technology = like.technology;
  idealize(m);
  m.array.psum_route = needs.psum_route;
  m.pe.fifo_h_words = needs.fifo_h_words;
  m.pe.fifo_v_words = needs.fifo_v_words;
  m.levels = {{"buffer", {buffer(buffer_bytes(pes, needs.rf_words * kWordBytes))}}};
  const int fifos = needs.fifos_in_rf ? needs.fifo_h_words + needs.fifo_v_words : 0;
  const int words = std::max(1, needs.rf_words - fifos);  // an operand register is no RF
  return shaped(m, {.rows = rows_of(pes),
                    .cols = pes / rows_of(pes),
                    .ifmap_words = words,
                    .filter_words = words,
                    .psum_words = needs.rf_words - fifos});
}

Machine shaped(Machine machine, const ArrayShape& shape) {
  machine.array.rows = shape.rows;
  machine.array.cols = shape.cols;
  machine.pe.ifmap_spad_words = shape.ifmap_words;
  machine.pe.filter_spad_words = shape.filter_words;
  machine.pe.psum_spad_words = shape.psum_words;
  return machine;
}

std::string equal_area_yaml(const Machine& machine, const ArrayNeeds& needs, int pes) {
  const int rf = needs.rf_words * kWordBytes;
  const Store& store = machine.levels.front().stores.front();
  return fmt::format(
      "# Storage area: {} PEs x 512 bytes x {:.3f} + {} bytes = {:.0f} bytes of a large SRAM (ISCA "
      "2016, Section VI, Fig. 7a).\n"
      "# RF: {} bytes in a PE, {:.2f} bytes of area each: {}\n"
      "# Buffer: what is left, {} bytes in {} banks of {} words.\n"
      "# Rows and columns: nearest to a square; each layer uses the PEs as any rectangle, and the\n"
      "# RF words for its tensors in any parts.\n"
      "# Idealized: buses, ports, link and DRAM {} words a cycle or more, no latency, no set-up; "
      "psums of 16 bits.\n{}",
      pes, area_of_a_byte(kRfBytes), pes * kBufferBytes, storage_area(pes), rf,
      rf == 0 ? 0 : area_of_a_byte(rf), needs.why, buffer_bytes(pes, rf), store.banks,
      store.bank_words, kWide, to_yaml(machine));
}

}  // namespace orrery
