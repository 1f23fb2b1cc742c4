#include <fmt/format.h>

#include "arch/dram/dram_policy.h"
#include "arch/dram/dram_standard.h"
#include "arch/energy/energy_table.h"
#include "arch/mac/all.h"
#include "arch/machine/machine.h"
#include "cli/find.h"
#include "cli/options.h"
#include "dataflows/all.h"
#include "dataflows/pattern/pattern.h"
#include "reports/grid.h"
#include "workloads/input/input_error.h"
#include "workloads/network/network.h"

namespace orrery {
namespace {

void print_line(std::string_view name, std::string_view text) {
  fmt::print("  {:<24} {}\n", name, text);
}

// Prints a name and what `describe` says; a file with a mistake is listed with it.
template <class Describe>
void print_known(const std::vector<Known>& known, const Describe& describe) {
  for (const Known& k : known) {
    std::string text;
    try {
      text = describe(k.path);
    } catch (const InputError& mistake) {
      text = fmt::format("(unreadable: {})", mistake.what());
    }
    print_line(k.name, text);
  }
}

template <class Describe>
void print_files(const char* title, const std::vector<Known>& known, const Describe& describe) {
  fmt::print("{}\n", title);
  if (known.empty()) fmt::print("  none here; $ORRERY_HOME names the folder to look in\n");
  print_known(known, describe);
}

std::string describe_machine(const std::filesystem::path& path) {
  return read_machine(path).description;
}

std::string describe_energy_table(const std::filesystem::path& path) {
  return read_energy_table(path).description;
}

std::string describe_dram_standard(const std::filesystem::path& path) {
  return read_dram_standard(path).description;
}

std::string describe_dram_policy(const std::filesystem::path& path) {
  return read_dram_policy(path).description;
}

std::string describe_network(const std::filesystem::path& path) {
  std::uint64_t macs = 0, parameters = 0;
  const Network network = read_network(path);
  for (const Layer& layer : network.layers) {
    macs += static_cast<std::uint64_t>(layer.macs());
    parameters += static_cast<std::uint64_t>(layer.parameters());
  }
  return fmt::format("{} layers, {} MACs an image, {} parameters", network.layers.size(),
                     grouped(macs), grouped(parameters));
}

std::string describe_dataflow(const std::filesystem::path& path) {
  if (find_dataflow(path.stem().string()) != nullptr) {
    return fmt::format("(the name is built in; --dataflow {} means this file)", path.string());
  }
  return read_pattern(path).description;
}

std::string quiet_where(const MacTraits& t) {
  if (t.skips) return ", passes over those that are zero";
  if (t.gating == Gating::kNone) return "";
  return fmt::format(", quiet where the {} operand is zero",
                     t.gating == Gating::kIfmap ? "ifmap" : "filter");
}

}  // namespace

int list_command(const Options&) {
  print_files("machines", known_machines(), describe_machine);
  print_files("networks", known_networks(), describe_network);
  fmt::print("dataflows\n");
  for (const Dataflow& d : kDataflows) print_line(d.name, d.description);
  print_known(known_dataflows(), describe_dataflow);
  print_files("energy tables", known_energy_tables(), describe_energy_table);
  print_files("DRAM standards", known_dram_standards(), describe_dram_standard);
  print_files("DRAM policies", known_dram_policies(), describe_dram_policy);
  fmt::print("MACs\n");
  for (const Mac& mac : kMacs) {
    const MacTraits& t = mac.traits;
    fmt::print("  {:<24} {}{}-bit ifmap operands{}\n", mac.name,
               t.least_bits == t.most_bits ? "" : fmt::format("{}- to ", t.least_bits), t.most_bits,
               quiet_where(t));
  }
  return kExitDone;
}

}  // namespace orrery
