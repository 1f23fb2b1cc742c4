// Where machines, networks, dataflows, energy tables and mapping files lie: under the user's path
// as it stands, under $ORRERY_HOME (the current folder where it is not set), or by bare name among
// those that come with Orrery.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace orrery {

struct Known {
  std::string name;
  std::filesystem::path path;
};
// arch/<name>.yaml, workloads/<name>/network.yaml, dataflows/<name>.yaml and
// arch/energy/<name>.yaml, by name.
std::vector<Known> known_machines();
std::vector<Known> known_networks();
std::vector<Known> known_dataflows();
std::vector<Known> known_energy_tables();
// arch/dram/<name>.yaml and arch/dram/policies/<name>.yaml, by name.
std::vector<Known> known_dram_standards();
std::vector<Known> known_dram_policies();

// The file meant, if it exists. A network may be given by its folder.
std::optional<std::filesystem::path> machine_file(const std::string& given);
std::optional<std::filesystem::path> network_file(const std::string& given);
std::optional<std::filesystem::path> energy_file(const std::string& given);

// The same; InputError with the nearest known name where there is none, and where the other kind
// of file is given.
std::filesystem::path find_machine(const std::string& given);
std::filesystem::path find_network(const std::string& given);
std::filesystem::path find_energy_table(const std::string& given);
std::filesystem::path find_dram_standard(const std::string& given);
std::filesystem::path find_dram_policy(const std::string& given);
// The file of a dataflow that is not built in; InputError with the nearest name, built in or not.
std::filesystem::path find_dataflow_file(const std::string& given);

// A script or other file that comes with Orrery, by its path from the root; it may be missing.
std::filesystem::path own_file(const std::string& path);

// A file given by path; InputError where there is none.
std::filesystem::path find_file(const std::string& given);

// Where passes that the fast engine has played are remembered: the file that $ORRERY_PASSES names,
// or one in the user's cache folder ($XDG_CACHE_HOME or ~/.cache). Empty: nowhere ($ORRERY_PASSES
// is empty, or there is no such folder).
std::filesystem::path pass_memory_file();

// Where compiled RTL arrays are kept: the folder that $ORRERY_ARRAYS names, or one in the user's
// cache folder. Empty: there is none.
std::filesystem::path arrays_folder();

}  // namespace orrery
