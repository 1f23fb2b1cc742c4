// The prices of one table on one machine: widths, capacities, nodes and memories worked in.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "arch/counts/counts.h"
#include "arch/energy/energy_table.h"
#include "arch/machine/machine.h"

namespace orrery {

struct ActionPrice {
  double value = 0;
  EnergyPlace place;
  std::optional<Action> less, unless, without;  // as in Price
};

struct PriceList {
  struct PerCycle {
    CycleCost name = CycleCost::kLeakage;
    EnergyLevel level = EnergyLevel::kControl;
    double value = 0;  // for each core cycle
    std::string how;
  };

  std::string table;  // its name
  EnergyUnit unit = EnergyUnit::kPj;
  std::array<std::optional<ActionPrice>, kActions.size()> prices;
  std::vector<PerCycle> per_cycle;
  // How each price came about: "0.2 x (16/8 bits)^2 + ...", for people.
  std::array<std::string, kActions.size()> how;
};

// Whether the machine can perform the action at all: it has neighbours to hop to, PEs that pool, a
// datapath that gates.
bool performs(const Machine& machine, Action action);

// Throws InputError for an action that the machine performs and the table does not price.
PriceList price_list(const EnergyTable& table, const Machine& machine);

// One line for each action that the machine performs, and for each cycle.
std::string price_list_text(const PriceList& list, const Machine& machine);

}  // namespace orrery
