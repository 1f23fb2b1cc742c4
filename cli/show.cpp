#include <fmt/format.h>

#include "arch/area/area.h"
#include "arch/energy/price_list.h"
#include "arch/machine/machine.h"
#include "cli/find.h"
#include "cli/options.h"
#include "cli/plan.h"
#include "cli/terminal.h"
#include "reports/grid.h"
#include "workloads/input/input_error.h"
#include "workloads/network/network.h"

namespace orrery {
namespace {

std::string pair_text(int rows, int cols) {
  return rows == cols ? fmt::format("{}", rows) : fmt::format("{}x{}", rows, cols);
}

std::string pads(const Layer& layer) {
  const bool even = layer.pad_top == layer.pad_bottom && layer.pad_left == layer.pad_right;
  if (even) return pair_text(layer.pad_top, layer.pad_left);
  return fmt::format("{},{},{},{}", layer.pad_top, layer.pad_bottom, layer.pad_left,
                     layer.pad_right);
}

// Pooling before DRAM, or, in parentheses, beside the accelerator.
std::string pooling(const Layer& layer) {
  std::string text;
  const auto add = [&](const Pool& pool, const char* form) {
    const char* kind = pool.kind == PoolKind::kMax ? "max" : "avg";
    text += fmt::format(fmt::runtime(form), fmt::format("{} {}/{}", kind, pool.size, pool.stride));
  };
  if (layer.kind == LayerKind::kPool) add(layer.pool, "{}");
  for (const Pool& pool : layer.post.pool) add(pool, "{}");
  for (const Pool& pool : layer.pool_after) add(pool, "({})");
  return text;
}

std::string filters(const Layer& layer) {
  if (layer.kind == LayerKind::kPool) return "";
  return fmt::format("{}x{}x{}x{}", layer.bound(Dim::kG) * layer.bound(Dim::kM),
                     layer.bound(Dim::kC), layer.bound(Dim::kR), layer.bound(Dim::kS));
}

std::vector<std::string> cells(const Layer& layer) {
  const int groups = layer.bound(Dim::kG);
  return {
      layer.name,
      std::string(name(layer.kind)),
      fmt::format("{}x{}x{}", groups * layer.bound(Dim::kC), layer.ifmap_rows, layer.ifmap_cols),
      filters(layer),
      layer.kind == LayerKind::kPool ? "" : fmt::format("{}", groups),
      pair_text(layer.stride_rows, layer.stride_cols),
      pair_text(layer.dilation_rows, layer.dilation_cols),
      pads(layer),
      fmt::format("{}x{}x{}", groups * layer.bound(Dim::kM), layer.bound(Dim::kP),
                  layer.bound(Dim::kQ)),
      pooling(layer),
      layer.unstated.operand_bits ? "machine" : fmt::format("{}", layer.operand_bits),
      grouped(static_cast<std::uint64_t>(layer.macs())),
      grouped(static_cast<std::uint64_t>(layer.parameters())),
      percent(layer.ifmap_zeros, 1)};
}

// What the original does after its layers and the network does not.
std::string left_out(const Network& network) {
  std::string text;
  for (const Layer& layer : network.layers) {
    if (layer.left_out.empty()) continue;
    text += fmt::format("left out after {}: {}\n", layer.name, layer.left_out);
  }
  return text.empty() ? "" : "\n" + text;
}

void show_network(const std::filesystem::path& path) {
  const Network network = read_network(path);
  Grid grid({"layer", "kind", "ifmap\nCxHxW", "filters\nMxCxRxS", "groups", "stride", "dilation",
             "pad", "ofmap\nMxPxQ", "pooled", "operand\nbits", "MACs\nan image", "parameters",
             "zeros in\nifmap"});
  std::uint64_t macs = 0, parameters = 0;
  for (const Layer& layer : network.layers) {
    grid.row(cells(layer));
    macs += static_cast<std::uint64_t>(layer.macs());
    parameters += static_cast<std::uint64_t>(layer.parameters());
  }
  grid.rule();
  grid.row(
      {"total", "", "", "", "", "", "", "", "", "", "", grouped(macs), grouped(parameters), ""});
  fmt::print("{}: {}\n\n{}{}", network.name, network.source,
             grid.to_string(terminal_width(Output::kStdout, 0)), left_out(network));
}

void show_machine(Node file, const Selection& selection, const std::string& energy) {
  const std::vector<std::string> set = change_machine(file, selection);
  const Machine machine = read_machine(file);
  if (energy.empty()) {
    fmt::print("{}\n{}", block_diagram(machine), area_text(machine));
  } else {
    const EnergyTable table = read_energy_table(find_energy_table(energy));
    fmt::print("{}", price_list_text(price_list(table, machine), machine));
  }
  if (!set.empty()) fmt::print("\nSet, in place of the file's\n  {}\n", fmt::join(set, "\n  "));
}

std::filesystem::path find_shown(const std::string& given) {
  for (const auto& find : {machine_file, network_file, energy_file}) {
    if (const auto path = find(given)) return *path;
  }
  std::vector<std::string> names;
  for (const auto& known : {known_machines(), known_networks(), known_energy_tables()}) {
    for (const Known& k : known) names.push_back(k.name);
  }
  const std::string stem = std::filesystem::path(given).stem().string();
  throw InputError(
      fmt::format("no machine, network or energy table '{}'{}", given, did_you_mean(stem, names)));
}

}  // namespace

// A network has layers and an energy table prices; a machine has neither.
int show_command(const Options& options) {
  const std::filesystem::path path = find_shown(options.file);
  const Node root = parse_yaml(path);
  const bool network = root.find("layers") != nullptr, table = root.find("prices") != nullptr;
  if (!options.energy.empty() && (network || table)) {
    throw InputError(fmt::format("--energy shows the prices of a machine; {} is {}", options.file,
                                 network ? "a network" : "an energy table"));
  }
  const std::vector<std::string>& set = options.selection.set;
  if (!set.empty() && (network || table)) {
    throw InputError(fmt::format("--set {}: {} is {}; --set changes machines", set.front(),
                                 path.string(), network ? "a network" : "an energy table"));
  }
  if (!options.selection.mac.empty() && (network || table)) {
    throw InputError(fmt::format("--mac {}: {} is {}; --mac changes machines",
                                 options.selection.mac, path.string(),
                                 network ? "a network" : "an energy table"));
  }
  if (network) {
    show_network(path);
  } else if (table) {
    fmt::print("{}", energy_table_text(read_energy_table(root)));
  } else {
    show_machine(root, options.selection, options.energy);
  }
  return kExitDone;
}

}  // namespace orrery
