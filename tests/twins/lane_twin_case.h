// Random layers on lanes that pass over zeros, for lock step with the RTL lanes.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "arch/machine/machine.h"
#include "sim/rtl/lane_rtl.h"
#include "workloads/tensor/tensor.h"

namespace orrery::test {

// Everything that a case is made from; its text can be pasted as an initializer.
struct LaneTwinCase {
  std::uint64_t seed = 1;  // of the words
  bool columns = true;     // else bricks
  int int8 = 0;            // operands with zero points; else int16 with products cut to 16 bits
  int lanes = 1, queue_items = 1, latency = 0, stages = 3, index_bits = 4;
  int psum_spad = 1, ifmap_spad = 1, shared_values = 0;  // of a lane that walks columns
  int filters = 1, walks_all = 0;                        // of lanes that walk bricks
  int batch = 1, groups = 1, ofmap_channels = 1, channels = 1, planes = 1, taps = 1;
  int ifmap_percent = 100, filter_percent = 100;  // of words that are not zero
  int run = 1;                                    // of the ifmap: words that share their fate
};
std::string text(const LaneTwinCase& c);

// Fits the lanes of size_for().
LaneTwinCase random_lane_twin_case(std::uint64_t seed);
LaneRtlSize size_for(const LaneTwinCase& c);

// The case as machine, layer and words.
struct LaneTwin {
  explicit LaneTwin(const LaneTwinCase& c);
  Machine machine;
  Layer layer;
  Operands in;
};

// A smaller case that fails too: each number as near to its least as it can be.
LaneTwinCase shrink(LaneTwinCase c, const std::function<bool(const LaneTwinCase&)>& fails);

}  // namespace orrery::test
