#include "cli/verify_arrays.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli/find.h"
#include "cli/progress.h"
#include "cli/rtl.h"
#include "cli/terminal.h"
#include "reports/verify_arrays.h"
#include "reports/write_file.h"
#include "sim/twin/pe_bits.h"
#include "workloads/input/input_error.h"

namespace orrery {
namespace {

constexpr std::uint64_t kCases = 250, kAllCases = 1000;  // of each array
// The datapaths that random machines have; with --all all that a PE can hold.
const std::vector<std::string> kMacs{"mac_int8", "mac_int16", "mac_zero_gated"};

std::vector<std::string> in_a_pe() {
  std::vector<std::string> names;
  for (const std::string& name : mac_names()) {
    if (!find_mac(name)->traits.skips) names.push_back(name);
  }
  return names;
}

std::vector<std::string> chosen(const Options& options) {
  const std::vector<std::string> all = in_a_pe();
  if (options.macs.empty()) return options.all ? all : kMacs;
  for (const std::string& name : options.macs) {
    if (std::ranges::find(all, name) == all.end())
      throw InputError(
          fmt::format("--mac: no array has a datapath '{}'{}", name, did_you_mean(name, all)));
  }
  return options.macs;
}

}  // namespace

int verify_arrays_command(const Options& options) {
  if (!options.json.empty()) check_writable(options.json);
  VerifyArraysOptions how;
  how.macs = chosen(options);
  how.seed = options.seed;
  how.cases = options.cases.value_or(options.all ? kAllCases : kCases);
  how.coverage = options.coverage;
  how.places = rtl_places();
  how.waves = options.wave.empty() ? "verify-array" : options.wave;
  how.say = say_on_stderr;
  ArraysReport report;
  {
    ProgressLine line(options.quiet, 1, {"run", "cases"});
    line.begin("RTL arrays");
    how.progress = [&line](double share) { line.update(share); };
    report = verify_arrays(how);
  }
  if (!options.json.empty()) write_file(options.json, to_json(report, options.seed));
  if (!options.quiet) fmt::print("{}", to_table(report, page_width()));
  const bool differs = std::ranges::any_of(
      report.arrays, [](const ArrayReport& r) { return !r.first_difference.empty(); });
  return differs ? kExitDiffers : kExitDone;
}

}  // namespace orrery
