#include "reports/activity.h"

#include <fmt/format.h>

#include "arch/energy/price_list.h"
#include "cli/feed.h"
#include "cli/find.h"
#include "cli/plan.h"
#include "cli/progress.h"
#include "cli/terminal.h"
#include "reports/write_file.h"
#include "sim/cycle/engine.h"
#include "workloads/input/input_error.h"

namespace orrery {
namespace {

void check_plan(const Plan& plan) {
  for (std::size_t i = 0; i < plan.mappings.size(); ++i) {
    const Layer& layer = plan.network.layers[i];
    const std::string why = misfit(plan, i);
    if (!why.empty()) throw InputError(fmt::format("layer {}: {}", layer.name, why));
    if (layer.kind == LayerKind::kPool)
      throw InputError(
          fmt::format("layer {} multiplies nothing; --layers leaves it out", layer.name));
  }
}

// Energy of spads and MACs by the table, with either MAC.
void price_layer(const Plan& plan, const Supply& supply, const Mapping& mapping,
                 const EnergyTable& table, LayerActivity& layer) {
  const GatingMacs macs = gating_macs(plan.machine);
  for (const std::string& mac : {macs.plain, macs.gated}) {
    Machine machine = plan.machine;
    machine.mac = mac;
    const LayerResult result = run_layer(machine, supply.layer, mapping, supply.in);
    const Energy energy = price(result.counts, result.cycles, price_list(table, machine));
    (mac == macs.gated ? layer.table_gated : layer.table_plain) =
        energy.level(EnergyLevel::kSpad) + energy.level(EnergyLevel::kMac);
  }
}

}  // namespace

int activity_command(const Options& options) {
  if (options.data == "chained")
    throw InputError("--data: layers are played by themselves; 'synthetic', or a folder");
  const Plan plan = make_plan(options.selection);
  check_plan(plan);
  const EnergyTable table = read_energy(options.energy);
  if (!options.json.empty()) check_writable(options.json);
  std::vector<LayerActivity> layers;
  {
    ProgressLine line(options.quiet, plan.network.layers.size(), {"layer", "PEs"});
    line.tell("the gates of a PE", 0);
    const PeNetlists netlists = make_netlists(plan.machine, own_file("rtl/synthesis/pe_netlist"),
                                              own_file("rtl/synthesis/gates.lib"));
    Feed feed(plan, options);
    for (std::size_t i = 0; i < plan.mappings.size(); ++i) {
      const Supply supply = feed.take(i);
      line.begin(supply.layer.name);
      layers.push_back(layer_activity(netlists, supply.layer, plan.machine, plan.mappings[i],
                                      supply.in, [&](double share) { line.update(share); }));
      price_layer(plan, supply, plan.mappings[i], table, layers.back());
    }
  }
  if (!options.json.empty()) write_file(options.json, to_json(layers, plan.machine));
  if (!options.quiet) fmt::print("{}", to_table(layers, plan.machine, page_width()));
  return kExitDone;
}

}  // namespace orrery
