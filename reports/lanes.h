// A run on lanes that pass over zeros, as a table and as JSON (docs/sparsity.md).
#pragma once

#include <string>
#include <vector>

#include "sim/sparse/run.h"

namespace orrery {

// Raised whenever a key is removed or changes its meaning; added keys leave it.
inline constexpr int kLanesJsonSchema = 1;

struct LanesRun {
  std::string version, machine, network, engine, data, pruning;
  std::vector<std::string> set;
  int batch = 1;
  std::uint64_t seed = 1;
  std::vector<LaneResult> layers;
};

// Times beside those of lanes always busy and of the dense machine, then what lanes did, no wider
// than `width` characters where that can be (below 1: no limit).
std::string lanes_table(const LanesRun& run, int width);
std::string lanes_json(const LanesRun& run);

}  // namespace orrery
