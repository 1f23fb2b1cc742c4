#include <fmt/format.h>

#include "cli/options.h"
#include "cli/plan.h"
#include "cli/search.h"
#include "dataflows/pass/nest.h"
#include "reports/write_file.h"
#include "workloads/input/input_error.h"

namespace orrery {
namespace {

std::string bounds(const Layer& layer) {
  std::string text;
  for (const Dim d : kAllDims) text += fmt::format(" {}={}", name(d), layer.bound(d));
  return text;
}

void write_yaml(const Plan& plan, const std::filesystem::path& path) {
  std::vector<NamedMapping> named;
  for (std::size_t i = 0; i < plan.mappings.size(); ++i) {
    if (plan.mappings[i].nest.empty()) continue;
    named.push_back({plan.network.layers[i].name, plan.mappings[i]});
  }
  write_file(path, to_yaml(named));
}

}  // namespace

int map_command(const Options& options) {
  Plan plan = make_plan(options.selection);
  if (!options.yaml.empty()) check_writable(options.yaml);
  if (options.search) {
    search_mappings(plan, options);
    if (!options.yaml.empty()) write_yaml(plan, options.yaml);
    return kExitDone;
  }
  int refused = 0;
  for (std::size_t i = 0; i < plan.mappings.size(); ++i) {
    const Layer& layer = plan.network.layers[i];
    const Mapping& mapping = plan.mappings[i];
    fmt::print("{} ({}):{}\n", layer.name, name(layer.kind), bounds(layer));
    if (!mapping.nest.empty()) fmt::print("{}", to_string(mapping, layer));
    const std::string why = misfit(plan, i);
    if (why.empty() && !mapping.nest.empty()) {
      fmt::print("psums add up by {}\n", reduction_tree(mapping, layer, plan.machine).to_string());
    }
    fmt::print("{}\n\n", why.empty() ? "fits " + plan.machine.name : "does not fit: " + why);
    refused += why.empty() ? 0 : 1;
  }
  if (refused > 0) {
    throw InputError(fmt::format("{} of {} layers do not fit {}", refused, plan.mappings.size(),
                                 plan.machine.name));
  }
  if (!options.yaml.empty()) write_yaml(plan, options.yaml);
  return kExitDone;
}

}  // namespace orrery
