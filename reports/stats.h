// Statistics of zeros as a table and as JSON (docs/sparsity.md).
#pragma once

#include <string>
#include <vector>

#include "workloads/sparse/statistics.h"

namespace orrery {

// Raised whenever a key is removed or changes its meaning; added keys leave it.
inline constexpr int kStatsJsonSchema = 1;

// What the statistics are of.
struct StatsRun {
  std::string network, data, pruning;  // pruning: name of the rules; empty: none
  int batch = 1, operand_bits = 16;
  std::uint64_t seed = 1;
  std::vector<ZeroStatistics> tensors;
};

// A row a tensor, no wider than `width` characters where that can be (below 1: no limit).
std::string stats_table(const StatsRun& run, int width);
std::string stats_json(const StatsRun& run);

}  // namespace orrery
