// Energy: counts times prices. Nowhere else.
#pragma once

#include <array>
#include <cstdint>

#include "arch/energy/price_list.h"

namespace orrery {

struct Energy {
  EnergyUnit unit = EnergyUnit::kPj;
  std::array<std::array<double, kEnergyTensors>, kEnergyLevels> at{};  // [level][tensor]
  double total() const;
  double level(EnergyLevel level) const;
  double tensor(EnergyTensor tensor) const;
  // Both must have the same unit.
  Energy& operator+=(const Energy& other);
  bool operator==(const Energy&) const = default;
};

// The energy of one layer that was counted so in `cycles` core cycles. Counts of actions without a
// price are an InputError, which price_list() has excluded for all that the machine performs.
Energy price(const Counts& counts, std::uint64_t cycles, const PriceList& list);
Energy price(const Counts& counts, std::uint64_t cycles, const EnergyTable& table,
             const Machine& machine);

}  // namespace orrery
