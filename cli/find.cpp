#include "cli/find.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "arch/dram/dram_files.h"
#include "dataflows/all.h"
#include "workloads/input/input_error.h"

namespace orrery {
namespace {

namespace fs = std::filesystem;
constexpr const char* kNetworkFile = "network.yaml";

// Empty where it is not set.
fs::path variable(const char* name) {
  const char* given = std::getenv(name);
  return given == nullptr ? fs::path() : fs::path(given);
}

// Of that name in the user's cache folder; empty: there is no such folder.
fs::path in_cache_folder(const char* name) {
  fs::path folder = variable("XDG_CACHE_HOME");
  if (folder.empty() && !variable("HOME").empty()) folder = variable("HOME") / ".cache";
  return folder.empty() ? fs::path() : folder / "orrery" / name;
}

fs::path home() {
  const fs::path given = variable("ORRERY_HOME");
  return given.empty() ? fs::path(".") : given;
}

bool is_file(const fs::path& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored);
}

std::optional<fs::path> first_file(const std::vector<fs::path>& candidates) {
  const auto found = std::find_if(candidates.begin(), candidates.end(), is_file);
  return found == candidates.end() ? std::nullopt : std::optional(*found);
}

std::vector<fs::path> entries(const fs::path& folder) {
  std::error_code error;
  std::vector<fs::path> paths;
  for (const auto& entry : fs::directory_iterator(folder, error)) paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  return paths;
}

// <folder>/<name>.yaml, by name.
std::vector<Known> yaml_files(const fs::path& folder) {
  std::vector<Known> known;
  for (const fs::path& path : entries(folder)) {
    if (path.extension() == ".yaml") known.push_back({path.stem().string(), path});
  }
  return known;
}

std::vector<std::string> names(const std::vector<Known>& known) {
  std::vector<std::string> result;
  for (const Known& k : known) result.push_back(k.name);
  return result;
}

// The name that a path was probably meant to hold: "arch/eyeris.yaml" -> "eyeris".
std::string bare_name(const fs::path& given) {
  fs::path path = given.has_filename() ? given : given.parent_path();
  if (path.filename() == kNetworkFile && path.has_parent_path()) path = path.parent_path();
  return path.extension() == ".yaml" ? path.stem().string() : path.filename().string();
}

[[noreturn]] void fail_unknown(const char* what, const std::string& given,
                               const std::vector<Known>& known) {
  if (known.empty()) {
    throw InputError(fmt::format(
        "no {} '{}'; $ORRERY_HOME names the folder that holds arch/ and workloads/", what, given));
  }
  throw InputError(
      fmt::format("no {} '{}'{}", what, given, did_you_mean(bare_name(given), names(known))));
}

}  // namespace

std::vector<Known> known_machines() { return yaml_files(home() / "arch"); }

std::vector<Known> known_dataflows() { return yaml_files(home() / "dataflows"); }

std::vector<Known> known_energy_tables() { return yaml_files(home() / "arch" / "energy"); }

std::vector<Known> known_dram_standards() { return yaml_files(home() / "arch" / "dram"); }

std::vector<Known> known_dram_policies() {
  return yaml_files(home() / "arch" / "dram" / "policies");
}

std::vector<Known> known_networks() {
  std::vector<Known> known;
  for (const fs::path& folder : entries(home() / "workloads")) {
    const fs::path path = folder / kNetworkFile;
    if (is_file(path)) known.push_back({folder.filename().string(), path});
  }
  return known;
}

std::optional<fs::path> machine_file(const std::string& given) {
  return first_file({given, home() / given, home() / "arch" / (given + ".yaml")});
}

std::optional<fs::path> energy_file(const std::string& given) {
  return first_file({given, home() / given, home() / "arch" / "energy" / (given + ".yaml")});
}

std::optional<fs::path> network_file(const std::string& given) {
  const fs::path path = given;
  return first_file({path, path / kNetworkFile, home() / path, home() / path / kNetworkFile,
                     home() / "workloads" / path / kNetworkFile});
}

fs::path find_machine(const std::string& given) {
  if (const auto path = machine_file(given)) return *path;
  if (network_file(given)) {
    throw InputError(fmt::format("'{}' is a network; the machine comes first", given));
  }
  fail_unknown("machine", given, known_machines());
}

fs::path find_network(const std::string& given) {
  if (const auto path = network_file(given)) return *path;
  if (machine_file(given)) {
    throw InputError(fmt::format("'{}' is a machine; the network comes second", given));
  }
  std::error_code ignored;
  if (fs::is_directory(given, ignored)) {
    throw InputError(fmt::format("the folder {} holds no {}", given, kNetworkFile));
  }
  fail_unknown("network", given, known_networks());
}

fs::path find_energy_table(const std::string& given) {
  if (const auto path = energy_file(given)) return *path;
  fail_unknown("energy table", given, known_energy_tables());
}

fs::path find_dram_standard(const std::string& given) { return dram_standard_file(given); }

fs::path find_dram_policy(const std::string& given) { return dram_policy_file(given); }

fs::path find_dataflow_file(const std::string& given) {
  const auto path = first_file({given, home() / given, home() / "dataflows" / (given + ".yaml")});
  if (path) return *path;
  std::vector<std::string> known;
  for (const Dataflow& one : kDataflows) known.emplace_back(one.name);
  for (const std::string& name : names(known_dataflows())) known.push_back(name);
  throw InputError(
      fmt::format("there is no dataflow '{}'{}", given, did_you_mean(bare_name(given), known)));
}

fs::path own_file(const std::string& path) { return home() / path; }

fs::path find_file(const std::string& given) {
  if (const auto path = first_file({given, home() / given})) return *path;
  throw InputError(fmt::format("there is no file {}", given));
}

fs::path pass_memory_file() {
  if (std::getenv("ORRERY_PASSES") != nullptr) return variable("ORRERY_PASSES");
  return in_cache_folder("passes");
}

fs::path arrays_folder() {
  if (std::getenv("ORRERY_ARRAYS") != nullptr) return variable("ORRERY_ARRAYS");
  return in_cache_folder("rtl");
}

}  // namespace orrery
