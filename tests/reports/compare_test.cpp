// Comparisons as bars, text and JSON.
#include "reports/compare.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json.hpp>
#include <sstream>

#include "reports/bars.h"

namespace orrery {
namespace {

const std::vector<BarPart> kTwo{{"one", 'a', 31}, {"two", 'b', 32}};

ComparedRun run_named(const std::string& dataflow, double mac, double dram) {
  ComparedRun run;
  run.energy_table = "isca2016";
  run.objective = "energy";
  run.result.network = "net";
  run.result.machine = "box";
  run.result.dataflow = dataflow;
  run.result.pes = 4;
  LayerResult layer;
  layer.name = "L1";
  layer.macs = 100;
  layer.counts[Action::mac_none_compute] = 60;
  layer.counts[Action::mac_none_gate] = 40;
  layer.cycles = 50;
  layer.counts[Action::dram_ifmap_read] = 7;
  run.result.layers.push_back(layer);
  ComparedLayer& compared = run.layers.emplace_back();
  compared.energy.unit = EnergyUnit::kMac;
  compared.energy.at[static_cast<std::size_t>(EnergyLevel::kMac)][3] = mac;
  compared.energy.at[static_cast<std::size_t>(EnergyLevel::kDram)][0] = dram;
  return run;
}

TEST(Bars, AreToOneScaleAndEndWhereTheirSumDoes) {
  const std::string text =
      stacked_bars({{"x", {2, 2}, "4"}, {"yy", {1, 0}, "1"}}, kTwo, 28, Ink::kPlain);
  EXPECT_EQ(text,
            "x  |aaaaaaaaaaabbbbbbbbbbb 4\n"
            "yy |aaaaaa 1\n"
            "     a one b two\n");
}

TEST(Bars, HaveColourOnlyWhereAsked) {
  for (const Ink ink : {Ink::kPlain, Ink::kColoured}) {
    const std::string text = stacked_bars({{"x", {1, 1}, ""}}, kTwo, 40, ink);
    EXPECT_EQ(text.find('\x1b') != std::string::npos, ink == Ink::kColoured);
  }
}

TEST(CompareText, FitsTheWidthAndNamesRefusals) {
  ComparedRun refusing = run_named("ws", 100, 300);
  refusing.refused.push_back({"L2", "the psum tile is too large"});
  for (const int width : {80, 132}) {
    std::istringstream lines(to_text({run_named("rs", 100, 20), refusing}, width, Colour::kNone));
    for (std::string line; std::getline(lines, line);)
      EXPECT_LE(line.size(), static_cast<std::size_t>(width)) << line;
  }
  const std::string text = to_text({refusing}, 132, Colour::kNone);
  EXPECT_NE(text.find("ws cannot run L2: the psum tile is too large\n"), std::string::npos);
}

TEST(CompareSum, DividesByMacsAndMultipliesByCycles) {
  const ComparedSum sum = sum_of(run_named("rs", 100, 20));
  EXPECT_DOUBLE_EQ(sum.energy_per_mac(), 1.2);
  EXPECT_DOUBLE_EQ(sum.edp(), 120 * 50);
  EXPECT_DOUBLE_EQ(sum.per_mac(EnergyLevel::kDram), 0.2);
  EXPECT_DOUBLE_EQ(sum.utilization, 0.5);
  EXPECT_EQ(sum.dram_words, 7U);
}

TEST(CompareJson, HasAResultForEachRun) {
  const auto json =
      boost::json::parse(to_json({run_named("rs", 100, 20), run_named("ws", 100, 300)}));
  const auto& runs = json.at("runs").as_array();
  ASSERT_EQ(runs.size(), 2U);
  EXPECT_EQ(runs[1].at("dataflow").as_string(), "ws");
  EXPECT_EQ(runs[1].at("energy_per_mac").as_double(), 4);
  EXPECT_EQ(runs[1].at("energy").at("dram").at("ifmap").as_double(), 300);
  EXPECT_EQ(runs[0].at("layer_energy").as_array().at(0).at("name").as_string(), "L1");
  EXPECT_EQ(runs[0].at("pes").as_int64(), 4);
}

}  // namespace
}  // namespace orrery
