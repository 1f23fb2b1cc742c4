// Filters with words left out: by magnitude, n of m, or whole channels.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "workloads/network/network.h"
#include "workloads/sparse/structured.h"
#include "workloads/tensor/tensor.h"

namespace orrery {

// What becomes of a layer's filters, in this order. A rule of no members leaves them as they are.
struct PruneRule {
  double keep_channels = 1;   // share of the ifmap channels of a group, 0..1
  Structure structure{0, 0};  // n of m neighbouring channels; m = 0: no such rule
  double keep = 1;            // share of all words of the filters, 0..1
  bool operator==(const PruneRule&) const = default;
};

struct Pruning {
  std::string name, source;
  struct Entry {
    std::string layer;
    PruneRule rule;
    bool operator==(const Entry&) const = default;
  };
  std::vector<Entry> layers;
  // The rule of a layer, or null.
  const PruneRule* find(const std::string& layer) const;
};

// Reads a file (docs/sparsity.md). Throws InputError with file:line for a layer that `network` does
// not have, has twice or that has no filters, and for a rule that says nothing.
Pruning read_pruning(const std::filesystem::path& path, const Network& network);

// Filters are [G*M][C][R][S]; what is left out becomes `zero`. Of words of equal magnitude, their
// distance from zero, the one that comes first in the tensor is kept; likewise channels.
// The llround(keep * words) largest words stay.
void prune_magnitude(OperandTensor& filter, double keep, int zero = 0);
// Of each m neighbouring channels of a filter, at one row and column, the n largest words stay.
void prune_structure(OperandTensor& filter, const Structure& structure, int zero = 0);
// The llround(keep * C) channels of each group with the largest sum of magnitudes stay.
void prune_channels(OperandTensor& filter, double keep, int groups, int zero = 0);
void prune(OperandTensor& filter, const PruneRule& rule, const Layer& layer);

}  // namespace orrery
