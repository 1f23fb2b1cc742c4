// Lanes that pass over zeros in RTL (rtl/lanes/), with the GLB side around them: rounds, streams
// and addresses in C++, everything from the source of items on in RTL, a clock a step.
//
// Stores are filled first. What the next round needs is given as early as the RTL takes it; in
// clocks between two rounds lanes are idle, and such clocks count for nothing.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "sim/rtl/module.h"
#include "sim/rtl/plugin.h"
#include "sim/sparse/lanes.h"
#include "workloads/tensor/tensor.h"

namespace orrery {

// The parameters of column_lanes and brick_lanes: the MAC, and the most that registers can be set
// to.
struct LaneRtlSize {
  std::string mac = "mac_int16";
  LaneWalk walk = LaneWalk::kColumns;
  int lanes = 8;
  int levels = 3;  // 4^levels words of a round (columns) or of a brick
  int queue_items = 8, latency = 4, stages = 8;
  int entries = 4096, pointers = 4096, values = 16, psums = 8;  // of a lane that walks columns
  int filters = 6, addresses = 8192;                            // of one that walks bricks
  bool operator==(const LaneRtlSize&) const = default;
};
RtlBuild build_of(const LaneRtlSize& size);

// Why lanes of this size cannot be set as the machine says, in a sentence that says what would be
// right; empty: they can. Whether a layer's filters fit their stores is known when they are given.
std::string why_not_lanes(const Machine& machine, const LaneRtlSize& size);

// A psum that an entry met (columns: the lane, the row among its rows), or that leaves (bricks: the
// column of MACs, 0).
struct LanePsum {
  int lane = 0, row = 0;
  std::int32_t psum = 0;
  bool operator==(const LanePsum&) const = default;
};

// What the RTL did in one clock.
struct LaneCycle {
  bool in_round = false;
  bool begins = false, ends = false;  // the first and the last cycle of a round
  bool sent = false;                  // an item
  std::vector<LaneState> states;      // in a round
  std::vector<LanePsum> psums;
};

class LaneRtl {
 public:
  virtual ~LaneRtl() = default;
  // What it returns holds until the next.
  const LaneCycle& clock();
  // All rounds are over, and all psums have left.
  virtual bool over() const = 0;
  const PsumTensor& psums() const { return psums_; }

 protected:
  // Keeps references; `module` is fresh.
  LaneRtl(const Machine& machine, const Layer& layer, RtlModule& module);
  void* port(const char* name);
  template <class Word>
  void set(const char* name, Word value) {
    *static_cast<Word*>(port(name)) = value;
  }
  // Without looking at what the RTL does, nor telling.
  void tick();
  // Word i of 32 bits of a port.
  static std::int32_t word(const void* port, int i);

  // Inputs of the next cycle; what it shows besides states.
  virtual void drive() = 0;
  virtual void observe(LaneCycle& cycle) = 0;

  const Machine& machine_;
  const Layer& layer_;
  PsumTensor psums_;

 private:
  void observe_states();

  RtlModule& module_;
  std::uint8_t* clk_;
  const std::uint8_t *states_, *ends_;
  LaneCycle cycle_;
};

// The layer on those lanes. Throws InputError with why_not_lanes()'s sentence, and where the
// filters do not fit their stores.
std::unique_ptr<LaneRtl> make_lane_rtl(const Machine& machine, const Layer& layer,
                                       const Operands& in, const LaneRtlSize& size,
                                       RtlModule& module);

}  // namespace orrery
