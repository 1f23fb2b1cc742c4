#include "sim/result/result.h"

#include <gtest/gtest.h>

#include "tests/reports/sample.h"

namespace orrery {
namespace {

TEST(Total, SumsCyclesMacsAndTimes) {
  const LayerResult sum = total(sample());
  EXPECT_EQ(sum.name, "total");
  EXPECT_EQ(sum.cycles, 1'235'567U);
  EXPECT_EQ(sum.processing_cycles, 1000U);
  EXPECT_EQ(sum.pass_cycles, 1400U);
  EXPECT_EQ(sum.passes, 4U);
  EXPECT_EQ(sum.macs, 4800U);
  EXPECT_EQ(sum.macs_gated, 1200U);
  EXPECT_DOUBLE_EQ(sum.latency_ms, 123.5567);
  EXPECT_DOUBLE_EQ(sum.processing_ms, 0.16);
}

TEST(Total, SumsEveryStallStateAndAction) {
  const LayerResult sum = total(sample());
  EXPECT_EQ(sum.stalls, (std::array<std::uint64_t, 6>{50, 40, 30, 1'233'937, 10, 100}));
  EXPECT_EQ(sum.pe_cycles, (std::array<std::uint64_t, 7>{4800, 200, 0, 0, 100, 100, 400}));
  for (std::size_t i = 0; i < kActions.size(); ++i) EXPECT_EQ(sum.counts.value[i], 11 * i);
}

TEST(Total, WeighsMeansByPassesAndByProcessingCycles) {
  const LayerResult sum = total(sample());
  EXPECT_EQ(sum.active_pes, 4);
  EXPECT_DOUBLE_EQ(sum.active_pes_mean, (2.5 * 3 + 4.0 * 1) / 4);
  EXPECT_DOUBLE_EQ(sum.utilization, (0.75 * 800 + 0.25 * 200) / 1000);
}

TEST(Total, OfNothingIsZeroAndUnchecked) {
  const LayerResult sum = total(NetworkResult{});
  EXPECT_EQ(sum.cycles, 0U);
  EXPECT_EQ(sum.utilization, 0);
  EXPECT_EQ(sum.active_pes_mean, 0);
  EXPECT_EQ(sum.check, Check::kOff);
}

TEST(Total, IsEqualOnlyIfEveryLayerIs) {
  struct Case {
    Check a, b, sum;
  };
  for (const Case& c : {Case{Check::kEqual, Check::kEqual, Check::kEqual},
                        Case{Check::kEqual, Check::kOff, Check::kOff},
                        Case{Check::kOff, Check::kDiffers, Check::kDiffers},
                        Case{Check::kDiffers, Check::kEqual, Check::kDiffers}}) {
    NetworkResult result = sample();
    result.layers[0].check = c.a;
    result.layers[1].check = c.b;
    EXPECT_EQ(total(result).check, c.sum) << name(c.a) << " and " << name(c.b);
  }
}

TEST(Total, TellsTheFirstDifferenceAndItsLayer) {
  NetworkResult result = sample();
  result.layers[0].difference = "word 7";
  result.layers[1].difference = "word 9";
  EXPECT_EQ(total(result).difference, "A: word 7");
}

}  // namespace
}  // namespace orrery
