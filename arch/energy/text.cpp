// An energy table as text.
#include "arch/energy/fields_of_energy_table.h"

namespace orrery {
namespace {

std::string value_text(const EnergyTable& table, const Price& price) {
  if (price.from == PriceFrom::kSram) return "memory model";
  std::string text = fmt::format("{:g} {}", price.value, enum_name(table.unit));
  if (price.bits > 0) text += fmt::format(" at {} bits", price.bits);
  if (price.law == WidthLaw::kSquare) text += " (square)";
  if (price.bytes > 0) text += fmt::format(", {} bytes", price.bytes);
  if (price.node_nm > 0) text += fmt::format(", {:g} nm", price.node_nm);
  return text;
}

// Published, or the tag of the file.
std::string origin_text(const EnergyTable& table, const std::string& path) {
  for (const TaggedValue& tag : table.tags) {
    if (tag.path != path + ".value" && tag.path != path + ".milliwatts") continue;
    return tag.origin == Origin::kAssumed ? "assumed: " : "fitted: ";
  }
  return "";
}

std::string charged_text(const Price& price) {
  std::string text;
  if (!price.less.empty()) text += fmt::format("; less the count of {}", price.less);
  if (!price.unless.empty()) text += fmt::format("; none where {} counts as many", price.unless);
  return text;
}

std::string because(const std::string& source, const std::string& reason) {
  return reason.empty() ? source : reason;
}

std::string cycle_value_text(const EnergyTable& table, const CyclePrice& price) {
  if (price.from == PriceFrom::kSram) return "memory model";
  if (price.milliwatts > 0) return fmt::format("{:g} mW", price.milliwatts);
  return fmt::format("{:g} {} a cycle", price.value, enum_name(table.unit));
}

}  // namespace

std::string energy_table_text(const EnergyTable& table) {
  std::string text = fmt::format(
      "{}\n  {}\n  source: {}\n  technology: {}\n  values in {}; convention: {}; node: {}\n\n",
      table.name, table.description, table.source, table.technology, enum_name(table.unit),
      enum_name(table.convention),
      table.node_nm > 0 ? fmt::format("{:g} nm", table.node_nm) : "the machine's");
  for (std::size_t i = 0; i < table.prices.size(); ++i) {
    const Price& price = table.prices[i];
    const std::string action =
        price.part.empty() ? price.action : fmt::format("{} ({})", price.action, price.part);
    text += fmt::format("  {:<34} {:<34} {}{}{}\n", action, value_text(table, price),
                        origin_text(table, fmt::format("prices[{}]", i)),
                        because(price.source, price.reason), charged_text(price));
  }
  for (std::size_t i = 0; i < table.per_cycle.size(); ++i) {
    const CyclePrice& price = table.per_cycle[i];
    text += fmt::format("  {:<34} {:<34} {}{}\n",
                        fmt::format("{} ({})", enum_name(price.name), enum_name(price.level)),
                        cycle_value_text(table, price),
                        origin_text(table, fmt::format("per_cycle[{}]", i)),
                        because(price.source, price.reason));
  }
  return text;
}

}  // namespace orrery
