// The operands of a plan's layers, one layer after the other: from a seed, from .npy files, or, in
// a chain, from the layers before.
#pragma once

#include <optional>

#include "cli/options.h"
#include "cli/plan.h"
#include "workloads/chain/chain.h"

namespace orrery {

// What a layer runs with.
struct Supply {
  Layer layer;  // the plan's, with the shifts that hold for these operands
  Operands in;
};

class Feed {
 public:
  // Both are kept by reference.
  Feed(const Plan& plan, const Options& options);
  // Of layer `i`. Layers are taken in their order, and each ofmap is put before the next is taken.
  Supply take(std::size_t i);
  void put(std::size_t i, OperandTensor ofmap);

 private:
  const Plan& plan_;
  const Options& options_;
  std::optional<Chain> chain_;
};

}  // namespace orrery
