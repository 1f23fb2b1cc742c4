#include "arch/energy/energy.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "workloads/input/input_error.h"

namespace orrery {
namespace {

// How many of an action's count are charged.
std::uint64_t charged(const ActionPrice& price, const Counts& counts, std::size_t i) {
  const std::uint64_t count = counts.value[i];
  const bool holds = !price.without || counts[*price.without] == 0;
  if (price.unless && holds && counts[*price.unless] == count) return 0;
  return count - std::min(count, price.less ? counts[*price.less] : 0);
}

}  // namespace

double Energy::total() const {
  double sum = 0;
  for (std::size_t i = 0; i < kEnergyLevels; ++i) sum += level(static_cast<EnergyLevel>(i));
  return sum;
}

double Energy::level(EnergyLevel level) const {
  double sum = 0;
  for (const double part : at[static_cast<std::size_t>(level)]) sum += part;
  return sum;
}

double Energy::tensor(EnergyTensor tensor) const {
  double sum = 0;
  for (const auto& parts : at) sum += parts[static_cast<std::size_t>(tensor)];
  return sum;
}

Energy& Energy::operator+=(const Energy& other) {
  if (unit != other.unit) throw std::logic_error("energies of different units do not add up");
  for (std::size_t i = 0; i < kEnergyLevels; ++i) {
    for (std::size_t j = 0; j < kEnergyTensors; ++j) at[i][j] += other.at[i][j];
  }
  return *this;
}

Energy price(const Counts& counts, std::uint64_t cycles, const PriceList& list) {
  Energy energy;
  energy.unit = list.unit;
  for (std::size_t i = 0; i < kActions.size(); ++i) {
    if (counts.value[i] == 0) continue;
    if (!list.prices[i]) {
      throw InputError(fmt::format("energy table {} prices no {}, which was counted", list.table,
                                   action_names()[i]));
    }
    const auto [level, tensor] = list.prices[i]->place;
    energy.at[static_cast<std::size_t>(level)][static_cast<std::size_t>(tensor)] +=
        list.prices[i]->value * static_cast<double>(charged(*list.prices[i], counts, i));
  }
  for (const PriceList::PerCycle& each : list.per_cycle) {
    energy
        .at[static_cast<std::size_t>(each.level)][static_cast<std::size_t>(EnergyTensor::kNone)] +=
        each.value * static_cast<double>(cycles);
  }
  return energy;
}

Energy price(const Counts& counts, std::uint64_t cycles, const EnergyTable& table,
             const Machine& machine) {
  return price(counts, cycles, price_list(table, machine));
}

}  // namespace orrery
