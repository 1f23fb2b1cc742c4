#include "cli/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "cli/find.h"
#include "dataflows/all.h"
#include "dataflows/pattern/pattern.h"
#include "sim/schedule/misfit.h"
#include "workloads/input/input_error.h"
#include "workloads/input/override.h"
#include "workloads/network/layout.h"

namespace orrery {
namespace {

struct Mapper {
  std::function<Mapping(const Layer&, const Machine&)> map;
  std::function<std::vector<Space>(const Layer&, const Machine&)> spaces;
};

constexpr const char* kUsual = "rs";  // of machines that were built for none

// A name that is built in comes before a file.
Mapper map_by(const std::string& dataflow) {
  if (const Dataflow* known = find_dataflow(dataflow)) return {known->map, known->spaces};
  const Pattern pattern = read_pattern(find_dataflow_file(dataflow));
  return {[pattern](const Layer& layer, const Machine& machine) {
            return fit(pattern, layer, machine);
          },
          [pattern](const Layer& layer, const Machine& machine) {
            return std::vector{space_of(pattern, layer, machine)};
          }};
}

// By the dataflow that the user named, else by the machine's own.
Mapper automatic(const Selection& selection, const Machine& machine, const Node& file) {
  if (!selection.dataflow.empty()) return map_by(selection.dataflow);
  if (machine.native.empty()) return map_by(kUsual);
  try {
    return map_by(machine.native);
  } catch (const InputError& mistake) {
    file.require("native").fail(fmt::format("native: {}", mistake.what()));
  }
}

// The file's mappings; each must be of a layer that the network has.
std::vector<NamedMapping> read_given(const std::string& file, const Network& network) {
  if (file.empty()) return {};
  std::vector<std::string> names;
  for (const Layer& layer : network.layers) names.push_back(layer.name);
  std::vector<NamedMapping> given = read_mappings(find_file(file));
  for (const NamedMapping& g : given) {
    if (std::find(names.begin(), names.end(), g.layer) != names.end()) continue;
    throw InputError(g.where, fmt::format("there is no layer '{}' in {}{}", g.layer, network.name,
                                          did_you_mean(g.layer, names)));
  }
  return given;
}

bool selected(const Layer& layer, const Selection& selection) {
  const std::vector<std::string>& names = selection.layers;
  return names.empty() || std::find(names.begin(), names.end(), layer.name) != names.end();
}

void lay_out(Network& network, const std::string& words) {
  try {
    const TensorLayouts layouts = parse_layouts(words);
    for (Layer& layer : network.layers) layer.layouts = layouts;
  } catch (const InputError& mistake) {
    throw InputError(fmt::format("--layout: {}", mistake.what()));
  }
}

}  // namespace

std::vector<std::string> change_machine(Node& file, const Selection& selection) {
  std::vector<std::string> set;
  if (!selection.mac.empty()) set = mac_overrides(read_machine(file), selection.mac);
  set.insert(set.end(), selection.set.begin(), selection.set.end());
  override_values(file, set);
  return set;
}

Plan make_plan(const Selection& selection, Upstream upstream) {
  Node file = parse_yaml(find_machine(selection.machine));
  const std::vector<std::string> set = change_machine(file, selection);
  Plan plan{read_machine(file), set, {}, {}, {}, {}, {}, {}, {}};
  plan.widths = plan.machine.widths();
  const Mapper mapper = automatic(selection, plan.machine, file);
  plan.spaces = mapper.spaces;
  const Network network = read_network(find_network(selection.network));
  const std::vector<NamedMapping> given = read_given(selection.mapping, network);
  if (!selection.prune.empty()) plan.pruning = read_pruning(find_file(selection.prune), network);
  plan.network = select(network, selection.batch, selection.layers);
  if (upstream == Upstream::kIncluded) {
    plan.network = select(network, selection.batch, with_inputs(network, selection.layers));
  }
  plan.network = at_widths(std::move(plan.network), plan.widths);
  if (!selection.layout.empty()) lay_out(plan.network, selection.layout);
  for (const Layer& layer : plan.network.layers) {
    plan.runs.push_back(selected(layer, selection));
    const auto of_layer = std::find_if(
        given.begin(), given.end(), [&](const NamedMapping& g) { return g.layer == layer.name; });
    plan.mapped_at.push_back(of_layer != given.end() ? of_layer->where : SourceLine{});
    if (of_layer != given.end()) {
      plan.mappings.push_back(of_layer->mapping);
    } else if (plan.machine.has_lanes()) {
      plan.mappings.emplace_back();
    } else if (layer.kind == LayerKind::kPool) {
      // On the array where its PEs pool, whatever the dataflow of the other layers; else on the way
      // out.
      const bool on_array = plan.machine.pe.pools && layer.pool.pad == 0;
      plan.mappings.push_back(on_array ? output_stationary(layer, plan.machine) : Mapping{});
    } else {
      plan.mappings.push_back(mapper.map(layer, plan.machine));
    }
  }
  return plan;
}

std::string misfit(const Plan& plan, std::size_t i) {
  return misfit(plan.machine, plan.network.layers[i], plan.mappings[i]);
}

std::string dataflow_names(const Plan& plan) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < plan.mappings.size(); ++i) {
    const Mapping& mapping = plan.mappings[i];
    if (!plan.runs[i] || mapping.nest.empty()) continue;
    if (std::find(names.begin(), names.end(), mapping.dataflow) == names.end()) {
      names.push_back(mapping.dataflow);
    }
  }
  return fmt::format("{}", fmt::join(names, ", "));
}

EnergyTable read_energy(const std::string& given, const char* usual) {
  return read_energy_table(find_energy_table(given.empty() ? usual : given));
}

NetworkResult result_on(const Machine& machine, const std::vector<std::string>& set,
                        const std::string& network) {
  NetworkResult result;
  result.version = ORRERY_VERSION;
  result.machine = machine.name;
  result.set = set;
  result.network = network;
  result.mac = machine.mac;
  result.core_mhz = machine.clocks.core_mhz;
  result.word_bits = machine.numbers.word_bits;
  result.pes = machine.pes();
  return result;
}

}  // namespace orrery
