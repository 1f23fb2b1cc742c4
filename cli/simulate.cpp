#include <fmt/format.h>

#include "cli/options.h"
#include "cli/plan.h"
#include "cli/progress.h"
#include "cli/terminal.h"
#include "reports/csv.h"
#include "reports/json.h"
#include "reports/table.h"
#include "reports/write_file.h"
#include "sim/cycle/engine.h"
#include "sim/machine/dram_map.h"
#include "workloads/input/input_error.h"
#include "workloads/tensor/operands.h"

namespace orrery {
namespace {

constexpr const char* kSynthetic = "synthetic";
constexpr int kPageWidth = 132;  // of a table that goes to a file or a pipe

Operands operands(const Layer& layer, const Machine& machine, const Options& options) {
  return options.data == kSynthetic
             ? synthetic_operands(layer, options.seed, machine.numbers.psum_bits)
             : operands_from_directory(layer, options.data);
}

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

// What could fail after hours is tried first: the output paths, the mappings, the sizes, the data.
void check_before_run(const Plan& plan, const Options& options) {
  check_outputs(options);
  std::error_code ignored;
  if (options.data != kSynthetic && !std::filesystem::is_directory(options.data, ignored)) {
    throw InputError(fmt::format("--data: there is no folder '{}'", options.data));
  }
  for (std::size_t i = 0; i < plan.mappings.size(); ++i) {
    const Layer& layer = plan.network.layers[i];
    const std::string why = misfit(plan, i);
    if (!why.empty())
      throw InputError(plan.mapped_at[i], fmt::format("layer {}: {}", layer.name, why));
    dram_map(layer, plan.machine);  // refuses tensors that the machine's DRAM cannot hold
    if (options.data != kSynthetic) operands_from_directory(layer, options.data);
  }
}

NetworkResult describe_run(const Plan& plan, const Options& options) {
  NetworkResult result;
  result.version = ORRERY_VERSION;
  result.machine = plan.machine.name;
  result.network = plan.network.name;
  result.dataflow = dataflow_names(plan);
  result.mac = plan.machine.mac;
  result.engine = "cycle";
  result.data = options.data;
  result.batch = options.selection.batch;
  result.seed = options.seed;
  result.core_mhz = plan.machine.clocks.core_mhz;
  result.word_bits = plan.machine.numbers.word_bits;
  result.pes = plan.machine.pes();
  return result;
}

// The one place that calls an engine.
LayerResult run_one(const Plan& plan, std::size_t i, const Options& options, ProgressLine& line) {
  const Layer& layer = plan.network.layers[i];
  RunOptions run;
  run.check = options.check == "on";
  run.progress = [&line](const Progress& progress) {
    const auto all = static_cast<double>(progress.passes);
    if (all > 0) line.update(static_cast<double>(progress.done) / all);
  };
  return run_layer(plan.machine, layer, plan.mappings[i], operands(layer, plan.machine, options),
                   run);
}

void run_all(const Plan& plan, const Options& options, NetworkResult& result) {
  const bool watched = !options.quiet && is_terminal(Output::kStderr);
  ProgressLine line(watched ? Watch::kTerminal : Watch::kNobody, plan.network.layers.size());
  for (std::size_t i = 0; i < plan.network.layers.size(); ++i) {
    line.begin(plan.network.layers[i].name);
    result.layers.push_back(run_one(plan, i, options, line));
  }
}

}  // namespace

int simulate_command(const Options& options) {
  const Plan plan = make_plan(options.selection);
  check_before_run(plan, options);
  NetworkResult result = describe_run(plan, options);
  run_all(plan, options, result);
  if (!options.json.empty()) write_file(options.json, to_json(result));
  if (!options.csv.empty()) write_file(options.csv, to_csv(result));
  if (!options.quiet) {
    fmt::print("{}", to_table(result, terminal_width(Output::kStdout, kPageWidth)));
  }
  const LayerResult sum = total(result);
  if (sum.check != Check::kDiffers) return kExitDone;
  fmt::print(stderr, "orrery: the golden reference says otherwise: {}\n", sum.difference);
  return kExitDiffers;
}

}  // namespace orrery
