// What is to be least when mappings are compared.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace orrery {

// Energy, core cycles, or their product.
enum class Objective : std::uint8_t { kEnergy, kCycles, kEdp };
inline constexpr std::array<std::string_view, 3> kObjectiveNames{"energy", "cycles", "edp"};

// The cost of a run: energy in its unit, core cycles, or their product.
inline double cost_of(Objective objective, double energy, std::uint64_t cycles) {
  const auto time = static_cast<double>(cycles);
  switch (objective) {
    case Objective::kEnergy:
      return energy;
    case Objective::kCycles:
      return time;
    case Objective::kEdp:
      return energy * time;
  }
  return 0;
}

}  // namespace orrery
