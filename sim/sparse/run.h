// A layer on a machine whose lanes pass over zeros.
#pragma once

#include <cstdint>
#include <string>

#include "sim/result/result.h"
#include "sim/sparse/lanes.h"
#include "workloads/tensor/tensor.h"

namespace orrery {

// Plays all rounds of some work: by the recurrence (lane_clock.h), or clock by clock
// (cycle/lane_module.h).
using LanePlayer = LaneTimes (*)(const LaneRules&, LaneWork&);
LaneTimes play_lanes_fast(const LaneRules& rules, LaneWork& work);

// What a layer took, from the first item of its first round to the last psum. Filters lie in their
// store from the start, and what moves ifmaps, biases and ofmaps takes no time.
struct LaneResult {
  std::string layer;
  LaneTimes times;
  std::int64_t lanes = 0;
  double core_mhz = 0;
  double ifmap_density = 0, filter_density = 0;  // shares of words that are not zero; no padding
  std::int64_t macs = 0;                         // of the dense layer
  std::int64_t macs_played = 0;
  // Entries of the compressed filters (columns), padding zeros among them.
  std::int64_t filter_entries = 0, filter_padding = 0;
  // Cycles of lanes that were always busy; and of the same lanes without passing over zeros, which
  // walk whole columns, or share each brick.
  std::int64_t balanced_cycles = 0, dense_cycles = 0;
  std::string ofmap_sha256;
  Check check = Check::kOff;
  std::string difference;
  double microseconds() const { return static_cast<double>(times.cycles) / core_mhz; }
  double balanced_microseconds() const { return static_cast<double>(balanced_cycles) / core_mhz; }
  double speedup() const {
    return static_cast<double>(dense_cycles) / static_cast<double>(times.cycles);
  }
  // Lane cycles with an entry or an empty item, of all.
  double balance() const;
};

// Why the machine's lanes cannot play the layer, in a sentence; empty: they can.
std::string lanes_misfit(const Machine& machine, const Layer& layer);

// The filters as the machine stores them: with few values, where it shares them. The golden
// reference multiplies these too.
void share_filter_values(const Machine& machine, const Layer& layer, OperandTensor& filter);

// Throws InputError for a misfit and for filters that their store cannot hold. `in` has shared
// values already. `ofmap` takes the ofmap; may be null.
LaneResult run_lanes(const Machine& machine, const Layer& layer, const Operands& in,
                     LanePlayer player, Check check, OperandTensor* ofmap = nullptr);

}  // namespace orrery
