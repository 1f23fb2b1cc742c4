// A network: a DAG of named layers, read from workloads/<name>/network.yaml.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "workloads/input/node.h"
#include "workloads/layer/layer.h"

namespace orrery {

struct Network {
  std::string name;
  std::string source;  // where the shapes and the zero fractions come from
  std::filesystem::path directory;
  std::vector<Layer> layers;  // in topological order; N is 1 as read
};

// `path` is a network.yaml or the folder that holds one. Throws InputError with file:line. Numbers
// that the file leaves open are those of a machine of 16-bit operands, products and psums;
// at_widths() (widths.h) gives those of another.
Network read_network(const std::filesystem::path& path);
// The same of a tree in memory; the network has no folder.
Network read_network(const Node& root);

// The network with `batch` images, restricted to `names` (all if empty), in network order. Throws
// InputError naming the nearest layer for an unknown name, and for a batch outside 1..65536 or with
// which a tensor has more than 2^31 words.
Network select(const Network& network, int batch, const std::vector<std::string>& names);

// The layers of `names` (all if empty) and every layer whose ofmap they need, directly or through
// others, in network order. Unknown names add nothing.
std::vector<std::string> with_inputs(const Network& network, const std::vector<std::string>& names);

}  // namespace orrery
