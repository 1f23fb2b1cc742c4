// The RTL arrays that tests play: compiled when the tests are built, so that none compiles its own.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "sim/rtl/lane_rtl.h"
#include "sim/rtl/lock_step_load.h"
#include "sim/rtl/plugin.h"
#include "sim/rtl/trial.h"

namespace orrery::test {

// What random layers of lane_twin_case.h fit in.
inline LaneRtlSize small_lanes(const std::string& mac, LaneWalk walk) {
  LaneRtlSize size;
  size.mac = mac;
  size.walk = walk;
  if (walk == LaneWalk::kColumns) return size;
  size.lanes = 6;
  size.levels = 2;
  return size;
}

// A single PE, whose waves are small.
inline RtlShape wave_shape() {
  RtlShape shape = small_shape("mac_int16");
  shape.rows = shape.cols = 1;
  return shape;
}

inline LockStepRtlSize wave_size() {
  LockStepRtlSize size = small_size("mac_int16", false);
  size.rows = size.cols = 1;
  return size;
}

// The tutorial machines, as the tests of the engine play them.
inline Machine engine_machine() {
  Machine m = read_machine(std::filesystem::path(ORRERY_SOURCE_DIR) / "arch" / "tutorial_4x4.yaml");
  m.mac = "mac_zero_gated";
  return m;
}

struct NeededArray {
  RtlBuild build;
  RtlExtras extras = RtlExtras::kNone;
};

inline std::vector<NeededArray> needed_arrays() {
  const std::filesystem::path arch = std::filesystem::path(ORRERY_SOURCE_DIR) / "arch";
  std::vector<NeededArray> all{{build_of(shape_of(read_machine(arch / "eyeriss.yaml")))},
                               {build_of(wave_shape())},
                               {build_of(wave_shape()), RtlExtras::kWaves},
                               {build_of(wave_size()), RtlExtras::kWaves},
                               {build_of(roomy_shape_of(engine_machine()))}};
  for (const char* mac : {"mac_int16", "mac_zero_gated", "mac_int8"}) {
    all.push_back({build_of(small_shape(mac)), RtlExtras::kProperties});
    for (const bool systolic : {false, true}) all.push_back({build_of(small_size(mac, systolic))});
  }
  for (const LaneWalk walk : {LaneWalk::kColumns, LaneWalk::kBricks}) {
    for (const char* mac : {"mac_int16", "mac_int8"})
      all.push_back({build_of(small_lanes(mac, walk))});
  }
  for (const Delivery delivery : {Delivery::kMulticast, Delivery::kSystolic}) {
    Machine m = engine_machine();
    m.array.delivery = delivery;
    all.push_back({build_of(size_of(m))});
  }
  return all;
}

}  // namespace orrery::test
