// The RTL arrays that tests play: compiled when the tests are built, so that none compiles its own.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "sim/rtl/lock_step_load.h"
#include "sim/rtl/plugin.h"

namespace orrery::test {

// What small random cases fit in (array_case.h, lock_step_case.h).
inline RtlShape small_shape(const std::string& mac) {
  return {.mac = mac,
          .rows = 4,
          .cols = 5,
          .ifmap_spad = 12,
          .filter_spad = 24,
          .psum_spad = 8,
          .fifo_packets = 4,
          .ifmap_packet_words = 4,
          .filter_packet_words = 4,
          .packet_psums = 6,
          .latency = 3};
}

inline LockStepRtlSize small_size(const std::string& mac, bool systolic) {
  LockStepRtlSize size;
  size.mac = mac;
  size.systolic = systolic;
  size.rows = size.cols = 5;
  return size;
}

// A single PE, whose waves are small.
inline RtlShape wave_shape() {
  RtlShape shape = small_shape("mac_int16");
  shape.rows = shape.cols = 1;
  return shape;
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
                               {build_of(roomy_shape_of(engine_machine()))}};
  for (const char* mac : {"mac_int16", "mac_zero_gated", "mac_int8"}) {
    all.push_back({build_of(small_shape(mac)), RtlExtras::kProperties});
    for (const bool systolic : {false, true}) all.push_back({build_of(small_size(mac, systolic))});
  }
  for (const Delivery delivery : {Delivery::kMulticast, Delivery::kSystolic}) {
    Machine m = engine_machine();
    m.array.delivery = delivery;
    all.push_back({build_of(size_of(m))});
  }
  return all;
}

}  // namespace orrery::test
