#include "arch/energy/energy_table.h"

#include <algorithm>

#include "arch/counts/counts.h"
#include "arch/energy/fields_of_energy_table.h"
#include "arch/mac/all.h"

namespace orrery {
namespace {

std::string spelled(std::string_view structure, std::string_view tensor, std::string_view action) {
  return fmt::format("{}.{}.{}", structure, tensor, action);
}

std::vector<std::string> known_patterns() {
  std::vector<std::string> known = action_names();
  for (const ActionName& a : kActions) {
    const std::string any = spelled(a.structure, "*", a.action);
    if (std::find(known.begin(), known.end(), any) == known.end()) known.push_back(any);
  }
  return known;
}

// `what` names an action, or with `*` several.
void check_action(const std::string& what, const Node& at) {
  const std::vector<std::string> known = known_patterns();
  if (std::find(known.begin(), known.end(), what) != known.end()) return;
  const std::string near = nearest(what, known);
  at.fail(fmt::format("no action is called '{}'{}", what,
                      near.empty() ? "; arch/counts/actions.def lists them"
                                   : fmt::format(" (did you mean '{}'?)", near)));
}

void check_zero(double value, PriceFrom from, const std::string& reason, const std::string& what,
                const Node& at) {
  if (value > 0 || from == PriceFrom::kSram || !reason.empty()) return;
  at.fail(fmt::format("{} costs 0 without a reason", what));
}

void check_source(const std::string& source, const std::string& reason, const std::string& what,
                  const Node& at) {
  if (source.empty() && reason.empty()) at.fail(fmt::format("{} names no source", what));
}

void check_memory_model(const Price& price, const EnergyTable& table, const Node& at) {
  if (price.from != PriceFrom::kSram) return;
  const bool memory = price.action.starts_with("glb.") || price.action.starts_with("spad.");
  if (!memory) at.fail(fmt::format("{} is no memory of the chip; it needs a value", price.action));
  if (table.unit != EnergyUnit::kPj) {
    at.fail("the memory model gives pJ; the unit of this table is MAC");
  }
  if (price.value > 0) at.fail(fmt::format("{} has both a value and a model", price.action));
}

void check_node(double node_nm, const Node& at) {
  if (node_nm == 0 || node_nm >= kFinestNodeNm) return;
  at.fail(fmt::format("node_nm is {}; it must be {} to {} nm, or 0", node_nm, kFinestNodeNm,
                      kCoarsestNodeNm));
}

void check_price(const EnergyTable& table, std::size_t i, const Node& root) {
  const Price& price = table.prices[i];
  const std::string path = fmt::format("prices[{}]", i);
  const Node& at = root.toward(path);
  check_action(price.action, root.toward(path + ".action"));
  if (!price.less.empty()) check_action(price.less, root.toward(path + ".less"));
  if (!price.unless.empty()) check_action(price.unless, root.toward(path + ".unless"));
  if (!price.shown_as.empty() && !find_place(price.shown_as)) {
    root.toward(path + ".shown_as")
        .fail(fmt::format("no part of the energy is called '{}'{}", price.shown_as,
                          did_you_mean(price.shown_as, place_names())));
  }
  for (const std::string& mac : price.macs) {
    if (find_mac(mac) != nullptr) continue;
    root.toward(path + ".macs")
        .fail(fmt::format("no MAC datapath is called '{}'{}", mac, did_you_mean(mac, mac_names())));
  }
  check_zero(price.value, price.from, price.reason, price.action, at);
  check_source(price.source, price.reason, price.action, at);
  check_memory_model(price, table, at);
  check_node(price.node_nm, root.toward(path + ".node_nm"));
  const bool scaled = price.law == WidthLaw::kSquare || price.width != WidthOf::kAction;
  if (scaled && price.bits == 0) {
    at.fail(fmt::format("{} follows a width; bits must say which its value is for", price.action));
  }
  for (std::size_t j = 0; j < i; ++j) {
    const Price& other = table.prices[j];
    if (other.action != price.action) continue;
    if (other.macs != price.macs) continue;
    if (other.less != price.less || other.unless != price.unless ||
        other.shown_as != price.shown_as) {
      at.fail(fmt::format("parts of {} differ in less, unless or shown_as", price.action));
    }
    if (other.part != price.part) continue;
    at.fail(fmt::format("{} is priced twice (first in line {}); parts of a price need names",
                        price.action, root.toward(fmt::format("prices[{}]", j)).where.line));
  }
}

void check_cycle_price(const EnergyTable& table, std::size_t i, const Node& root) {
  const CyclePrice& price = table.per_cycle[i];
  const Node& at = root.toward(fmt::format("per_cycle[{}]", i));
  const std::string what = enum_name(price.name);
  check_zero(price.value + price.milliwatts, price.from, price.reason, what, at);
  check_source(price.source, price.reason, what, at);
  if (price.value > 0 && price.milliwatts > 0) {
    at.fail(fmt::format("{} has both a value and milliwatts", what));
  }
  if (table.unit != EnergyUnit::kPj && (price.milliwatts > 0 || price.from == PriceFrom::kSram)) {
    at.fail(fmt::format("{} is given in power; the unit of this table is MAC", what));
  }
  const bool memories = price.level == EnergyLevel::kGlb || price.level == EnergyLevel::kSpad;
  if (price.from == PriceFrom::kSram && !memories) {
    at.fail(
        fmt::format("the memory model knows glb and spad; level is {}", enum_name(price.level)));
  }
  for (std::size_t j = 0; j < i; ++j) {
    const CyclePrice& other = table.per_cycle[j];
    if (other.name != price.name || other.level != price.level) continue;
    at.fail(fmt::format("{} of {} is priced twice", what, enum_name(price.level)));
  }
}

void check_complete_cycles(const EnergyTable& table, const Node& root) {
  for (const auto& [cost, word] : EnumNames<CycleCost>::kNames) {
    const bool priced =
        std::any_of(table.per_cycle.begin(), table.per_cycle.end(),
                    [wanted = cost](const CyclePrice& p) { return p.name == wanted; });
    if (priced) continue;
    root.toward("per_cycle")
        .fail(fmt::format(
            "per_cycle prices no {}; what costs nothing needs a value of 0 and a reason", word));
  }
}

}  // namespace

std::vector<std::string> action_names() {
  std::vector<std::string> names;
  for (const ActionName& a : kActions) names.push_back(spelled(a.structure, a.tensor, a.action));
  return names;
}

bool matches(const std::string& pattern, std::size_t action) {
  const ActionName& a = kActions[action];
  return pattern == spelled(a.structure, a.tensor, a.action) ||
         pattern == spelled(a.structure, "*", a.action);
}

EnergyTable read_energy_table(const Node& root) {
  EnergyTable table = read<EnergyTable>(root);
  table.file = root.where.file;
  table.tags = tags_of(root);
  if (table.name.empty()) root.toward("name").fail("name is empty; it must name the table");
  check_node(table.node_nm, root.toward("node_nm"));
  for (std::size_t i = 0; i < table.prices.size(); ++i) check_price(table, i, root);
  for (std::size_t i = 0; i < table.per_cycle.size(); ++i) check_cycle_price(table, i, root);
  check_complete_cycles(table, root);
  return table;
}

EnergyTable read_energy_table(const std::filesystem::path& path) {
  return read_energy_table(parse_yaml(path));
}

std::string document_energy_table() { return document<EnergyTable>(); }

}  // namespace orrery
