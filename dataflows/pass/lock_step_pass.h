// A pass for PEs in lock step, compiled: one program for all, and where each PE's words lie.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "dataflows/pass/pass.h"

namespace orrery {

// One mapped PE. At a step with counters s it works, for each tensor, on the word at the offset of
// its first word + sum of s[i] * stride[i], if s[i] < bound[i] of its kind for all i; else it sits
// the step out.
struct LockStepPe {
  int row = 0, col = 0;
  int place = 0;                              // in the order of the nest
  int kind = 0;                               // index into LockStepPass::bounds
  std::array<std::int32_t, kTensors> word{};  // the first: index into LockStepPass::offsets
};

struct LockStepPass {
  // Steps that a pass may have; unrolled, it then stays within some 200 MB.
  static constexpr std::int64_t kMostSteps = std::int64_t{1} << 22;
  using Bounds = std::array<int, PassProgram::kMaxCounters>;

  PassProgram program;  // of the widest PE
  // Words of a tensor's tile that a step of a counter moves on.
  std::array<std::array<std::int32_t, PassProgram::kMaxCounters>, kTensors> stride{};
  std::array<bool, kTensors> keep{};  // in the PEs
  std::vector<Bounds> bounds;         // of each kind of PE, all distinct
  // Of PEs' first words, from the origin of the pass in the tile; all distinct.
  std::array<std::vector<std::int32_t>, kTensors> offsets;
  std::vector<LockStepPe> pes;  // in row-major order of the array, idle ones left out
  int rows = 1, cols = 1;       // of the array, in use
};

// Compiles the pass over `pass`, whose tiles lie in the GLB as `layout` says. The mapping must have
// passed check().
LockStepPass compile_lock_step(const Layer& layer, const Machine& machine, const Mapping& mapping,
                               const Box& pass, const std::array<TileLayout, kTensors>& layout);

}  // namespace orrery
