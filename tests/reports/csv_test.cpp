#include "reports/csv.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "tests/reports/csv_reader.h"
#include "tests/reports/sample.h"

namespace orrery {
namespace {

std::map<std::string, std::string> row(const NetworkResult& result, std::size_t i) {
  const auto lines = csv_lines(to_csv(result));
  std::map<std::string, std::string> cells;
  for (std::size_t c = 0; c < lines[0].size(); ++c) cells[lines[0][c]] = lines.at(i + 1).at(c);
  return cells;
}

TEST(Csv, HasAHeaderAndALineForEachLayer) {
  const auto lines = csv_lines(to_csv(sample()));
  ASSERT_EQ(lines.size(), 3U);
  for (const auto& line : lines) EXPECT_EQ(line.size(), lines[0].size());
}

TEST(Csv, HasAColumnForEveryAction) {
  auto cells = row(sample(), 1);
  for (std::size_t i = 0; i < kActions.size(); ++i) {
    std::string column(kActions[i].structure);
    column.append("_").append(kActions[i].tensor).append("_").append(kActions[i].action);
    EXPECT_EQ(cells[column], std::to_string(10 * i)) << column;
  }
  EXPECT_EQ(cells.count("glb_ifmap_array_read"), 1U);
}

TEST(Csv, NamesNoColumnTwice) {
  std::vector<std::string> header = csv_lines(to_csv(sample())).at(0);
  std::sort(header.begin(), header.end());
  EXPECT_EQ(std::adjacent_find(header.begin(), header.end()), header.end());
}

TEST(Csv, HasTheFiguresOfRunAndLayer) {
  auto cells = row(sample(), 0);
  const std::map<std::string, std::string> expected{{"machine", "toy"},
                                                    {"seed", "18446744073709551615"},
                                                    {"layer", "A"},
                                                    {"cycles", "1000"},
                                                    {"steps", "0"},
                                                    {"latency_ms", "0.1"},
                                                    {"utilization", "0.75"},
                                                    {"stall_ifmap_load", "70"},
                                                    {"pe_wait_psum_in", "50"},
                                                    {"check", "equal"},
                                                    {"ofmap_sha256", "00ff"},
                                                    {"complete", "true"},
                                                    {"energy_table", "prices"},
                                                    {"energy_unit", "pJ"},
                                                    {"area_um2", "1500000.0"},
                                                    {"energy", "210000000.0"},
                                                    {"energy_per_mac", "87500.0"},
                                                    {"core_mhz", "10.0"}};
  for (const auto& [column, value] : expected) EXPECT_EQ(cells[column], value) << column;
}

TEST(Csv, QuotesCommasAndQuotes) {
  EXPECT_EQ(row(sample(), 1)["layer"], "B, last");
  EXPECT_EQ(row(sample(), 0)["reduction"], "passes C/6; PE \"S\", C");
}

TEST(Csv, LeavesTheCellsOfARunWithoutPricesEmpty) {
  NetworkResult result = sample();
  for (LayerResult& layer : result.layers) layer.energy.reset();
  for (const char* column : {"energy", "energy_per_mac", "edp", "power_mw", "energy_unit"})
    EXPECT_EQ(row(result, 0)[column], "") << column;
}

TEST(Csv, KeepsEmptyCells) {
  NetworkResult result = sample();
  result.version.clear();
  EXPECT_EQ(row(result, 0)["orrery_version"], "");
  EXPECT_EQ(row(result, 0)["machine"], "toy");
}

}  // namespace
}  // namespace orrery
