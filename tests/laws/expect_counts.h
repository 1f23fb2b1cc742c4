// A run held to what an enumeration of its nest counts.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "sim/result/result.h"
#include "tests/laws/count_law.h"

namespace orrery::test {

inline void expect_counts(const LayerResult& r, const Expected& expected) {
  for (std::size_t i = 0; i < kActions.size(); ++i) {
    const ActionName& a = kActions[i];
    const std::string line = fmt::format("{} {} {}", a.structure, a.tensor, a.action);
    EXPECT_GE(r.counts.value[i], expected.counts.value[i]) << line;
    EXPECT_LE(r.counts.value[i], expected.counts.value[i] + expected.slack.value[i]) << line;
  }
  EXPECT_EQ(r.passes, expected.passes);
  EXPECT_EQ(r.active_pes, expected.active_pes);
  EXPECT_DOUBLE_EQ(r.active_pes_mean * static_cast<double>(r.passes),
                   static_cast<double>(expected.active_pes_sum));
}

}  // namespace orrery::test
