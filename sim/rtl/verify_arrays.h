// Verifies the RTL arrays: plays random cases in lock step with the C++ arrays.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/rtl/plugin.h"
#include "sim/twin/coverage.h"

namespace orrery {

// PEs on their own; or all in step, with operands from buses, or handed on from PE to PE.
enum class ArrayKind : std::uint8_t { kIndependent, kLockStep, kSystolic };
inline constexpr std::array<std::string_view, 3> kArrayKindNames{"independent", "lock step",
                                                                 "systolic"};

struct ArrayReport {
  ArrayKind kind = ArrayKind::kIndependent;
  std::string mac;
  std::uint64_t cases = 0;
  std::uint64_t deadlocks = 0;  // of the cases: passes that end in neither
  std::uint64_t refused = 0;    // cases drawn that the RTL cannot play, on top
  std::uint64_t passes = 0, psums = 0;
  std::int64_t cycles = 0;
  double seconds = 0;            // of playing
  std::string first_difference;  // then the case, to be pasted; empty: none
  std::filesystem::path waves;   // of the difference: a folder; empty: none
};

struct ArraysReport {
  std::vector<ArrayReport> arrays;
  bool counted = false;  // coverage, that is:
  // Of all modules of rtl/array and rtl/mac in all arrays. A point counts once, however many arrays
  // have it, and is reached where one of them reached it.
  Coverage lines, toggles;
};

struct VerifyArraysOptions {
  std::vector<std::string> macs;
  std::uint64_t seed = 1;
  std::uint64_t cases = 0;      // of each array
  bool coverage = false;        // count lines and toggles: plays some ten times as long
  RtlPlaces places;             // of plugins, which are compiled where they are not there yet
  std::filesystem::path waves;  // folder
  // Told which array is compiled; and the share of the work done, 0..1. From any thread but one at
  // a time.
  void (*say)(const std::string&) = nullptr;
  std::function<void(double)> progress;
};

// Each kind of array with each datapath, as many at a time as there are cores. Every array is
// played up to its first difference. But for seconds, the same on any number of cores.
ArraysReport verify_arrays(const VerifyArraysOptions& options);

}  // namespace orrery
