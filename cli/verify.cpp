#include "reports/verify.h"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>

#include "cli/find.h"
#include "cli/options.h"
#include "cli/progress.h"
#include "cli/terminal.h"
#include "cli/verify_arrays.h"
#include "reports/write_file.h"
#include "workloads/input/input_error.h"

namespace orrery {
namespace {

// Random pairs of a twin; with --all the twins share 10^8.
constexpr std::uint64_t kCases = 1'000'000;
constexpr std::uint64_t kAllCases = 100'000'000;

std::vector<Twin> chosen(const Options& options) {
  if (twins().empty()) {
    throw InputError(
        "this build has no twins; ./orrery verify makes one that has, or configure with "
        "-DORRERY_RTL=ON");
  }
  if (options.macs.empty()) return twins();
  std::vector<Twin> list;
  for (const std::string& name : options.macs) {
    const auto twin = std::ranges::find(twins(), name, &Twin::name);
    if (twin == twins().end()) {
      throw InputError(
          fmt::format("--mac: no datapath is named '{}'{}", name, did_you_mean(name, mac_names())));
    }
    list.push_back(*twin);
  }
  return list;
}

std::uint64_t cases(const Options& options, std::size_t twin_count) {
  if (options.cases) return *options.cases;
  return options.all ? std::max<std::uint64_t>(kAllCases / twin_count, kCases) : kCases;
}

// The script that comes with Orrery, if it is at hand.
std::filesystem::path prover() {
  const std::filesystem::path path = own_file("rtl/proof/prove");
  std::error_code ignored;
  return std::filesystem::exists(path, ignored) ? path : std::filesystem::path();
}

}  // namespace

int verify_command(const Options& options) {
  if (options.array) return verify_arrays_command(options);
  const std::vector<Twin> list = chosen(options);
  for (const auto& path : {options.json, options.wave}) {
    if (!path.empty()) check_writable(path);
  }
  VerifyOptions verify_options;
  verify_options.seed = options.seed;
  verify_options.cases = cases(options, list.size());
  verify_options.prover = prover();
  verify_options.wave = options.wave;
  std::vector<TwinReport> reports;
  {
    ProgressLine line(options.quiet, 1, {"run", "pairs"});
    line.begin(fmt::format("{} twins", list.size()));
    verify_options.progress = [&line](double share) { line.update(share); };
    reports = verify(list, verify_options);
  }
  if (!options.json.empty()) write_file(options.json, to_json(reports, options.seed));
  if (!options.quiet) fmt::print("{}", to_table(reports, page_width()));
  const bool differs = std::ranges::any_of(
      reports, [](const TwinReport& r) { return r.mismatches > 0 || r.proof == Proof::kFails; });
  return differs ? kExitDiffers : kExitDone;
}

}  // namespace orrery
