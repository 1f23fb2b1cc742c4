#include <fmt/format.h>

#include "arch/mac/all.h"
#include "arch/machine/machine.h"
#include "cli/find.h"
#include "cli/options.h"
#include "dataflows/all.h"
#include "reports/grid.h"
#include "workloads/input/input_error.h"
#include "workloads/network/network.h"

namespace orrery {
namespace {

// Prints a name and what `describe` says; a file with a mistake is listed with it.
template <class Describe>
void print_known(const char* title, const std::vector<Known>& known, const Describe& describe) {
  fmt::print("{}\n", title);
  if (known.empty()) fmt::print("  none here; $ORRERY_HOME names the folder to look in\n");
  for (const Known& k : known) {
    std::string text;
    try {
      text = describe(k.path);
    } catch (const InputError& mistake) {
      text = fmt::format("(unreadable: {})", mistake.what());
    }
    fmt::print("  {:<16} {}\n", k.name, text);
  }
}

std::string describe_machine(const std::filesystem::path& path) {
  return read_machine(path).description;
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

}  // namespace

int list_command(const Options&) {
  print_known("machines", known_machines(), describe_machine);
  print_known("networks", known_networks(), describe_network);
  fmt::print("dataflows\n");
  for (const auto& d : kDataflows) fmt::print("  {:<16} {}\n", d.name, d.description);
  fmt::print("MACs\n");
  for (const Mac& mac : kMacs) {
    fmt::print("  {:<16} {}-bit operands{}\n", mac.name, mac.operand_bits,
               mac.gates ? ", quiet where the ifmap operand is zero" : "");
  }
  return kExitDone;
}

}  // namespace orrery
