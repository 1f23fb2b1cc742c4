#include "reports/table.h"

#include <gtest/gtest.h>

#include <sstream>

#include "reports/grid.h"
#include "tests/reports/sample.h"

namespace orrery {
namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// What stands in the row of that name, with one space between the cells.
std::string words_of(const std::string& text, const std::string& row) {
  for (const std::string& line : lines_of(text)) {
    if (!line.starts_with(row + "  ")) continue;
    std::istringstream cells(line.substr(row.size()));
    std::string words;
    for (std::string cell; cells >> cell;) words += (words.empty() ? "" : " ") + cell;
    return words;
  }
  return "no such row";
}

// The sample with these counts alone, in A; B has ten times as many.
NetworkResult counted() {
  NetworkResult result = sample();
  result.seed = 1;
  Counts& a = result.layers[0].counts;
  a = {};
  a[Action::dram_ifmap_read] = 1'000'000;
  a[Action::dram_ofmap_write] = 500'000;
  a[Action::glb_ifmap_array_read] = 10'000;
  a[Action::glb_psum_array_read] = 12'000;
  a[Action::glb_psum_array_write] = 13'000;
  a[Action::glb_filter_array_read] = 70'000;
  a[Action::spad_psum_drain_read] = 17;
  Counts& b = result.layers[1].counts = a;
  for (std::uint64_t& n : b.value) n *= 10;
  return result;
}

TEST(Table, ReadsLikeThis) {
  // A: 10,000 + 12,000 + 13,000 words of the GLB and 1,500,000 of DRAM, of two bytes each.
  const std::string text = to_table(counted(), 100);
  const std::string_view expected = R"(
pair on toy: batch 2, dataflow rs
mac_int16, 10 MHz, cycle engine, synthetic data, seed 1, orrery 1.2.3

                    processing                        active         gated      GLB   GLB   DRAM
layer       cycles      cycles       ms  utilization     PEs   MACs   MACs    words    MB     MB
------------------------------------------------------------------------------------------------
A            1,000         800    0.100        75.0%       3  2,400    600   35,000  0.07   3.00
B, last  1,234,567         200  123.457        25.0%       4  2,400    600  350,000  0.70  30.00
------------------------------------------------------------------------------------------------
total    1,235,567       1,000  123.557        65.0%       4  4,800  1,200  385,000  0.77  33.00

layer    check
--------------
A        equal
B, last  equal
--------------
total    equal

                     pass         ofmap   psum      ifmap  psum  filter)";
  EXPECT_EQ(text.substr(0, text.find("\narray ")), expected.substr(1));
}

TEST(Table, HasARowForEveryStoreWithItsBytes) {
  const std::string text = to_table(counted(), 100);
  EXPECT_EQ(words_of(text, "dram read"), "11,000,000 0 0 0 - 11,000,000 22.00");
  EXPECT_EQ(words_of(text, "dram write"), "- - - 0 5,500,000 5,500,000 11.00");
  EXPECT_EQ(words_of(text, "glb array_read"), "110,000 770,000 - 132,000 - 1,012,000 2.02");
  EXPECT_EQ(words_of(text, "spad drain_read *"), "- - - 187 - 187 -");
}

TEST(Table, SharesOfStatesAndCausesAddUp) {
  const std::string text = to_table(sample(), 100);
  EXPECT_TRUE(
      contains(text, "of cycles            0.1%   0.0%   0.0%   0.0%      99.9%  0.0%    0.0%\n"))
      << text;
  EXPECT_TRUE(contains(text, "A            2,800  85.7%   3.6%   0.0%    0.0%  1.8%  1.8%  7.1%\n"))
      << text;
}

// Of the cycles of both layers, 1,235,567, 617,784 have a step.
TEST(Table, TellsStepsOnlyWherePesTakeThemTogether) {
  NetworkResult result = sample();
  EXPECT_FALSE(contains(to_table(result, 100), "steps"));
  result.layers[0].steps = 600;
  result.layers[1].steps = 617'184;
  const std::string text = to_table(result, 200);
  EXPECT_TRUE(contains(text, "cycles    steps  "));
  EXPECT_TRUE(contains(text, "\nA               3     700      600  ")) << text;
  EXPECT_TRUE(contains(text, "\nof cycles            0.1%    50.0%  ")) << text;
}

TEST(Table, TellsFramesASecondAtTheClock) {
  NetworkResult result = sample();
  for (LayerResult& layer : result.layers) layer.latency_ms = layer.processing_ms = 25;
  // 2 images in 50 ms.
  EXPECT_TRUE(contains(to_table(result, 100), "\n40.00 frames/s: a batch of 2 in 50.000 ms"));
}

TEST(Table, StaysWithinTheWidth) {
  for (const int width : {60, 80, 100, 132}) {
    const std::vector<std::string> lines = lines_of(to_table(sample(), width));
    for (std::size_t i = 3; i + 4 < lines.size(); ++i) {  // between the sentences at both ends
      EXPECT_LE(lines[i].size(), static_cast<std::size_t>(width)) << lines[i];
    }
  }
}

TEST(Table, TellsWhatDiffersAndWhatIsMissing) {
  NetworkResult result = sample();
  result.layers[0].check = Check::kDiffers;
  result.layers[0].difference = "word 7";
  result.complete = false;
  const std::string text = to_table(result, 100);
  EXPECT_TRUE(contains(text, "A differs from the golden reference: word 7\n"));
  EXPECT_TRUE(contains(text, "did not reach its end"));
}

TEST(Table, OfAnEmptyRunHasNoNumbersThatAreNotNumbers) {
  const std::string text = to_table(NetworkResult{}, 100);
  EXPECT_FALSE(contains(text, "nan"));
  EXPECT_FALSE(contains(text, "inf"));
}

TEST(Grid, FoldsColumnsUnderTheRowNames) {
  Grid grid({"name", "first", "second\nhalf"});
  grid.row({"a", "1", "22"});
  EXPECT_EQ(grid.to_string(0),
            "             second\nname  first    half\n-------------------\na         1      22\n");
  EXPECT_EQ(grid.to_string(12),
            "name  first\n-----------\na         1\n\n"
            "      second\nname    half\n------------\na         22\n");
  EXPECT_EQ(grid.to_string(1), grid.to_string(12));  // a column is never cut
}

TEST(Grid, GroupsDigitsByThousands) {
  for (const auto& [n, text] :
       {std::pair{0, "0"}, {999, "999"}, {1000, "1,000"}, {1234567, "1,234,567"}}) {
    EXPECT_EQ(grouped(static_cast<std::uint64_t>(n)), text);
  }
  EXPECT_EQ(grouped(18'446'744'073'709'551'615U), "18,446,744,073,709,551,615");
}

TEST(Grid, WritesADashWhereThereIsNothing) {
  EXPECT_EQ(megabytes(0), "-");
  EXPECT_EQ(megabytes(12'345'678), "12.35");
  EXPECT_EQ(percent(1, 0), "-");
  EXPECT_EQ(percent(1, 8), "12.5%");
}

}  // namespace
}  // namespace orrery
