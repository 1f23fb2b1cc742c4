// Scaling between nodes and widths.
#include "arch/technology/technology.h"

#include <gtest/gtest.h>

namespace orrery {
namespace {

// Stillmaker and Baas 2017 at the supplies of each node, relative to 45 nm at 1.0 V.
TEST(Technology, ScalesLogicEnergyAsPublished) {
  const std::pair<double, double> published[] = {{90, 3.73}, {65, 1.95}, {45, 1},
                                                 {32, .53},  {20, .18},  {16, .14},
                                                 {14, .11},  {10, .08},  {7, .056}};
  for (const auto& [node, ratio] : published) {
    EXPECT_NEAR(logic_energy_ratio(45, node), ratio, .006 * (ratio > 1 ? ratio : 1)) << node;
  }
}

// The same source's area factors from 65 nm: .66 to 45 nm, .31 to 32, .13 to 16, .039 to 7; from 90
// to 65 nm .53.
TEST(Technology, ScalesLogicAreaAsPublished) {
  const std::pair<double, double> published[] = {{45, .66}, {32, .31}, {16, .13}, {7, .039}};
  for (const auto& [node, ratio] : published) {
    EXPECT_DOUBLE_EQ(logic_area_ratio(65, node), ratio) << node;
  }
  EXPECT_NEAR(logic_area_ratio(90, 65), .53, 1e-12);
}

TEST(Technology, ScalesThereAndBack) {
  for (const double from : {7., 12., 22., 28., 45., 60., 90.}) {
    for (const double to : {8., 16., 40., 65.}) {
      EXPECT_NEAR(logic_energy_ratio(from, to) * logic_energy_ratio(to, from), 1, 1e-12);
      EXPECT_EQ(logic_area_ratio(from, to) < 1, to < from) << from << " to " << to;
    }
  }
}

// 28 nm lies two thirds of the way from 20 to 32 nm.
TEST(Technology, IsLinearBetweenNodes) {
  const double at_20 = logic_area_ratio(65, 20), at_32 = logic_area_ratio(65, 32);
  EXPECT_NEAR(logic_area_ratio(65, 28), (at_20 + 2 * at_32) / 3, 1e-12);
}

// Horowitz, ISSCC 2014: adders 0.03, 0.05, 0.1 pJ at 8, 16, 32 bits; multipliers 0.2 and 3.1 pJ at
// 8 and 32.
TEST(Technology, MultipliersGoWithTheSquareOfTheBitsAndAddersWithTheBits) {
  EXPECT_NEAR(.2 * width_ratio(WidthLaw::kSquare, 8, 32), 3.1, .11);
  EXPECT_NEAR(.1 * width_ratio(WidthLaw::kLinear, 32, 16), .05, 1e-12);
  EXPECT_NEAR(.1 * width_ratio(WidthLaw::kLinear, 32, 8), .03, .006);
}

}  // namespace
}  // namespace orrery
