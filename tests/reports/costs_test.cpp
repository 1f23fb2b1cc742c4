#include "reports/costs.h"

#include <gtest/gtest.h>

#include "tests/reports/sample.h"

namespace orrery {
namespace {

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// A: 210 uJ, 10 of them at DRAM, for 2400 MACs in 0.08 ms of processing and 0.1 ms.
TEST(Costs, TellEnergyOfEachLayerByLevelAMacPowerAndTheProduct) {
  const std::string text = to_costs(sample(), 0);
  EXPECT_TRUE(contains(
      text,
      "A           10.00  20.00  30.00  40.00  50.00    60.00  210.0  87500        2500       "
      "2000  21.00\n"))
      << text;
  EXPECT_TRUE(contains(text, "Energy by table prices; power is the chip's, without DRAM; "));
}

TEST(Costs, TellTheTotalByLevelAndTensor) {
  const std::string text = to_costs(sample(), 0);
  // Twice 2, 4, 6 and 8: 40 of 420.
  EXPECT_TRUE(contains(text, "\nglb        4.000   8.000  12.00  16.00  40.00    9.5%\n")) << text;
  EXPECT_TRUE(contains(text, "\nof all     10.0%   20.0%  30.0%  40.0%"));
}

TEST(Costs, OfATableInMacsNameNoPowerAndNoJoules) {
  NetworkResult result = sample();
  for (LayerResult& layer : result.layers) layer.energy->unit = EnergyUnit::kMac;
  const std::string text = to_costs(result, 0);
  EXPECT_TRUE(contains(text, "energy, 10^6 MAC"));
  for (const char* wrong : {"uJ", "pJ", "power"}) EXPECT_FALSE(contains(text, wrong)) << wrong;
}

TEST(Costs, SayWhatEnergyIsWithoutValues) {
  NetworkResult result = sample();
  result.values = "off";
  EXPECT_TRUE(contains(to_costs(result, 0), "energy is that of operands never zero"));
}

TEST(Costs, AreNothingWithoutPrices) {
  NetworkResult result = sample();
  for (LayerResult& layer : result.layers) layer.energy.reset();
  EXPECT_EQ(to_costs(result, 0), "");
}

}  // namespace
}  // namespace orrery
