#include "dataflows/mapping/fit.h"

#include <gtest/gtest.h>

#include "tests/dataflows/shapes.h"

namespace orrery {
namespace {

using test::machines;
using test::shape;

// 64 filters of 32 words; the filter store of tutorial_2x2 holds 1024.
Layer twice_too_large() { return shape("fc", {1, 1, 64, 32, 1, 1, 1, 1}); }

Pattern dot_products(std::vector<Dim> shrink) {
  using enum Dim;
  using enum Place;
  return {.name = "dot",
          .description = "",
          .nest = {{kM, at_most(kAll), kDram},
                   {kC, at_most(kAll), kDram},
                   {kM, kOne, kPe},
                   {kC, kOne, kPe}},
          .keep = {.pe = {false, false, true}},
          .shrink = std::move(shrink)};
}

int step_of(const Mapping& mapping, Dim dim, Place place) {
  for (const Loop& loop : mapping.nest) {
    if (loop.dim == dim && loop.place == place) return loop.step;
  }
  return 0;
}

std::string refusal(const Pattern& pattern, const Layer& layer, const Machine& machine) {
  try {
    fit(pattern, layer, machine);
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

TEST(Fit, HalvesTheSizesNamedFirst) {
  const Machine machine = machines()[1];
  const Mapping by_c = fit(dot_products({Dim::kC, Dim::kM}), twice_too_large(), machine);
  EXPECT_EQ(step_of(by_c, Dim::kM, Place::kDram), 64);
  EXPECT_EQ(step_of(by_c, Dim::kC, Place::kDram), 16);
  const Mapping by_m = fit(dot_products({Dim::kM, Dim::kC}), twice_too_large(), machine);
  EXPECT_EQ(step_of(by_m, Dim::kM, Place::kDram), 32);
  EXPECT_EQ(step_of(by_m, Dim::kC, Place::kDram), 32);
}

TEST(Fit, HalvesTheOuterLoopOfADimensionFirst) {
  Pattern pattern = dot_products({Dim::kC, Dim::kM});
  pattern.nest.insert(pattern.nest.begin() + 2, {Dim::kC, at_most(kAll), Place::kGlb});
  const Mapping mapping = fit(pattern, twice_too_large(), machines()[1]);
  EXPECT_EQ(step_of(mapping, Dim::kC, Place::kDram), 16);
  EXPECT_EQ(step_of(mapping, Dim::kC, Place::kGlb), 32);
}

TEST(Fit, LeavesWhatFitsAtItsLargest) {
  const Layer small = shape("fc", {1, 1, 5, 7, 1, 1, 1, 1});
  const Mapping mapping = fit(dot_products({Dim::kC, Dim::kM}), small, machines()[1]);
  EXPECT_EQ(mapping.dataflow, "dot");
  EXPECT_EQ(mapping.nest, (std::vector<Loop>{{Dim::kM, 5, Place::kDram},
                                             {Dim::kC, 7, Place::kDram},
                                             {Dim::kM, 1, Place::kPe},
                                             {Dim::kC, 1, Place::kPe}}));
}

TEST(Fit, TakesSizesFromTheArrayAndNeverMoreThanTheLayerHas) {
  const PeArray array{.rows = 12, .cols = 14};
  const std::vector<std::pair<Size, int>> cases{
      {kOne, 1},
      {kAll, 1000},
      {kArrayRows, 12},
      {kArrayCols, 14},
      {kArrayPes, 168},
      {{.number = 5}, 5},
      {{.number = 4, .rows = true}, 48},
      {{.number = Size::kMaxNumber, .rows = true, .cols = true}, 1000}};
  for (const auto& [size, words] : cases) EXPECT_EQ(resolve(size, 1000, array), words);
}

TEST(Fit, KeepsNoTilesInAStoreThatOnlyStreams) {
  const Layer layer = twice_too_large();
  for (const Machine& machine : machines()) {
    Pattern pattern = dot_products({Dim::kC, Dim::kM});
    const bool streams = machine.store_of(Tensor::kFilter).prefetches();
    EXPECT_EQ(fit(pattern, layer, machine).keep.glb, (std::array{true, !streams, true}));
    pattern.keep.glb = {false, true, true};
    EXPECT_EQ(fit(pattern, layer, machine).keep.glb, (std::array{false, !streams, true}));
  }
}

// A pooled plane must lie in the GLB as a whole, so its rows are cut there.
TEST(Fit, CutsPlanesThatArePooledInsideTheGlb) {
  using enum Dim;
  using enum Place;
  Pattern rows{.name = "rows",
               .description = "",
               .nest = {{kP, Size{.number = 2}, kDram},
                        {kM, kOne, kDram},
                        {kP, kOne, kPe},
                        {kQ, kOne, kPe},
                        {kC, kOne, kPe},
                        {kR, kOne, kPe},
                        {kS, kOne, kPe}},
               .keep = {.pe = {false, false, true}},
               .shrink = {}};
  Layer layer = shape("conv", {1, 1, 4, 2, 6, 6, 3, 3});
  const Machine machine = machines()[2];
  EXPECT_EQ(step_of(fit(rows, layer, machine), kP, kDram), 2);
  layer.post.pool.push_back({});
  EXPECT_EQ(step_of(fit(rows, layer, machine), kP, kGlb), 2);
  EXPECT_EQ(step_of(fit(rows, layer, machine), kM, kDram), 1);
}

TEST(Fit, SaysWhatTheSmallestSizesLack) {
  Machine tiny = machines()[1];
  tiny.levels.back().stores[0].banks = 1;
  EXPECT_EQ(refusal(dot_products({Dim::kC, Dim::kM}), twice_too_large(), tiny),
            "layer fc cannot be mapped on tutorial_2x2 by dot: the tiles need 2 banks of store "
            "fmap (ifmap 1, psum 1); it has 1");
}

// 16 halves to 8, 4, 2 and 1: 5^8 = 390,625 choices.
TEST(Fit, EndsWhereTooManyChoicesDoNotFit) {
  Pattern pattern{.name = "never", .description = "", .nest = {}, .keep = {}, .shrink = {}};
  for (const Dim d : kAllDims) pattern.nest.push_back({d, at_most(kAll), Place::kDram});
  for (const Dim d : kAllDims) pattern.nest.push_back({d, kOne, Place::kPe});
  pattern.shrink = default_shrink(pattern.nest);
  const Layer layer = shape("cube", {16, 16, 16, 16, 16, 16, 16, 16});
  EXPECT_EQ(refusal(pattern, layer, machines()[0]),
            "layer cube cannot be mapped on eyeriss by never: none of the 50000 largest choices "
            "of its 8 free sizes fits; the last: filter height is 16; the machine supports at "
            "most 12");
}

}  // namespace
}  // namespace orrery
