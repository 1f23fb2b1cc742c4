#include "arch/sram/points.h"

namespace orrery {
namespace {

constexpr Cell low_power = Cell::kLowPower;                // NOLINT: spelled as in the file
constexpr Cell high_performance = Cell::kHighPerformance;  // NOLINT

constexpr SramPoint kPoints[] = {
#include "arch/sram/cacti_points.inc"
};

}  // namespace

std::span<const SramPoint> sram_points() { return kPoints; }

}  // namespace orrery
