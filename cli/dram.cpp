#include "reports/dram.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>

#include "cli/find.h"
#include "cli/options.h"
#include "cli/progress.h"
#include "cli/terminal.h"
#include "reports/write_file.h"
#include "sim/dram/trace.h"
#include "workloads/input/input_error.h"

namespace orrery {
namespace {

constexpr int kLinesPerUpdate = 8192;

DramEnergyModel model_of(const DramOptions& options, const DramStandard& standard) {
  const std::vector<std::string> known{"currents", "flat"};
  if (options.energy == "currents") return DramEnergyModel::kCurrents;
  if (options.energy != "flat") {
    throw InputError(fmt::format("--energy: '{}' is neither currents nor flat{}", options.energy,
                                 did_you_mean(options.energy, known)));
  }
  if (standard.flat_pj_per_bit > 0) return DramEnergyModel::kFlat;
  throw InputError({standard.file, 0}, "has no flat_pj_per_bit; --energy currents needs none");
}

void check_outputs(const Options& options) {
  for (const auto& path : {options.json, options.dram.commands}) {
    if (!path.empty()) check_writable(path);
  }
}

DramSetup setup_of(const DramOptions& options) {
  DramSetup setup;
  setup.standard = read_dram_standard(find_dram_standard(options.standard));
  setup.policy = read_dram_policy(find_dram_policy(options.policy));
  setup.mapping = options.mapping;
  setup.channels = options.channels;
  setup.ranks = options.ranks;
  return setup;
}

// What each channel has issued, as text, one channel after the other.
std::string commands_text(const DramSetup& setup,
                          const std::vector<std::vector<DramIssued>>& commands) {
  std::string text = dram_commands_title();
  for (std::size_t i = 0; i < commands.size(); ++i) {
    append_dram_commands(text, setup, static_cast<int>(i), commands[i]);
  }
  return text;
}

}  // namespace

int dram_command(const Options& options) {
  check_outputs(options);
  const DramSetup setup = setup_of(options.dram);
  const DramEnergyModel model = model_of(options.dram, setup.standard);
  const DramTraceFormat format = dram_trace_format(options.dram.format);
  DramRun run(setup, options.dram.derating);
  std::vector<std::vector<DramIssued>> commands(run.memory().channels().size());
  for (std::size_t i = 0; i < commands.size() && !options.dram.commands.empty(); ++i) {
    run.memory().channels()[i].record(&commands[i]);
  }
  DramTrace trace(find_file(options.dram.trace), format, run.memory());
  {
    ProgressLine progress(options.quiet, 1);
    std::uint64_t lines = 0;
    while (const auto request = trace.next()) {
      run.feed(*request);
      if (++lines % kLinesPerUpdate == 0) {
        progress.tell(fmt::format("{} requests", lines), trace.share());
      }
    }
    if (lines == 0) throw InputError({options.dram.trace, 0}, "holds no request");
  }
  const DramResult result = run.finish();
  if (!options.json.empty()) write_file(options.json, dram_json(result, model));
  if (!options.dram.commands.empty()) {
    write_file(options.dram.commands, commands_text(setup, commands));
  }
  if (!options.quiet) {
    fmt::print("{}", dram_table(result, model, page_width()));
  }
  return kExitDone;
}

}  // namespace orrery
