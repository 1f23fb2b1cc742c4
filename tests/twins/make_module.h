// Compiled arrays in lock step, for tests.
#pragma once

#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "sim/rtl/lock_step_rtl.h"

namespace orrery::test {

// A compiled array of that size; compiles it, once, where it is not there yet.
inline std::unique_ptr<RtlModule> make_module(const LockStepRtlSize& size,
                                              RtlExtras extras = RtlExtras::kNone) {
  static std::map<std::pair<std::vector<std::string>, RtlExtras>, RtlPlugin> plugins;
  const RtlBuild build = build_of(size);
  const auto key = std::pair(build.parameters, extras);
  auto known = plugins.find(key);
  if (known == plugins.end()) {
    const auto say = [](const std::string& sentence) { std::cerr << sentence << '\n'; };
    const RtlPlaces places{ORRERY_SOURCE_DIR, ORRERY_ARRAYS_DIR};
    known = plugins.try_emplace(key, built_plugin(build, extras, places, say)).first;
  }
  return known->second.make();
}

inline LockStepRtl make_rtl(const LockStepRtlSize& size, RtlExtras extras = RtlExtras::kNone) {
  return {make_module(size, extras), size};
}

}  // namespace orrery::test
