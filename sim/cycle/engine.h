// The SystemC engine: a layer on a machine, clock by clock, with real values.
#pragma once

#include <cstdint>
#include <functional>

#include "sim/machine/array.h"
#include "sim/machine/clocked_array.h"
#include "sim/result/result.h"
#include "workloads/tensor/tensor.h"

namespace orrery {

struct Progress {
  std::int64_t done = 0;  // passes (of a pooling layer: tiles)
  std::int64_t passes = 0;
};

struct RunOptions {
  bool check = true;  // compare the ofmap with the golden reference, bit for bit
  std::function<void(const Progress&)> progress;  // called after each pass; may be empty
  OperandTensor* ofmap = nullptr;                 // takes the ofmap as it lies in DRAM; may be null
  LostWord lost;           // a fault to inject into every pass, for tests; not with `array`
  MakeClockedArray array;  // plays the passes in place of the machine's own array; may be empty
};

// Runs one layer. One thread at a time; any number of
// layers and machines after one another in one process. Throws InputError where the mapping fails
// check(), or the tensors do not fit DRAM, before anything runs.
// Operands of a packed layer are the integers before (workloads/format/pack.h).
LayerResult run_layer(const Machine& machine, const Layer& layer, const Mapping& mapping,
                      const Operands& in, const RunOptions& options = {});

}  // namespace orrery
