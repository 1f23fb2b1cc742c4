#include "reports/activity.h"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "reports/grid.h"

namespace orrery {
namespace {

namespace json = boost::json;

constexpr int kJsonSchema = 1;  // of this file; docs/activity.md
// JSSC 2017: zero gating saves 45 % of PE power; at which share of zeros is not said.
constexpr double kChipSaves = 0.45;

double a_cycle(double sum, const PeActivity& activity) {
  return sum / static_cast<double>(std::max<std::int64_t>(1, activity.cycles));
}
double saved(double plain, double gated) { return plain > 0 ? 1 - gated / plain : 0; }
std::string percent(double share) { return fmt::format("{:.1f}%", 100 * share); }

// What gating saves of all parts, without clock pins or with them.
double saved(const LayerActivity& layer, const Machine& machine, bool clock) {
  return saved(a_cycle(charge_of(layer.plain, machine, clock), layer.plain),
               a_cycle(charge_of(layer.gated, machine, clock), layer.gated));
}

std::string parts_table(const LayerActivity& layer, const Machine& machine, int width) {
  Grid grid({"part", "nets", "registers", "switches\nplain", "a cycle,\ngated", "charge\nplain",
             "a cycle,\ngated", "saved", "of all\nplain"});
  const double all = a_cycle(charge_of(layer.plain, machine, false), layer.plain);
  for (std::size_t i = 0; i < layer.plain.parts.size(); ++i) {
    const PartActivity &plain = layer.plain.parts[i], &gated = layer.gated.parts[i];
    if (!has_part(machine, plain.name)) continue;
    const auto each = [&](std::uint64_t PartActivity::*figure) {
      return std::pair{a_cycle(static_cast<double>(plain.*figure), layer.plain),
                       a_cycle(static_cast<double>(gated.*figure), layer.gated)};
    };
    const auto [switches, switches_gated] = each(&PartActivity::switches);
    const auto [charge, charge_gated] = each(&PartActivity::charge);
    grid.row({plain.name, fmt::format("{}", gated.nets), fmt::format("{}", gated.registers),
              fmt::format("{:.2f}", switches), fmt::format("{:.2f}", switches_gated),
              fmt::format("{:.2f}", charge), fmt::format("{:.2f}", charge_gated),
              percent(saved(charge, charge_gated)), percent(charge / all)});
  }
  return fmt::format(
      "{}: {} PEs, {} PE-cycles, {} MACs, {} of them with an ifmap word of zero\n\n{}", layer.layer,
      layer.gated.pes, layer.gated.cycles, layer.gated.macs, percent(layer.zeros()),
      grid.to_string(width));
}

json::object to_object(const PeActivity& activity, const Machine& machine) {
  json::object object;
  object["pe_cycles"] = activity.cycles;
  object["macs"] = activity.macs;
  object["gated"] = activity.gated;
  object["charge"] = charge_of(activity, machine, false);
  object["charge_with_clock"] = charge_of(activity, machine, true);
  json::array parts;
  for (const PartActivity& part : activity.parts) {
    if (!has_part(machine, part.name)) continue;
    parts.push_back({{"name", part.name},
                     {"nets", part.nets},
                     {"registers", part.registers},
                     {"switches", part.switches},
                     {"charge", part.charge}});
  }
  object["parts"] = parts;
  return object;
}

}  // namespace

std::string to_table(const std::vector<LayerActivity>& layers, const Machine& machine, int width) {
  std::string text;
  Grid sums({"layer", "zeros", "gates\nsave", "with\nclock", "energy table\nsays", "chip"});
  for (const LayerActivity& layer : layers) {
    text += parts_table(layer, machine, width) + "\n";
    sums.row({layer.layer, percent(layer.zeros()), percent(saved(layer, machine, false)),
              percent(saved(layer, machine, true)),
              percent(saved(layer.table_plain, layer.table_gated)), percent(kChipSaves)});
  }
  return text + "What gating saves of a PE's dynamic energy\n\n" + sums.to_string(width);
}

std::string to_json(const std::vector<LayerActivity>& layers, const Machine& machine) {
  json::array array;
  for (const LayerActivity& layer : layers) {
    json::object object;
    object["layer"] = layer.layer;
    object["zeros"] = layer.zeros();
    object["saved"] = saved(layer, machine, false);
    object["saved_with_clock"] = saved(layer, machine, true);
    object["saved_by_table"] = saved(layer.table_plain, layer.table_gated);
    object["plain"] = to_object(layer.plain, machine);
    object["gated"] = to_object(layer.gated, machine);
    array.emplace_back(object);
  }
  return json::serialize(
             json::object{{"schema", kJsonSchema}, {"machine", machine.name}, {"layers", array}}) +
         "\n";
}

}  // namespace orrery
