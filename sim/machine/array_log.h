// What the units of an array did in which cycle of a pass, for whoever compares it with another
// array.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "sim/machine/pe.h"
#include "workloads/layer/layer.h"

namespace orrery {

// Written by an Array that is told to (Array::log_to), and of use once the pass is over. Cycles are
// counted from the begin of the pass. Packets and PEs have the numbers that they have in the Pass.
struct ArrayLog {
  // Cycles [from, to) in which a PE merged, waited, or was done.
  struct Stay {
    PeState state = PeState::kDone;
    Cycle from = 0, to = 0;
  };
  // A packet that leaves on the psum-out bus. Psums are those on the bus: where an adder tree sums,
  // the sums; nothing that the store holds is added yet. Empty in a pass without values.
  struct Leaving {
    Cycle cycle = 0;  // the first of the transfer
    std::vector<std::int32_t> psums;
  };

  // Of each packet of the ifmap, filter and psum-in bus: the cycle in which it leaves the GLB. None
  // of psums that are not read.
  std::array<std::vector<Cycle>, kTensors> sends;
  std::vector<Leaving> leaving;
  std::vector<std::vector<Stay>> stays;  // of each PE, one after the other
  std::vector<std::vector<Cycle>>
      hops;  // of each PE: first cycles of its transfers to the PE above

  void start(std::size_t pes);
  void stay(std::size_t pe, PeState state, Cycle from, Cycle to) {
    stays[pe].push_back({state, from, to});
  }
  // What PE `pe` did in a cycle. PEs that neither merge nor wait, and are not done, issue a MAC.
  PeState state(std::size_t pe, Cycle cycle) const;
};

}  // namespace orrery
