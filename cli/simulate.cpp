#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <optional>

#include "arch/area/area.h"
#include "arch/energy/price_list.h"
#include "cli/feed.h"
#include "cli/find.h"
#include "cli/lanes.h"
#include "cli/options.h"
#include "cli/plan.h"
#include "cli/progress.h"
#include "cli/rtl.h"
#include "cli/terminal.h"
#include "dataflows/pass/nest.h"
#include "reports/beside.h"
#include "reports/bounds.h"
#include "reports/costs.h"
#include "reports/csv.h"
#include "reports/json.h"
#include "reports/table.h"
#include "reports/why.h"
#include "reports/write_file.h"
#include "sim/cycle/engine.h"
#include "sim/fast/engine.h"
#include "sim/fast/pass_memory.h"
#include "sim/machine/dram_map.h"
#include "sim/machine/tile_code.h"
#include "sim/rtl/engine.h"
#include "workloads/format/pack.h"
#include "workloads/golden/golden.h"
#include "workloads/input/input_error.h"
#include "workloads/network/network.h"
#include "workloads/tensor/operands.h"

namespace orrery {
namespace {

constexpr const char* kNoTable =
    "No energy: there is no table sram in $ORRERY_HOME/arch/energy; --energy names a file.\n";
constexpr const char* kDefaultTable = "sram";  // prices every action of every machine

void check_outputs(const Options& options) {
  for (const auto& path : {options.json, options.csv}) {
    if (!path.empty()) check_writable(path);
  }
  if (options.json.empty() || options.csv.empty()) return;
  // One file may have several names.
  std::error_code ignored;
  if (std::filesystem::weakly_canonical(options.json, ignored) ==
      std::filesystem::weakly_canonical(options.csv, ignored)) {
    throw InputError(fmt::format("--json and --csv both name {}", options.csv.string()));
  }
}

bool has_values(const Options& options) { return options.values != "off"; }

void check_engine(const Options& options) {
  const std::vector<std::string> engines{"cycle", "fast", "rtl"};
  if (std::ranges::find(engines, options.engine) == engines.end()) {
    throw InputError(fmt::format("--engine: '{}' is none of cycle, fast and rtl{}", options.engine,
                                 did_you_mean(options.engine, engines)));
  }
  if (options.engine == "fast" && options.values == "on")
    throw InputError("--engine fast computes no values; say --values off, or link");
  if (options.engine != "fast" && options.values != "on") {
    throw InputError(fmt::format("--values {} is for --engine fast; the {} engine plays values",
                                 options.values, options.engine));
  }
  if (!has_values(options) && source(options) != Source::kSynthetic)
    throw InputError(fmt::format("--data {} brings values, and --values is off", options.data));
  if (!has_values(options) && !options.selection.prune.empty())
    throw InputError("--prune changes values, and --values is off");
}

// What could fail after hours is tried first: the output paths, the mappings, the sizes, the data.
void check_before_run(const Plan& plan, const Options& options) {
  check_outputs(options);
  const bool from_files = source(options) == Source::kFolder;
  std::error_code ignored;
  if (from_files && !std::filesystem::is_directory(options.data, ignored)) {
    const std::string near = nearest(options.data, {"synthetic", "chained"});
    throw InputError(fmt::format("--data: there is no folder '{}'{}", options.data,
                                 near.empty() ? "" : fmt::format(" (did you mean '{}'?)", near)));
  }
  for (std::size_t i = 0; i < plan.mappings.size(); ++i) {
    if (!plan.runs[i]) continue;
    const Layer& layer = plan.network.layers[i];
    const std::string why = misfit(plan, i);
    if (!why.empty())
      throw InputError(plan.mapped_at[i], fmt::format("layer {}: {}", layer.name, why));
    if (!has_values(options) && codes_any(plan.machine, layer)) {
      throw InputError(
          fmt::format("--values off: machine {} has dma.compression, and what passes "
                      "the link then depends on values; say --values link",
                      plan.machine.name));
    }
    if (options.engine == "rtl") {
      const std::string refused = why_not_in_rtl(plan.machine, layer, plan.mappings[i]);
      if (!refused.empty()) throw InputError(fmt::format("layer {}: {}", layer.name, refused));
    }
    // Refuses tensors that the machine's DRAM cannot hold.
    dram_map(layer, plan.machine, plan.mappings[i]);
    if (from_files) operands_from_directory(layer, options.data);
  }
}

NetworkResult describe_run(const Plan& plan, const Options& options) {
  NetworkResult result = result_on(plan.machine, plan.set, plan.network.name);
  result.dataflow = dataflow_names(plan);
  result.engine = options.engine;
  result.values = options.values;
  result.data = has_values(options) ? options.data : "no";
  result.batch = options.selection.batch;
  result.seed = options.seed;
  result.area_um2 = area(plan.machine).mm2() * 1e6;
  return result;
}

std::function<void(std::int64_t, std::int64_t)> watch(ProgressLine& line) {
  return [&line](std::int64_t done, std::int64_t of) {
    if (of > 0) line.update(static_cast<double>(done) / static_cast<double>(of));
  };
}

LayerResult run_one(const Plan& plan, std::size_t i, const Supply& supply, RunOptions run,
                    ProgressLine& line) {
  run.progress = [report = watch(line)](const Progress& p) { report(p.done, p.passes); };
  return run_layer(plan.machine, supply.layer, plan.mappings[i], supply.in, run);
}

// The ofmap of a layer that does not run, as the machine would produce it, or, where its mapping
// does not fit, as a plain order of additions does.
OperandTensor golden_one(const Plan& plan, std::size_t i, const Supply& supply) {
  const Mapping& mapping = plan.mappings[i];
  const bool fits =
      !mapping.nest.empty() && supply.layer.packing.lanes == 1 && misfit(plan, i).empty();
  return golden_ofmap(
      unpacked(supply.layer), supply.in, plan.machine.arithmetic(supply.layer),
      fits ? reduction_tree(mapping, supply.layer, plan.machine) : plain_reduction());
}

// On the fast engine, with what passes the link: the golden reference makes the ofmap.
LayerResult run_with_link(const Plan& plan, std::size_t i, const Supply& supply,
                          const OperandTensor& ofmap, ProgressLine& line) {
  const LinkValues values = link_values(supply.layer, plan.machine, supply.in, ofmap);
  FastOptions options;
  options.progress = watch(line);
  options.values = &values;
  return run_layer_fast(plan.machine, supply.layer, plan.mappings[i], options);
}

void run_without_values(const Plan& plan, ProgressLine& line, NetworkResult& result) {
  PassMemory memory;
  const std::filesystem::path file = pass_memory_file();
  if (!file.empty()) memory.load(file);
  for (std::size_t i = 0; i < plan.network.layers.size(); ++i) {
    line.begin(plan.network.layers[i].name);
    result.layers.push_back(
        run_layer_fast(plan.machine, plan.network.layers[i], plan.mappings[i],
                       {.progress = watch(line), .folds = true, .memory = &memory}));
  }
  if (!file.empty()) memory.save(file);
}

void run_with_values(const Plan& plan, const Options& options, ProgressLine& line,
                     NetworkResult& result) {
  Feed feed(plan, options);
  RunOptions run;
  run.check = options.check == "on";
  if (options.engine == "rtl") run.array = rtl_arrays(rtl_places(), say_on_stderr);
  for (std::size_t i = 0; i < plan.network.layers.size(); ++i) {
    line.begin(plan.network.layers[i].name);
    const Supply supply = feed.take(i);
    OperandTensor ofmap;
    run.ofmap = &ofmap;
    const bool clocked = options.engine != "fast";
    if (!clocked || !plan.runs[i]) ofmap = golden_one(plan, i, supply);
    if (plan.runs[i]) {
      result.layers.push_back(clocked ? run_one(plan, i, supply, run, line)
                                      : run_with_link(plan, i, supply, ofmap, line));
    }
    feed.put(i, std::move(ofmap));
  }
}

void run_all(const Plan& plan, const Options& options, NetworkResult& result) {
  ProgressLine line(options.quiet, plan.network.layers.size());
  has_values(options) ? run_with_values(plan, options, line, result)
                      : run_without_values(plan, line, result);
}

// The table that the user names; else the default among those that come with Orrery, if they are
// at hand.
std::optional<std::filesystem::path> table_file(const Options& options) {
  if (!options.energy.empty()) return find_energy_table(options.energy);
  const std::vector<Known> known = known_energy_tables();
  const auto table = std::ranges::find(known, kDefaultTable, &Known::name);
  return table == known.end() ? std::nullopt : std::optional(table->path);
}

// Each action's price on the machine.
std::optional<PriceList> prices(const Plan& plan, const Options& options) {
  const auto file = table_file(options);
  if (!file) return std::nullopt;
  return price_list(read_energy_table(*file), plan.machine);
}

// What follows from the counts: energy, and what they are bounded by.
void judge(const Plan& plan, const std::optional<PriceList>& prices, NetworkResult& result) {
  if (prices) charge(result, *prices);
  for (LayerResult& r : result.layers) {
    const auto layer = std::ranges::find(plan.network.layers, r.name, &Layer::name);
    r.bounds = bounds(plan.machine, *layer, r.counts);
  }
}

std::optional<Published> read_beside(const Options& options) {
  if (options.beside.empty()) return std::nullopt;
  const Network network = read_network(find_network(options.selection.network));
  return read_published(find_file(options.beside), network, options.selection.batch);
}

// What a reader of a chained run must know and no figure tells.
std::string notes(const Plan& plan, const Options& options) {
  if (source(options) != Source::kChained) return "";
  std::string text, golden;
  for (std::size_t i = 0; i < plan.runs.size(); ++i) {
    const Layer& layer = plan.network.layers[i];
    if (!plan.runs[i]) golden += (golden.empty() ? "" : ", ") + layer.name;
    if (layer.left_out.empty()) continue;
    text += fmt::format("left out after {}: {}\n", layer.name, layer.left_out);
  }
  if (!golden.empty()) text += fmt::format("by the golden reference, not simulated: {}\n", golden);
  return text;
}

}  // namespace

int simulate_command(const Options& options) {
  if (has_lanes(options.selection)) return simulate_lanes(options);
  check_engine(options);
  const bool chained = source(options) == Source::kChained;
  const Plan plan =
      make_plan(options.selection, chained ? Upstream::kIncluded : Upstream::kLeftOut);
  check_before_run(plan, options);
  const std::optional<Published> published = read_beside(options);
  const std::optional<PriceList> price_of = prices(plan, options);
  NetworkResult result = describe_run(plan, options);
  run_all(plan, options, result);
  judge(plan, price_of, result);
  const auto rows = published ? beside(result, *published) : std::vector<Beside>{};
  if (!options.json.empty()) write_file(options.json, to_json(result, rows));
  if (!options.csv.empty()) write_file(options.csv, to_csv(result));
  if (!options.quiet) {
    const int width = page_width();
    fmt::print("{}\n{}{}", to_table(result, width), price_of ? to_costs(result, width) : kNoTable,
               notes(plan, options));
    if (options.bounds) fmt::print("\n{}", to_bounds(result, width));
    if (options.why) fmt::print("\n{}", to_why(result, width));
    if (published) fmt::print("\n{}", to_text(rows, *published, width));
  }
  const LayerResult sum = total(result);
  if (sum.check != Check::kDiffers) return kExitDone;
  fmt::print(stderr, "orrery: the golden reference says otherwise: {}\n", sum.difference);
  return kExitDiffers;
}

}  // namespace orrery
