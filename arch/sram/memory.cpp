#include "arch/sram/memory.h"

#include <algorithm>
#include <bit>

namespace orrery {
namespace {

// Aladdin's 40/45 nm cells (accelergy-aladdin-plug-in): a register bit 0.009 pJ an access,
// 5.98 um2 and 7e-5 mW; a comparator of 32 bits 0.029 pJ and 71 um2.
constexpr double kNodeNm = 45;
constexpr double kBitPj = .009, kBitUm2 = 5.98, kBitMw = 7e-5;
constexpr double kCompareBitPj = .029 / 32, kCompareBitUm2 = 71. / 32;

constexpr std::int64_t kLeastSramWords = 64;
constexpr std::int64_t kLeastSramBytes = 256;
constexpr double kMm2PerUm2 = 1e-6;

std::int64_t words(const MemoryShape& shape) {
  return (shape.bytes * 8 + shape.width_bits - 1) / shape.width_bits;
}

}  // namespace

std::string_view name(Basis basis) {
  switch (basis) {
    case Basis::kPoint:
      return "CACTI";
    case Basis::kInterpolated:
      return "interpolated";
    case Basis::kFitted:
      return "fitted";
    case Basis::kRegisters:
      return "registers";
  }
  return "?";
}

MemoryCost register_cost(const MemoryShape& shape, const Technology& technology) {
  const auto count = static_cast<std::uint64_t>(words(shape));
  const double n = static_cast<double>(count);
  const double bits = static_cast<double>(shape.bytes) * 8;
  const double compared =
      n * static_cast<double>(std::bit_width(count - 1));  // address bits of every word
  const double pj = (kBitPj * shape.width_bits + kCompareBitPj * compared) *
                    logic_energy_ratio(kNodeNm, technology.node_nm);
  const double um2 =
      (kBitUm2 * bits + kCompareBitUm2 * compared) * logic_area_ratio(kNodeNm, technology.node_nm);
  return {.read_pj = pj,
          .write_pj = pj,
          .leakage_mw = kBitMw * bits,
          .area_mm2 = um2 * kMm2PerUm2,
          .access_ns = 0,
          .basis = Basis::kRegisters};
}

MemoryCost memory_cost(const MemoryShape& shape, const Technology& technology) {
  const std::int64_t most_banks = words(shape) / kLeastSramWords;
  if (shape.bytes < kLeastSramBytes || most_banks == 0) return register_cost(shape, technology);
  MemoryShape banked = shape;
  banked.banks = static_cast<int>(std::min<std::int64_t>(shape.banks, most_banks));
  return sram_cost(banked, technology);
}

}  // namespace orrery
