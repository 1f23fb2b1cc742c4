#include "arch/energy/price_list.h"

#include <algorithm>
#include <cmath>

#include "arch/energy/fields_of_energy_table.h"
#include "arch/mac/all.h"
#include "arch/sram/memories.h"

namespace orrery {
namespace {

std::optional<Tensor> tensor_of(const ActionName& a) {
  for (const Tensor t : kAllTensors) {
    if (a.tensor == name(t)) return t;
  }
  return std::nullopt;
}

bool is_write(const ActionName& a) {
  return a.action == "fill" || a.action.find("write") != std::string_view::npos;
}

// An entry's worth for one action on one machine, and how it came about.
struct Worth {
  double value = 0;
  std::string how;
};

class Pricing {
 public:
  Pricing(const EnergyTable& table, const Machine& machine)
      : table_(table), machine_(machine), technology_(machine.technology) {
    if (table.node_nm > 0) technology_.node_nm = table.node_nm;
  }

  Worth worth(const Price& price, const ActionName& a) const {
    if (price.from == PriceFrom::kSram) return of_memory(a);
    Worth worth{price.value, fmt::format("{:.6g}", price.value)};
    scale_width(price, a, worth);
    scale_capacity(price, a, worth);
    if (price.node_nm > 0 && price.node_nm != technology_.node_nm) {
      const double ratio = logic_energy_ratio(price.node_nm, technology_.node_nm);
      worth.value *= ratio;
      worth.how +=
          fmt::format(" x {:.4g} ({:g} to {:g} nm)", ratio, price.node_nm, technology_.node_nm);
    }
    return worth;
  }

  PriceList::PerCycle worth(const CyclePrice& price) const {
    PriceList::PerCycle each{price.name, price.level, price.value, ""};
    double milliwatts = price.milliwatts;
    if (price.from == PriceFrom::kSram) milliwatts = leakage_mw(price.level);
    if (milliwatts == 0) return each;
    // mW / MHz = nJ
    each.value = milliwatts / machine_.clocks.core_mhz * 1e3;
    each.how = fmt::format("{:.4g} mW / {:g} MHz{}", milliwatts, machine_.clocks.core_mhz,
                           price.from == PriceFrom::kSram ? ", memory model" : "");
    return each;
  }

 private:
  int width(WidthOf of, const ActionName& a) const {
    const Numbers& n = machine_.numbers;
    switch (of) {
      case WidthOf::kWord:
        return n.word_bits;
      case WidthOf::kOperand:
        return n.operand_bits;
      case WidthOf::kPsum:
        return n.psum_bits;
      case WidthOf::kAction:
        if (a.unit == "word") return n.word_bits;
        return a.unit == "psum" ? n.psum_bits : n.operand_bits;
    }
    return n.word_bits;
  }

  void scale_width(const Price& price, const ActionName& a, Worth& worth) const {
    const int bits = width(price.width, a);
    if (price.bits == 0 || price.bits == bits) return;
    worth.value *= width_ratio(price.law, price.bits, bits);
    worth.how += fmt::format(" x {}/{} bits{}", bits, price.bits,
                             price.law == WidthLaw::kSquare ? " squared" : "");
  }

  void scale_capacity(const Price& price, const ActionName& a, Worth& worth) const {
    const auto t = tensor_of(a);
    if (price.bytes == 0 || !t) return;
    const auto bytes = shape(a, *t).bytes;
    worth.value *= std::sqrt(static_cast<double>(bytes) / static_cast<double>(price.bytes));
    worth.how += fmt::format(" x root of {}/{} bytes", bytes, price.bytes);
  }

  MemoryShape shape(const ActionName& a, Tensor t) const {
    return a.structure == "glb" ? store_shape(machine_, machine_.store_of(t))
                                : spad_shape(machine_, t);
  }

  // An access of the whole width, shared by its words or psums.
  Worth of_memory(const ActionName& a) const {
    const MemoryShape memory = shape(a, tensor_of(a).value());
    const MemoryCost cost = memory_cost(memory, technology_);
    const double pj = is_write(a) ? cost.write_pj : cost.read_pj;
    const int bits = a.unit == "psum" ? machine_.numbers.psum_bits : machine_.numbers.word_bits;
    return {pj * bits / memory.width_bits,
            fmt::format("{} of {} bytes: {:.4g} pJ for {} bits at {:g} nm, {}",
                        is_write(a) ? "write" : "read", memory.bytes, pj, memory.width_bits,
                        technology_.node_nm, name(cost.basis))};
  }

  double leakage_mw(EnergyLevel level) const {
    const AreaPart part = level == EnergyLevel::kGlb ? AreaPart::kGlb : AreaPart::kSpads;
    double sum = 0;
    for (const MachineMemory& memory : memories(machine_)) {
      if (memory.part != part) continue;
      sum += static_cast<double>(memory.count) * memory_cost(memory.shape, technology_).leakage_mw;
    }
    return sum;
  }

  const EnergyTable& table_;
  const Machine& machine_;
  Technology technology_;
};

// The entries that price an action on machines with this MAC: those that name the action's tensor,
// or else those that name none; and of these, those that name the MAC, or else those that name
// none.
std::vector<const Price*> entries(const EnergyTable& table, std::size_t action,
                                  const std::string& mac) {
  std::vector<const Price*> named, any, own;
  for (const Price& price : table.prices) {
    const bool others = !price.macs.empty() && std::ranges::count(price.macs, mac) == 0;
    if (others || !matches(price.action, action)) continue;
    (price.action.find('*') == std::string::npos ? named : any).push_back(&price);
  }
  const std::vector<const Price*>& found = named.empty() ? any : named;
  for (const Price* price : found) {
    if (!price->macs.empty()) own.push_back(price);
  }
  return own.empty() ? found : own;
}

// The action that `pattern` means beside action `a`; none where there is no pattern or no such one.
std::optional<Action> partner(const std::string& pattern, const ActionName& a) {
  for (std::size_t i = 0; i < kActions.size() && !pattern.empty(); ++i) {
    const bool any = pattern.find('*') != std::string::npos;
    if (matches(pattern, i) && (!any || kActions[i].tensor == a.tensor)) {
      return static_cast<Action>(i);
    }
  }
  return std::nullopt;
}

std::string note(const Price& price) {
  std::string text;
  if (!price.less.empty()) text += fmt::format("; less the count of {}", price.less);
  if (!price.unless.empty()) text += fmt::format("; none where {} counts as many", price.unless);
  return text;
}

}  // namespace

bool performs(const Machine& machine, Action action) {
  const ActionName& a = kActions[static_cast<std::size_t>(action)];
  if (a.structure == "pool") return machine.pe.pools;
  const MacTraits& mac = find_mac(machine.mac)->traits;
  if (a.action == "gate") return mac.gating != Gating::kNone;
  if (a.action == "lut_read") return mac.tables;
  if (a.action == "table_build")
    return mac.tables && machine.mac_options.organisation != LutOrganisation::kProductTable;
  if (a.action == "spill") return mac.singles;
  if (a.action != "hop") return true;
  if (a.tensor == "psum") return machine.array.psum_route == PsumRoute::kColumn;
  const bool windows = machine.pe.fifo_h_words > 0 || machine.pe.fifo_v_words > 0;
  return machine.array.delivery == Delivery::kSystolic || (a.tensor == "ifmap" && windows);
}

PriceList price_list(const EnergyTable& table, const Machine& machine) {
  const Pricing pricing(table, machine);
  PriceList list;
  list.table = table.name;
  list.unit = table.unit;
  for (std::size_t i = 0; i < kActions.size(); ++i) {
    const auto priced = entries(table, i, machine.mac);
    if (priced.empty()) {
      if (!performs(machine, static_cast<Action>(i))) continue;
      throw InputError({table.file, 0},
                       fmt::format("prices no {}, which machine {} performs; what costs nothing "
                                   "needs a value of 0 and a reason",
                                   action_names()[i], machine.name));
    }
    ActionPrice& sum = list.prices[i].emplace();
    sum.place = place_of(i);
    for (const Price* price : priced) {
      const Worth worth = pricing.worth(*price, kActions[i]);
      sum.value += worth.value;
      if (const auto place = find_place(price->shown_as)) sum.place = *place;
      sum.less = partner(price->less, kActions[i]);
      sum.unless = partner(price->unless, kActions[i]);
      list.how[i] += (list.how[i].empty() ? "" : " + ") + worth.how + note(*price);
    }
  }
  for (const CyclePrice& price : table.per_cycle) list.per_cycle.push_back(pricing.worth(price));
  return list;
}

std::string price_list_text(const PriceList& list, const Machine& machine) {
  const std::string unit = enum_name(list.unit);
  std::string text = fmt::format("Prices of {} on {}, in {}\n", list.table, machine.name, unit);
  const std::vector<std::string> names = action_names();
  for (std::size_t i = 0; i < kActions.size(); ++i) {
    if (!list.prices[i] || !performs(machine, static_cast<Action>(i))) continue;
    text += fmt::format("  {:<26} {:>10.4g} a {:<5} {}\n", names[i], list.prices[i]->value,
                        kActions[i].unit, list.how[i]);
  }
  for (const PriceList::PerCycle& each : list.per_cycle) {
    text += fmt::format("  {:<26} {:>10.4g} a cycle {}\n",
                        enum_name(each.level) + " " + enum_name(each.name), each.value, each.how);
  }
  return text;
}

}  // namespace orrery
