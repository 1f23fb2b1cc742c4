// A network: a DAG of named layers, read from workloads/<name>/network.yaml.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "workloads/layer/layer.h"

namespace orrery {

struct Network {
  std::string name;
  std::string source;  // where the shapes and the zero fractions come from
  std::filesystem::path directory;
  std::vector<Layer> layers;  // in topological order; N is 1 as read
};

// `path` is a network.yaml or the folder that holds one. Throws InputError with file:line.
Network read_network(const std::filesystem::path& path);

// The network with `batch` images, restricted to `names` (all if empty), in network order. Throws
// InputError naming the nearest layer for an unknown name, and for a batch outside 1..65536 or with
// which a tensor has more than 2^31 words.
Network select(const Network& network, int batch, const std::vector<std::string>& names);

}  // namespace orrery
