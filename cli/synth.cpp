#include <fmt/format.h>

#include <system_error>

#include "cli/find.h"
#include "cli/options.h"
#include "cli/progress.h"
#include "cli/terminal.h"
#include "reports/synthesis.h"
#include "reports/write_file.h"
#include "workloads/input/input_error.h"

namespace orrery {
namespace {

std::vector<Design> chosen(const Options& options) {
  std::vector<Design> list;
  const std::vector<std::string> names = options.macs.empty() ? mac_names() : options.macs;
  for (const std::string& name : names) {
    const Mac* mac = find_mac(name);
    if (mac == nullptr) {
      throw InputError(
          fmt::format("--mac: no datapath is named '{}'{}", name, did_you_mean(name, mac_names())));
    }
    for (Design& design : designs_of(*mac)) list.push_back(std::move(design));
  }
  return list;
}

std::filesystem::path script() {
  const std::filesystem::path path = own_file("rtl/synthesis/synthesize");
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) {
    throw InputError(fmt::format("there is no {}; $ORRERY_HOME names the folder that holds rtl/",
                                 path.string()));
  }
  return path;
}

}  // namespace

int synth_command(const Options& options) {
  std::vector<Design> designs = chosen(options);
  const std::size_t twin_count = designs.size();
  for (Design& unit : units()) designs.push_back(std::move(unit));
  SynthesisOptions synthesis{script(), {}};
  if (!options.json.empty()) check_writable(options.json);
  std::vector<Synthesized> twins;
  {
    ProgressLine line(options.quiet, 1, {"run", "designs"});
    line.begin(fmt::format("{} designs", designs.size()));
    synthesis.progress = [&line](double share) { line.update(share); };
    twins = synthesize(designs, synthesis);
  }
  const auto split = twins.begin() + static_cast<std::ptrdiff_t>(twin_count);
  const std::vector<Synthesized> of_units(split, twins.end());
  twins.erase(split, twins.end());
  if (!options.json.empty()) write_file(options.json, to_json(twins, of_units));
  if (!options.quiet) fmt::print("{}", to_table(twins, of_units, page_width()));
  return kExitDone;
}

}  // namespace orrery
