#include "sim/dram/word_prices.h"

#include <algorithm>
#include <array>

#include "sim/dram/energy.h"

namespace orrery {
namespace {

bool priced_by_currents(const PriceList& list, const Machine& machine) {
  return machine.dram.setup && list.unit == EnergyUnit::kPj;
}

void set(PriceList& list, Action action, double value) {
  std::optional<ActionPrice>& price = list.prices[static_cast<std::size_t>(action)];
  if (price) price = ActionPrice{value, price->place, {}, {}, {}};
}

constexpr std::array kReads{Action::dram_ifmap_read, Action::dram_filter_read,
                            Action::dram_bias_read};

double least_background(const DramPrices& prices, const DramPolicy& policy) {
  const double up = std::min(prices.open, prices.closed);
  return policy.power_down_after == 0 ? up : std::min({up, prices.open_down, prices.closed_down});
}

}  // namespace

PriceList with_memory(PriceList list, const Machine& machine) {
  if (!priced_by_currents(list, machine)) return list;
  const DramSetup& setup = *machine.dram.setup;
  const DramPrices prices = dram_prices(setup.standard, machine.dram.derating);
  const double share =
      static_cast<double>(machine.word_bytes()) / setup.standard.organization.burst_bytes();
  for (const Action read : kReads) set(list, read, share * (prices.read + prices.read_io));
  set(list, Action::dram_psum_read, share * (prices.read + prices.read_io));
  for (const Action write : {Action::dram_psum_write, Action::dram_ofmap_write}) {
    set(list, write, share * (prices.write + prices.write_io));
  }
  const double clocks = 1e6 / machine.clocks.core_mhz / setup.standard.tck_ps;
  list.per_cycle.push_back(
      {CycleCost::kClock, EnergyLevel::kDram,
       least_background(prices, setup.policy) * clocks * setup.channels * setup.ranks,
       "least background of the memory"});
  return list;
}

PriceList least_with_memory(const PriceList& list, const Machine& machine) {
  PriceList least = with_memory(list, machine);
  if (!priced_by_currents(list, machine)) return least;
  set(least, Action::dram_psum_read, 0);
  set(least, Action::dram_psum_write, 0);
  if (machine.dma.outstanding == 1) return least;
  for (const Action read : kReads) set(least, read, 0);
  return least;
}

}  // namespace orrery
