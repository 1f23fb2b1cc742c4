#include "cli/compare_macs.h"

#include <fmt/format.h>

#include "arch/energy/price_list.h"
#include "arch/mac/all.h"
#include "cli/feed.h"
#include "cli/find.h"
#include "cli/plan.h"
#include "cli/progress.h"
#include "cli/terminal.h"
#include "reports/compare_macs.h"
#include "reports/write_file.h"
#include "sim/cycle/engine.h"
#include "workloads/input/input_error.h"

namespace orrery {
namespace {

// Names are wrong before any run.
void check_options(const Options& options) {
  for (const std::string& mac : options.macs) {
    if (find_mac(mac) != nullptr) continue;
    throw InputError(fmt::format("--macs: there is no MAC datapath '{}'{}", mac,
                                 did_you_mean(mac, mac_names())));
  }
  const std::pair<const char*, bool> others[] = {{"--mac", !options.selection.mac.empty()},
                                                 {"--equal-area", options.equal_area},
                                                 {"--beside", !options.beside.empty()}};
  for (const auto& [option, given] : others) {
    if (given) throw InputError(fmt::format("{} and --macs do not go together", option));
  }
  if (options.batches.size() > 1 || options.dataflows.size() > 1)
    throw InputError("--macs compares datapaths at one batch and by one dataflow");
  if (!options.json.empty()) check_writable(options.json);
}

Selection selection_of(const Options& options, const std::string& mac) {
  Selection selection = options.selection;
  selection.mac = mac;
  selection.batch = options.batches.front();
  if (!options.dataflows.empty()) selection.dataflow = options.dataflows.front();
  return selection;
}

void describe(ComparedMac& run, const Plan& plan, const Options& options) {
  NetworkResult& result = run.result;
  result = result_on(plan.machine, plan.set, plan.network.name);
  result.dataflow = dataflow_names(plan);
  result.engine = "cycle";
  result.data = "synthetic";
  result.batch = options.batches.front();
  result.seed = options.seed;
  const Layer& first = plan.network.layers.front();
  run.ifmap = to_string(first.ifmap_code());
  run.filter = to_string(first.filter_code());
  run.lanes = first.packing.lanes;
  run.psum_bits = plan.machine.numbers.psum_bits;
}

std::string misfit_of(const Plan& plan) {
  for (std::size_t i = 0; i < plan.mappings.size(); ++i) {
    if (const std::string why = misfit(plan, i); !why.empty())
      return fmt::format("layer {}: {}", plan.network.layers[i].name, why);
  }
  return {};
}

ComparedMac run_one(const Options& options, const std::string& mac, ProgressLine& line) {
  const Plan plan = make_plan(selection_of(options, mac));
  ComparedMac run;
  describe(run, plan, options);
  const PriceList prices = price_list(read_energy(options.energy), plan.machine);
  run.refused = misfit_of(plan);
  if (run.refused.empty()) {
    Feed feed(plan, options);
    for (std::size_t i = 0; i < plan.mappings.size(); ++i) {
      line.begin(fmt::format("{} {}", mac, plan.network.layers[i].name));
      const Supply supply = feed.take(i);
      run.result.layers.push_back(
          run_layer(plan.machine, supply.layer, plan.mappings[i], supply.in));
    }
  }
  run.result.complete = run.refused.empty();
  charge(run.result, prices);
  return run;
}

// A machine that cannot have the datapath at all is an answer too.
ComparedMac run_or_refuse(const Options& options, const Plan& own, const std::string& mac,
                          ProgressLine& line) {
  try {
    return run_one(options, mac, line);
  } catch (const InputError& mistake) {
    ComparedMac run;
    describe(run, own, options);
    run.result.mac = mac;
    run.result.complete = false;
    run.refused = mistake.what();
    return run;
  }
}

}  // namespace

int compare_macs(const Options& options) {
  check_options(options);
  // What is wrong without any of them is the user's mistake, not the datapath's.
  const Plan own = make_plan(selection_of(options, ""));
  std::vector<ComparedMac> runs;
  {
    ProgressLine line(options.quiet, options.macs.size() * own.network.layers.size());
    for (const std::string& mac : options.macs)
      runs.push_back(run_or_refuse(options, own, mac, line));
  }
  if (!options.json.empty()) write_file(options.json, to_json(runs));
  if (!options.quiet) fmt::print("{}", to_text(runs, page_width()));
  for (const ComparedMac& run : runs) {
    if (total(run.result).check == Check::kDiffers) return kExitDiffers;
  }
  return kExitDone;
}

}  // namespace orrery
