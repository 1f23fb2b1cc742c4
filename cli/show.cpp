#include <fmt/format.h>

#include "arch/machine/machine.h"
#include "cli/find.h"
#include "cli/options.h"
#include "cli/terminal.h"
#include "reports/grid.h"
#include "workloads/input/input_error.h"
#include "workloads/input/override.h"
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

// A network has layers; a machine has none.
bool is_network(const Node& file) { return file.find("layers") != nullptr; }

void show_machine(Node file, const std::vector<std::string>& set) {
  override_values(file, set);
  fmt::print("{}", block_diagram(read_machine(file)));
  if (!set.empty()) fmt::print("\nSet, in place of the file's\n  {}\n", fmt::join(set, "\n  "));
}

}  // namespace

int show_command(const Options& options) {
  auto path = machine_file(options.file);
  if (!path) path = network_file(options.file);
  if (!path) {
    std::vector<std::string> names;
    for (const auto& known : {known_machines(), known_networks()}) {
      for (const Known& k : known) names.push_back(k.name);
    }
    const std::string stem = std::filesystem::path(options.file).stem().string();
    throw InputError(
        fmt::format("no machine or network '{}'{}", options.file, did_you_mean(stem, names)));
  }
  Node file = parse_yaml(*path);
  const std::vector<std::string>& set = options.selection.set;
  if (!is_network(file)) {
    show_machine(std::move(file), set);
  } else if (set.empty()) {
    show_network(*path);
  } else {
    throw InputError(fmt::format("--set {}: {} is a network; --set changes machines", set.front(),
                                 path->string()));
  }
  return kExitDone;
}

}  // namespace orrery
