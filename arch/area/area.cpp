#include "arch/area/area.h"

#include <fmt/format.h>

#include <bit>
#include <cmath>

#include "arch/mac/all.h"
#include "arch/sram/memories.h"

namespace orrery {
namespace {

// Horowitz's units at 45 nm (synthesis figures that go with ISSCC 2014): multipliers of 8 and 32
// bits, adders of 8 and 32 bits; other widths by the powers through these points.
constexpr double kNodeNm = 45;
struct TwoWidths {
  double bits8_um2, bits32_um2;
  double at(int bits) const {
    const double exponent = std::log(bits32_um2 / bits8_um2) / std::log(4.0);
    return bits8_um2 * std::pow(bits / 8.0, exponent);
  }
};
constexpr TwoWidths kMultiplier{282, 3495};
constexpr TwoWidths kAdder{36, 137};

double registers_um2(std::int64_t bits) {
  const MemoryShape one_word{.bytes = (bits + 7) / 8, .width_bits = static_cast<int>(bits)};
  return 1e6 * register_cost(one_word, {.node_nm = kNodeNm}).area_mm2;
}

// Multiplier, adders, a register of two operands and a psum between pipeline stages, and for a
// datapath that is gated a bit for each ifmap word.
double mac_um2(const Machine& m) {
  const Numbers& n = m.numbers;
  const int stages = m.pe.pipeline_stages - 1;
  double um2 = kMultiplier.at(n.operand_bits) + m.pe.adders * kAdder.at(n.psum_bits);
  if (stages > 0) um2 += registers_um2(std::int64_t{stages} * (2 * n.operand_bits + n.psum_bits));
  if (find_mac(m.mac)->gates()) um2 += registers_um2(m.pe.ifmap_spad_words);
  return um2 * logic_area_ratio(kNodeNm, m.technology.node_nm);
}

double fifo_um2(const Machine& m, std::int64_t words, std::int64_t tag_bits) {
  return registers_um2(words * m.numbers.word_bits + tag_bits) *
         logic_area_ratio(kNodeNm, m.technology.node_nm);
}

// Operand FIFOs at the ports of a PE, and the comparators of its row and column on three buses, a
// register bit each. PEs in lock step take one word of a packet, the others all of it.
double operand_port_um2(const Machine& m) {
  const bool alone = m.array.pace == Pace::kIndependent;
  const std::int64_t words =
      m.pe.ifmap_fifo_words +
      std::int64_t{m.pe.filter_fifo_packets} * (alone ? packet_words(m, Tensor::kFilter) : 1) +
      m.pe.fifo_h_words + m.pe.fifo_v_words;
  const auto id_bits = std::bit_width(static_cast<unsigned>(m.array.rows)) +
                       std::bit_width(static_cast<unsigned>(m.array.cols));
  return fifo_um2(m, words, m.array.delivery == Delivery::kMulticast ? 3 * id_bits : 0);
}

// Psum FIFOs, where psums come and go: at every PE, or in lock step at the end of each column that
// adds them up.
AreaItem psum_ports(const Machine& m) {
  const bool alone = m.array.pace == Pace::kIndependent;
  const bool adds_up =
      m.array.psum_route == PsumRoute::kColumn || m.array.psum_route == PsumRoute::kTree;
  const std::int64_t words = std::int64_t{m.pe.psum_in_fifo_packets + m.pe.psum_out_fifo_packets} *
                             (alone ? packet_psums(m) : 1) * m.words_per_psum();
  return {AreaPart::kNoc, "psum FIFOs", !alone && adds_up ? m.array.cols : m.pes(),
          fifo_um2(m, words, 0)};
}

}  // namespace

double Area::mm2(AreaPart part) const {
  double um2 = 0;
  for (const AreaItem& item : items) {
    if (item.part == part) um2 += static_cast<double>(item.count) * item.um2_each;
  }
  return um2 * 1e-6;
}

double Area::mm2() const {
  double sum = 0;
  for (const AreaPart part : kAreaParts) sum += mm2(part);
  return sum;
}

Area area(const Machine& machine) {
  Area all;
  all.items.push_back({AreaPart::kMac, machine.mac, machine.pes(), mac_um2(machine)});
  for (const MachineMemory& memory : memories(machine)) {
    const MemoryCost cost = memory_cost(memory.shape, machine.technology);
    all.items.push_back(
        {memory.part,
         fmt::format("{}, {} bytes, {}", memory.name, memory.shape.bytes, name(cost.basis)),
         memory.count, 1e6 * cost.area_mm2});
  }
  all.items.push_back({AreaPart::kNoc, "operand FIFOs and multicast IDs of a PE", machine.pes(),
                       operand_port_um2(machine)});
  all.items.push_back(psum_ports(machine));
  return all;
}

std::string area_text(const Machine& machine) {
  const Area all = area(machine);
  const PublishedArea& published = machine.published_area;
  std::string text =
      fmt::format("Area at {} nm, {} cells: {:.3f} mm2 without control, DMA, clock tree and pads\n",
                  machine.technology.node_nm, enum_name(machine.technology.cell), all.mm2());
  for (const AreaPart part : kAreaParts) {
    text += fmt::format("  {:<6} {:>9.3f} mm2 {:>5.1f} %", enum_name(part), all.mm2(part),
                        100 * all.mm2(part) / all.mm2());
    for (const AreaShare& share : published.shares) {
      if (share.part != part) continue;
      text += fmt::format("   published {:.2f} mm2, {} % of the core",
                          published.core_mm2 * share.percent / 100, share.percent);
    }
    text += "\n";
    for (const AreaItem& item : all.items) {
      if (item.part != part) continue;
      text += fmt::format("    {:>6} x {:>11.1f} um2  {}\n", item.count, item.um2_each, item.what);
    }
  }
  if (published.core_mm2 > 0) {
    text += fmt::format("  published core: {} mm2\n", published.core_mm2);
  }
  return text;
}

}  // namespace orrery
