#include "cli/plan.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli/find.h"
#include "dataflows/all.h"
#include "workloads/input/input_error.h"

namespace orrery {
namespace {

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

}  // namespace

Plan make_plan(const Selection& selection) {
  const Dataflow& automatic = dataflow(selection.dataflow);
  Plan plan{read_machine(find_machine(selection.machine)), {}, {}, {}};
  const Network network = read_network(find_network(selection.network));
  const std::vector<NamedMapping> given = read_given(selection.mapping, network);
  plan.network = select(network, selection.batch, selection.layers);
  for (const Layer& layer : plan.network.layers) {
    const auto of_layer = std::find_if(
        given.begin(), given.end(), [&](const NamedMapping& g) { return g.layer == layer.name; });
    plan.mapped_at.push_back(of_layer != given.end() ? of_layer->where : SourceLine{});
    if (of_layer != given.end()) {
      plan.mappings.push_back(of_layer->mapping);
    } else if (layer.kind == LayerKind::kPool) {
      plan.mappings.emplace_back();
    } else {
      plan.mappings.push_back(automatic.map(layer, plan.machine));
    }
  }
  return plan;
}

std::string misfit(const Plan& plan, std::size_t i) {
  const Layer& layer = plan.network.layers[i];
  const bool mapped = !plan.mappings[i].nest.empty();
  if (mapped || layer.kind != LayerKind::kPool) {
    return check(plan.mappings[i], layer, plan.machine);
  }
  return plan.machine.post.pooling ? "" : "it is a pooling layer; the machine has no pooling";
}

std::string dataflow_names(const Plan& plan) {
  std::vector<std::string> names;
  for (const Mapping& mapping : plan.mappings) {
    if (mapping.nest.empty()) continue;
    if (std::find(names.begin(), names.end(), mapping.dataflow) == names.end()) {
      names.push_back(mapping.dataflow);
    }
  }
  return fmt::format("{}", fmt::join(names, ", "));
}

}  // namespace orrery
