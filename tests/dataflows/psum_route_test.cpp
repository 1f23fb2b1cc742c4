// What each way for psums to meet asks of a mapping, and the order of additions that follows.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dataflows/pass/nest.h"

namespace orrery {
namespace {

using enum Dim;
using enum Place;
using enum PsumRoute;

Machine machine_with(PsumRoute route, Pace pace = Pace::kIndependent) {
  Machine m = read_machine(std::string(ORRERY_SOURCE_DIR) + "/arch/tutorial_4x4.yaml");
  m.array.psum_route = route;
  m.array.pace = pace;
  m.levels[0].stores[0].accumulates = route == kSpill;
  return m;
}

// Two filters over eight channels and two filter rows, one ofmap row of two words.
Layer small_layer() {
  Layer layer;
  layer.name = "small";
  layer.bounds = {1, 1, 2, 8, 1, 2, 2, 1};  // G N M C P Q R S
  layer.ifmap_rows = 2;
  layer.ifmap_cols = 2;
  layer.operand_bits = 8;
  return layer;
}

// `spatial` on the array, the rest in the PE.
Mapping spread_by(std::vector<Loop> spatial) {
  Mapping m{.dataflow = "small", .nest = std::move(spatial), .keep = {}};
  for (const Dim d : {kQ, kR, kC, kM}) m.nest.push_back({d, 1, kPe});
  return m;
}

constexpr const char* kNotAcross =
    "C lies across columns; psums of this machine are summed along a column, so reductions go to "
    "rows";
constexpr const char* kNotInTree =
    "C lies across columns; psums of this machine are summed by the adder tree of a column, so "
    "reductions go to rows";
constexpr const char* kNotOnTreeRows =
    "M lies across rows; the adder tree of a column sums all its rows, so rows are for reductions "
    "(C, R, S)";
constexpr const char* kNotNeighbours =
    "row loop M lies inside a reduction; the rows of a psum chain must be neighbours";

TEST(PsumRoute, SaysWhichLoopsMaySpreadOverRowsAndColumns) {
  const auto in_place = [](std::string_view where) {
    return fmt::format(
        "R lies across {}; each psum of this machine stays in place in one PE, so reductions turn "
        "in time",
        where);
  };
  const Loop m_rows{kM, 1, kRows}, m_cols{kM, 1, kCols}, c_rows{kC, 4, kRows}, c_cols{kC, 4, kCols},
      r_rows{kR, 1, kRows}, r_cols{kR, 1, kCols};
  struct {
    PsumRoute route;
    std::vector<Loop> spatial;
    std::string sentence;
  } const expected[]{
      {kColumn, {m_rows, c_rows}, ""},
      {kColumn, {c_cols}, kNotAcross},
      {kColumn, {c_rows, m_rows}, kNotNeighbours},
      {kTree, {c_rows, r_rows, m_cols}, ""},
      {kTree, {c_cols}, kNotInTree},
      {kTree, {c_rows, m_rows}, kNotOnTreeRows},
      {kInPlace, {m_rows}, ""},
      {kInPlace, {m_cols}, ""},
      {kInPlace, {r_rows}, in_place("rows")},
      {kInPlace, {r_cols}, in_place("columns")},
      {kSpill, {c_cols, m_rows, r_cols}, ""},
      {kSpill, {c_rows, m_rows, r_cols}, ""},
  };
  for (const auto& e : expected) {
    const Mapping mapping = spread_by(e.spatial);
    EXPECT_EQ(check(mapping, small_layer(), machine_with(e.route)), e.sentence)
        << to_string(mapping, small_layer());
  }
}

TEST(PsumRoute, HasNothingToSayAboutLoopsThatTurnOnce) {
  for (const PsumRoute route : {kColumn, kTree, kInPlace, kSpill}) {
    const Mapping mapping = spread_by({{kM, 2, kRows},
                                       {kC, 8, kRows},
                                       {kM, 2, kRows},
                                       {kC, 8, kCols},
                                       {kR, 2, kCols},
                                       {kM, 2, kCols}});
    EXPECT_EQ(check(mapping, small_layer(), machine_with(route)), "");
  }
}

// Channels of a pass: 5 and 3. Two rows of each tap hold 3 and 2 of them; in the second pass the
// second row stands idle between the taps.
TEST(PsumRoute, WantsAChainWithoutGapsOnlyWherePesHandPsumsOn) {
  Mapping mapping = spread_by({{kC, 5, kGlb}, {kR, 1, kRows}, {kC, 3, kRows}});
  const std::string gap =
      "a pass over 3 channels and 2 x 1 taps leaves a gap in the psum chain of the rows";
  for (const PsumRoute route : {kColumn, kTree, kSpill}) {
    EXPECT_EQ(check(mapping, small_layer(), machine_with(route)), route == kColumn ? gap : "");
    EXPECT_EQ(check(mapping, small_layer(), machine_with(route, Pace::kLockStep)), "");
  }
  mapping = spread_by({{kC, 4, kRows}, {kM, 1, kRows}});
  EXPECT_EQ(check(mapping, small_layer(), machine_with(kColumn, Pace::kLockStep)), "");
}

TEST(PsumRoute, NeedsASpadOnlyForPsumsThatStay) {
  Machine machine = machine_with(kTree);
  machine.pe.psum_spad_words = 0;
  Mapping mapping = spread_by({{kC, 1, kGlb}, {kR, 1, kRows}});
  EXPECT_EQ(check(mapping, small_layer(), machine), "");
  mapping.keep.pe[index(Tensor::kPsum)] = false;
  EXPECT_EQ(check(mapping, small_layer(), machine), "");
  mapping = spread_by({{kC, 2, kGlb}, {kR, 1, kRows}});
  EXPECT_EQ(check(mapping, small_layer(), machine), "the psum spad must hold 2 psums; it has 0");
}

// Up a column from the last row to the first; into the store in the order of the nest, over rows
// and columns alike.
TEST(PsumRoute, FixesTheOrderInWhichPsumsAddUp) {
  const Layer layer = small_layer();
  const auto order = [&](PsumRoute route, const std::vector<Loop>& spatial) {
    return reduction_tree(spread_by(spatial), layer, machine_with(route)).to_string();
  };
  EXPECT_EQ(order(kColumn, {{kM, 1, kCols}, {kC, 4, kRows}, {kR, 1, kRows}}),
            "chain C/4 rev, R rev; PE R, C");
  EXPECT_EQ(order(kSpill, {{kC, 4, kCols}, {kR, 1, kRows}, {kC, 2, kCols}}),
            "chain C/4, R, C/2; PE R, C");
  EXPECT_EQ(order(kInPlace, {{kC, 4, kGlb}, {kM, 1, kRows}}), "passes C/4; PE R, C");
}

// Two rows of two columns, where the columns are the outer loop: 0 and 1 in the first column.
TEST(PsumRoute, CountsPlacesInTheOrderOfTheNest) {
  const Machine machine = machine_with(kSpill);
  const Mapping mapping = spread_by({{kC, 4, kCols}, {kC, 2, kRows}});
  const Nest nest = take_apart(mapping, small_layer(), machine);
  const Spread across = spread(nest, small_layer());
  std::vector<int> places;
  for (const auto& [row, col] : {std::pair{0, 0}, {1, 0}, {0, 1}, {1, 1}})
    places.push_back(nest_place(nest, across, row, col));
  EXPECT_EQ(places, (std::vector{0, 1, 2, 3}));
}

}  // namespace
}  // namespace orrery
