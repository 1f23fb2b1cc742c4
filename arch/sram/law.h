// The fitted law of SRAMs: how their cost grows with capacity and width.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "arch/technology/technology.h"

namespace orrery {

// Figures of a memory, in the order of SramPoint.
enum class Figure : std::uint8_t { kRead, kWrite, kLeakage, kArea, kAccess };
inline constexpr std::size_t kFigures = 5;
using Figures = std::array<double, kFigures>;

// Least squares on the relative error of CACTI's one-bank points (K: KB, W: bits):
//   energy = a + c W + b sqrt(K) + d W sqrt(K), leakage ~ K, area = e K + f W, access = g + h
//   sqrt(K)
// For ratios only: nodes that were not fitted take the nearest that was. Fewer than 64 words count
// as 64; the least capacity is 256 bytes.
Figures sram_law(double bytes, double width_bits, const Technology& technology);

}  // namespace orrery
