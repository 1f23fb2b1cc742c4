#include "workloads/network/network.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "workloads/input/input_error.h"
#include "workloads/network/layout.h"
#include "workloads/network/shapes.h"
#include "workloads/tensor/tensor.h"

namespace orrery {
namespace {

constexpr std::string_view kOutside = "network";
constexpr int kMaxBatch = 65536;
// 4 GiB of operands, 8 of psums.
constexpr double kMaxTensorWords = 2147483648.0;

std::vector<std::string> names_of(const std::vector<Layer>& layers) {
  std::vector<std::string> names;
  for (const Layer& layer : layers) names.push_back(layer.name);
  return names;
}

// The words of a layer's largest tensor, in floating point because they may exceed every integer.
double largest_tensor(const Layer& layer) {
  double largest = 0;
  for (const auto& shape : {ifmap_shape(layer), filter_shape(layer), psum_shape(layer)}) {
    double words = 1;
    for (const int extent : shape) words *= extent;
    largest = std::max(largest, words);
  }
  return largest;
}

const Layer* find(const std::vector<Layer>& layers, std::string_view name) {
  const auto it = std::find_if(layers.begin(), layers.end(),
                               [&](const Layer& layer) { return layer.name == name; });
  return it == layers.end() ? nullptr : &*it;
}

// The map of one layer is the map of the next, or the same words read as rows (GEMM) or as one
// column (FC, GEMM of one row).
bool fits(const MapShape& from, const Layer& reader) {
  const MapShape to = taken(reader);
  if (from == to) return true;
  const std::int64_t plane = std::int64_t{from[1]} * from[2];
  if (reader.kind == LayerKind::kGemm && from[0] == to[0] && plane == to[1]) return true;
  return to[1] == 1 && to[2] == 1 && reader.kind != LayerKind::kPool &&
         reader.kind != LayerKind::kConv && from[0] * plane == to[0];
}

std::string width(const Layer& layer) {
  return layer.unstated.operand_bits ? "as many bits as the machine has"
                                     : fmt::format("{} bits", layer.operand_bits);
}

// Every word of the map must be an operand of its reader, whatever machine both run on: a width
// left open may be any.
void check_width(const Layer& reader, const Layer& from, const Node& at) {
  // The ofmap has its reader's code.
  if (reader.formats.states_ifmap || from.formats.states_ifmap) return;
  const bool both_open = reader.unstated.operand_bits && from.unstated.operand_bits;
  const int least = reader.unstated.operand_bits ? 8 : reader.operand_bits;
  const int most = from.unstated.operand_bits ? 16 : from.operand_bits;
  if (both_open || most <= least) return;
  const bool stated = !reader.unstated.operand_bits && !from.unstated.operand_bits;
  const std::string cure =
      stated ? ""
             : fmt::format("; state operand_bits of {} too",
                           reader.unstated.operand_bits ? reader.name : from.name);
  at.fail(fmt::format("{} takes operands of {}, but {} gives {}{}", reader.name, width(reader),
                      from.name, width(from), cure));
}

// Finds the layer that `layer` reads among the earlier ones, and checks that it can.
void connect(Layer& layer, const std::vector<Layer>& earlier, const Node& node) {
  if (layer.input == kOutside || (layer.input.empty() && earlier.empty())) {
    layer.input.clear();
    return;
  }
  if (layer.input.empty()) layer.input = earlier.back().name;
  const Node& at = node.toward("input");
  const Layer* from = find(earlier, layer.input);
  if (from == nullptr) {
    std::vector<std::string> known = names_of(earlier);
    known.emplace_back(kOutside);
    at.fail(fmt::format("{} reads '{}', which is no earlier layer{}", layer.name, layer.input,
                        did_you_mean(layer.input, known)));
  }
  if (!fits(given(*from), layer)) {
    at.fail(fmt::format("{} takes {}, but {} gives {}", layer.name, to_text(taken(layer)),
                        from->name, to_text(given(*from))));
  }
  check_width(layer, *from, at);
}

TensorLayouts layouts_at(const Node& node, const std::string& words) {
  try {
    return parse_layouts(words);
  } catch (const InputError& mistake) {
    node.toward("layout").fail(fmt::format("layout: {}", mistake.what()));
  }
}

void add_layer(Network& network, const LayerWords& words, const TensorLayouts& usual,
               const Node& node) {
  Layer layer = make_layer(words, node);
  layer.layouts = words.layout.empty() ? usual : layouts_at(node, words.layout);
  if (find(network.layers, layer.name) != nullptr) {
    node.toward("name").fail(fmt::format("a second layer is named '{}'", layer.name));
  }
  connect(layer, network.layers, node);
  if (largest_tensor(layer) > kMaxTensorWords) {
    node.fail(fmt::format("a tensor of {} has {:.0f} words; at most {:.0f}", layer.name,
                          largest_tensor(layer), kMaxTensorWords));
  }
  network.layers.push_back(std::move(layer));
}

void set_batch(Layer& layer, int batch) {
  layer.bounds[index(Dim::kN)] = batch;
  if (largest_tensor(layer) <= kMaxTensorWords) return;
  throw InputError(
      fmt::format("a tensor of {} has {:.0f} words at batch {}; at most {:.0f}: "
                  "choose a smaller batch",
                  layer.name, largest_tensor(layer), batch, kMaxTensorWords));
}

// The name stands in reports and in the names of results.
void check_name(const std::string& name, const Node& node) {
  if (name.empty()) node.fail("name is empty; it must name the network");
  const auto control = [](char c) { return static_cast<unsigned char>(c) < ' '; };
  if (std::none_of(name.begin(), name.end(), control)) return;
  node.fail("name has a line break or another control character");
}

}  // namespace

Network read_network(const std::filesystem::path& path) {
  std::error_code none;
  const bool folder = std::filesystem::is_directory(path, none);
  const std::filesystem::path file = folder ? path / "network.yaml" : path;
  Network network = read_network(parse_yaml(file));
  network.directory = file.parent_path();
  return network;
}

Network read_network(const Node& file) {
  const Node root = with_lists(file);
  const NetworkWords words = read<NetworkWords>(root);
  check_name(words.name, root.toward("name"));
  Network network{words.name, words.source, {}, {}};
  const Node& layers = root.require("layers");
  if (layers.items.empty()) layers.fail("layers is empty; a network has at least one layer");
  const TensorLayouts usual = layouts_at(root, words.layout);
  for (std::size_t i = 0; i < words.layers.size(); ++i) {
    add_layer(network, words.layers[i], usual, layers.items[i]);
  }
  return network;
}

Network select(const Network& network, int batch, const std::vector<std::string>& names) {
  if (batch < 1 || batch > kMaxBatch) {
    throw InputError(fmt::format("batch is {}; it must be 1 to {}", batch, kMaxBatch));
  }
  for (const std::string& name : names) {
    if (find(network.layers, name) != nullptr) continue;
    throw InputError(fmt::format("{} has no layer '{}'{}", network.name, name,
                                 did_you_mean(name, names_of(network.layers))));
  }
  Network selected = network;
  selected.layers.clear();
  for (const Layer& layer : network.layers) {
    const bool wanted =
        names.empty() || std::find(names.begin(), names.end(), layer.name) != names.end();
    if (!wanted) continue;
    selected.layers.push_back(layer);
    set_batch(selected.layers.back(), batch);
  }
  return selected;
}

std::vector<std::string> with_inputs(const Network& network,
                                     const std::vector<std::string>& names) {
  std::vector<std::string> wanted = names.empty() ? names_of(network.layers) : names;
  std::vector<std::string> found;
  // A layer stands after the one it reads.
  for (auto layer = network.layers.rbegin(); layer != network.layers.rend(); ++layer) {
    if (std::find(wanted.begin(), wanted.end(), layer->name) == wanted.end()) continue;
    found.push_back(layer->name);
    if (!layer->input.empty()) wanted.push_back(layer->input);
  }
  std::reverse(found.begin(), found.end());
  return found;
}

}  // namespace orrery
