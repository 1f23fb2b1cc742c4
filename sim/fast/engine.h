// The fast engine: a layer's cycles, stalls and counts without playing clocks or values.
#pragma once

#include <cstdint>
#include <functional>

#include "sim/result/result.h"

namespace orrery {

class PassMemory;
struct LinkValues;

struct FastOptions {
  // Called after each pass that is not skipped (of a pooling layer: image); may be empty.
  std::function<void(std::int64_t done, std::int64_t of)> progress;
  bool folds = true;             // skip stretches that repeat; off: for tests
  PassMemory* memory = nullptr;  // of passes played before; may be null
  // What passes the link (sim/machine/tile_code.h); may be null where the machine codes nothing of
  // the layer.
  const LinkValues* values = nullptr;
};

// Exactly the figures of run_layer(), but for those that depend on data: MACs are counted as if no
// operand were zero, and there is no ofmap to check. Where tiles pass the link as codes it needs
// the values that do. Throws InputError where it is not given them, the mapping fails check(), the
// tensors do not fit DRAM, or a pass can never end.
LayerResult run_layer_fast(const Machine& machine, const Layer& layer, const Mapping& mapping,
                           const FastOptions& options = {});

}  // namespace orrery
