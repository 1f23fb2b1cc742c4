#include "reports/compare.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "arch/energy/price_list.h"
#include "cli/compare_macs.h"
#include "cli/find.h"
#include "cli/options.h"
#include "cli/plan.h"
#include "cli/progress.h"
#include "cli/terminal.h"
#include "dataflows/all.h"
#include "dataflows/tiling/tiling.h"
#include "reports/compare_beside.h"
#include "reports/write_file.h"
#include "sim/choose/choose.h"
#include "sim/fast/engine.h"
#include "sim/mapper/search.h"
#include "sim/schedule/misfit.h"
#include "workloads/input/input_error.h"
#include "workloads/network/widths.h"

namespace orrery {
namespace {

constexpr const char* kUsualTable = "isca2016";
// The second convention that is printed beside published figures of the first.
constexpr const char* kPublishedTable = "isca2016";
constexpr const char* kHardwareTable = "isca2016_hardware";
const std::vector<std::string> kTaxonomy{"rs", "ws", "os_a", "os_b", "os_c", "nlr"};

Objective objective_of(const Options& options) {
  const std::vector<std::string> known(kObjectiveNames.begin(), kObjectiveNames.end());
  const auto it = std::ranges::find(known, options.objective);
  if (it == known.end()) {
    throw InputError(fmt::format("--objective: '{}' is none of energy, cycles and edp{}",
                                 options.objective, did_you_mean(options.objective, known)));
  }
  return static_cast<Objective>(it - known.begin());
}

std::vector<std::string> dataflows_of(const Options& options) {
  for (const std::string& dataflow : options.dataflows) {
    if (find_dataflow(dataflow) != nullptr) continue;
    std::vector<std::string> known;
    for (const Dataflow& d : kDataflows) known.emplace_back(d.name);
    throw InputError(fmt::format("--dataflows: there is no dataflow '{}'{}", dataflow,
                                 did_you_mean(dataflow, known)));
  }
  return options.dataflows.empty() ? kTaxonomy : options.dataflows;
}

void check_options(const Options& options) {
  if (options.equal_area && options.search)
    throw InputError("--search is for a machine that stands; with --equal-area its shape is open");
  if (!options.equal_area && !options.pes.empty())
    throw InputError("--pes is for --equal-area: a machine file says how many PEs it has");
  if (!options.equal_area && options.show_machines)
    throw InputError("--show-machines is for --equal-area; orrery show prints a machine file");
  if (!options.json.empty()) check_writable(options.json);
}

// What all runs of one command share.
struct Setting {
  const Options& options;
  Machine machine;
  std::vector<std::string> set;  // what was changed in its file
  Network network;               // at batch 1, its widths open
  EnergyTable table;
  std::optional<EnergyTable> second;
  Objective objective = Objective::kEnergy;
};

// A dataflow's machine, and how much of it is open.
struct Stage {
  Machine machine;
  Shape shape = Shape::kFixed;
  int pool_words = 0;
};

Stage stage_of(const Setting& setting, const std::string& dataflow, int pes) {
  if (!setting.options.equal_area) return {setting.machine, Shape::kFixed, 0};
  const ArrayNeeds needs = array_needs(dataflow, setting.network.layers);
  Machine machine = equal_area_machine(setting.machine, needs, pes);
  price_list(setting.table, machine);
  return {machine, Shape::kAny, needs.rf_words};
}

struct Outcome {
  ComparedRun run;
  std::optional<ComparedRun> second;
};

void describe(ComparedRun& run, const Setting& setting, const Stage& stage,
              const std::string& dataflow, int batch, int pes) {
  run.energy_table = setting.table.name;
  run.objective = setting.options.objective;
  run.equal_area = setting.options.equal_area;
  NetworkResult& result = run.result;
  result = result_on(stage.machine, setting.set, setting.network.name);
  result.dataflow = dataflow;
  result.engine = "fast";
  result.values = "off";
  result.data = "no";
  result.batch = batch;
  result.pes = pes;
}

// The mapper's answer, which begins with `choice`.
void search_further(const Setting& setting, const Layer& layer, const std::string& dataflow,
                    ChosenMapping& choice) {
  SearchOptions by;
  by.objective = setting.objective;
  by.budget = setting.options.budget;
  by.prices = price_list(setting.table, choice.machine);
  by.first = {choice.mapping};
  const std::vector<Space> spaces = find_dataflow(dataflow)->spaces(layer, choice.machine);
  const Found found = search(choice.machine, layer, spaces, by);
  choice.mapping = found.mapping;
  choice.judged += static_cast<std::uint64_t>(found.judgements);
}

// A pooling layer has no MACs to map: it runs on the way out, or not at all.
ChosenMapping choose_or_pool(const Setting& setting, const Stage& stage,
                             const std::string& dataflow, const Layer& layer) {
  if (layer.kind != LayerKind::kPool) {
    ChosenMapping choice = choose(dataflow, layer, stage.machine, stage.shape, stage.pool_words,
                                  setting.table, setting.objective);
    if (setting.options.search && choice.fits()) search_further(setting, layer, dataflow, choice);
    return choice;
  }
  ChosenMapping choice;
  choice.machine = stage.machine;
  choice.why = misfit(stage.machine, layer, choice.mapping);
  return choice;
}

void run_layer(const Setting& setting, const Stage& stage, const std::string& dataflow,
               const Layer& layer, Outcome& outcome) {
  const ChosenMapping choice = choose_or_pool(setting, stage, dataflow, layer);
  if (!choice.fits()) {
    outcome.run.refused.push_back({layer.name, choice.why, layer.kind});
    return;
  }
  try {
    const LayerResult result = run_layer_fast(choice.machine, layer, choice.mapping);
    const auto add = [&](ComparedRun& run, const EnergyTable& table) {
      run.result.layers.push_back(result);
      run.layers.push_back(
          {layer.kind, price(result.counts, result.cycles, table, choice.machine), choice.judged});
    };
    add(outcome.run, setting.table);
    if (outcome.second) add(*outcome.second, *setting.second);
  } catch (const InputError& mistake) {
    outcome.run.refused.push_back({layer.name, mistake.what(), layer.kind});
  }
}

Outcome run_one(const Setting& setting, const std::string& dataflow, int batch, int pes,
                ProgressLine& line) {
  const Stage stage = stage_of(setting, dataflow, pes);
  Outcome outcome;
  describe(outcome.run, setting, stage, dataflow, batch, pes);
  if (setting.second) {
    outcome.second = outcome.run;
    outcome.second->energy_table = setting.second->name;
  }
  Network network = select(setting.network, batch, setting.options.selection.layers);
  network = at_widths(std::move(network), stage.machine.widths());
  for (const Layer& layer : network.layers) {
    line.begin(fmt::format("{} {}, {} PEs, batch {}", dataflow, layer.name, pes, batch));
    run_layer(setting, stage, dataflow, layer, outcome);
  }
  outcome.run.result.complete = outcome.run.refused.empty();
  return outcome;
}

Setting read_setting(const Options& options) {
  Node file = parse_yaml(find_machine(options.selection.machine));
  const std::vector<std::string> set = change_machine(file, options.selection);
  Setting setting{options, read_machine(file), set, {}, {}, {}, objective_of(options)};
  setting.network = read_network(find_network(options.selection.network));
  setting.table = read_energy(options.energy, kUsualTable);
  price_list(setting.table, setting.machine);
  const bool both = !options.beside.empty() && setting.table.name == kPublishedTable;
  if (both) setting.second = read_energy_table(find_energy_table(kHardwareTable));
  return setting;
}

void show_machines(const Setting& setting, const std::vector<std::string>& dataflows,
                   const std::vector<int>& pes) {
  for (const int n : pes) {
    for (const std::string& dataflow : dataflows) {
      const ArrayNeeds needs = array_needs(dataflow, setting.network.layers);
      fmt::print("# Equal area, {}, {} PEs.\n{}\n", dataflow, n,
                 equal_area_yaml(equal_area_machine(setting.machine, needs, n), needs, n));
    }
  }
}

}  // namespace

int compare_command(const Options& options) {
  if (!options.macs.empty()) return compare_macs(options);
  check_options(options);
  const std::vector<std::string> dataflows = dataflows_of(options);
  const Setting setting = read_setting(options);
  std::optional<PublishedComparison> published;
  if (!options.beside.empty()) published = read_comparison(find_file(options.beside));
  const std::vector<int> pes =
      options.pes.empty() ? std::vector{setting.machine.pes()} : options.pes;
  select(setting.network, 1, options.selection.layers);  // names of layers are wrong before any run
  if (options.equal_area) {
    for (const std::string& dataflow : dataflows) array_needs(dataflow, setting.network.layers);
  }
  if (options.show_machines) {
    show_machines(setting, dataflows, pes);
    return kExitDone;
  }
  std::vector<ComparedRun> runs, second;
  {
    ProgressLine line(options.quiet,
                      pes.size() * options.batches.size() * dataflows.size() *
                          select(setting.network, 1, options.selection.layers).layers.size());
    for (const int n : pes) {
      for (const int batch : options.batches) {
        for (const std::string& dataflow : dataflows) {
          Outcome outcome = run_one(setting, dataflow, batch, n, line);
          runs.push_back(std::move(outcome.run));
          if (outcome.second) second.push_back(std::move(*outcome.second));
        }
      }
    }
  }
  if (!options.json.empty()) write_file(options.json, to_json(runs));
  if (options.quiet) return kExitDone;
  const int width = page_width();
  const Colour colour = is_terminal(Output::kStdout) ? Colour::kTerminal : Colour::kNone;
  fmt::print("{}", to_text(runs, width, colour));
  if (published) fmt::print("\n{}", beside_text(runs, second, *published, width));
  return kExitDone;
}

}  // namespace orrery
