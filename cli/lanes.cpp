#include "cli/lanes.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli/feed.h"
#include "cli/find.h"
#include "cli/plan.h"
#include "cli/progress.h"
#include "cli/terminal.h"
#include "reports/lanes.h"
#include "reports/write_file.h"
#include "sim/cycle/lane_module.h"
#include "sim/sparse/run.h"
#include "workloads/golden/golden.h"
#include "workloads/input/input_error.h"

namespace orrery {
namespace {

void check_options(const Options& options) {
  const Selection& s = options.selection;
  const std::pair<const char*, bool> others[] = {{"--mapping", !s.mapping.empty()},
                                                 {"--dataflow", !s.dataflow.empty()},
                                                 {"--csv", !options.csv.empty()},
                                                 {"--beside", !options.beside.empty()},
                                                 {"--energy", !options.energy.empty()},
                                                 {"--bounds", options.bounds},
                                                 {"--why", options.why},
                                                 {"--values off", options.values != "on"}};
  for (const auto& [option, given] : others) {
    if (!given) continue;
    throw InputError(fmt::format(
        "{} is not for {}: its lanes pass over zeros, and play layers as their words come", option,
        s.machine));
  }
  const std::vector<std::string> engines{"cycle", "fast"};
  if (std::ranges::find(engines, options.engine) == engines.end()) {
    throw InputError(fmt::format("--engine: '{}' is neither cycle nor fast{}", options.engine,
                                 did_you_mean(options.engine, engines)));
  }
  if (!options.json.empty()) check_writable(options.json);
}

void check_layers(const Plan& plan) {
  for (std::size_t i = 0; i < plan.network.layers.size(); ++i) {
    const Layer& layer = plan.network.layers[i];
    const std::string why = plan.runs[i] ? lanes_misfit(plan.machine, layer) : "";
    if (!why.empty()) throw InputError(fmt::format("layer {}: {}", layer.name, why));
  }
}

LanesRun describe(const Plan& plan, const Options& options) {
  return {ORRERY_VERSION,    plan.machine.name,
          plan.network.name, options.engine,
          options.data,      plan.pruning ? plan.pruning->name : "",
          plan.set,          options.selection.batch,
          options.seed,      {}};
}

void run_all(const Plan& plan, const Options& options, LanesRun& run) {
  ProgressLine line(options.quiet, plan.network.layers.size());
  const LanePlayer player = options.engine == "cycle" ? play_lanes_on_clocks : play_lanes_fast;
  Feed feed(plan, options);
  for (std::size_t i = 0; i < plan.network.layers.size(); ++i) {
    line.begin(plan.network.layers[i].name);
    Supply supply = feed.take(i);
    share_filter_values(plan.machine, supply.layer, supply.in.filter);
    OperandTensor ofmap;
    if (plan.runs[i]) {
      const Check check = options.check == "on" ? Check::kEqual : Check::kOff;
      run.layers.push_back(run_lanes(plan.machine, supply.layer, supply.in, player, check, &ofmap));
    } else {
      ofmap = golden_ofmap(supply.layer, supply.in, plan.machine.arithmetic(supply.layer),
                           plain_reduction());
    }
    feed.put(i, std::move(ofmap));
  }
}

}  // namespace

bool has_lanes(const Selection& selection) {
  Node file = parse_yaml(find_machine(selection.machine));
  change_machine(file, selection);
  return read_machine(file).has_lanes();
}

int simulate_lanes(const Options& options) {
  check_options(options);
  const bool chained = source(options) == Source::kChained;
  const Plan plan =
      make_plan(options.selection, chained ? Upstream::kIncluded : Upstream::kLeftOut);
  check_layers(plan);
  LanesRun run = describe(plan, options);
  run_all(plan, options, run);
  if (!options.json.empty()) write_file(options.json, lanes_json(run));
  if (!options.quiet) fmt::print("{}", lanes_table(run, page_width()));
  for (const LaneResult& r : run.layers) {
    if (r.check != Check::kDiffers) continue;
    fmt::print(stderr, "orrery: the golden reference says otherwise: {}: {}\n", r.layer,
               r.difference);
    return kExitDiffers;
  }
  return kExitDone;
}

}  // namespace orrery
