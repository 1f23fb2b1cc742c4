// Random machines in lock step with layers, mappings and sequences of passes, small enough to play
// slowly.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dataflows/mapping/mapping.h"
#include "sim/machine/lock_step_plan.h"

namespace orrery {

struct LockStepCasePass {
  Box box;
  bool read_psums = true;
  std::int64_t from = 0;  // the cycle in which its tiles are in the GLB
};

struct LockStepCase {
  std::uint64_t seed = 0;
  Machine machine;
  Layer layer;
  Mapping mapping;  // legal: check() is silent
  PeWork work = PeWork::kMultiply;
  std::vector<LockStepCasePass> passes;  // neighbours in the order of the schedule
};

// The same case for the same seed, everywhere.
LockStepCase random_lock_step_case(std::uint64_t seed);

// The seed, then the machine, the layer and the mapping as YAML, then the passes.
std::string to_string(const LockStepCase& c);

}  // namespace orrery
