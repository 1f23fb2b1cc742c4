#include "dataflows/space/space.h"

#include <gtest/gtest.h>

#include "dataflows/all.h"
#include "tests/cycle/small_layers.h"

namespace orrery::test {
namespace {

// Without loops that turn once.
Mapping turning(const Mapping& mapping, const Layer& layer) {
  Mapping short_one = mapping;
  short_one.nest.clear();
  Box box = layer.box();
  for (const Loop& loop : mapping.nest) {
    if (trips(loop, box) > 1) short_one.nest.push_back(loop);
    box = block(loop, box, 0);
  }
  return short_one;
}

// Keeps count where loops of the GLB reach other words.
void expect_same_nest(const Mapping& a, const Mapping& b) {
  EXPECT_EQ(a.nest, b.nest);
  EXPECT_EQ(a.keep, b.keep);
  EXPECT_EQ(a.dataflow, b.dataflow);
}

TEST(Space, HoldsTheMappingThatTheDataflowMakes) {
  for (const char* machine_name : {"eyeriss", "tutorial_2x2"}) {
    const Machine machine = machine_named(machine_name);
    for (const auto& bounds : std::vector<std::array<int, kDims>>{
             {1, 1, 7, 5, 6, 5, 3, 2}, {2, 3, 40, 9, 13, 13, 1, 3}, {1, 1, 50, 33, 1, 1, 6, 6}}) {
      const Layer layer = conv(bounds);
      for (const Dataflow& dataflow : kDataflows) {
        if (dataflow.name == "os") continue;  // one of its three
        const Space space = dataflow.spaces(layer, machine).at(0);
        SCOPED_TRACE(dataflow.name);
        expect_same_nest(mapping_of(space, space.automatic, layer),
                         turning(dataflow.map(layer, machine), layer));
      }
    }
  }
}

TEST(Space, CutsASizeAsEvenlyAsCanBe) {
  // 13 / 1, 2, 3, ... rounded up; 5 at most.
  EXPECT_EQ(even_sizes(13, 13), (std::vector{1, 2, 3, 4, 5, 7, 13}));
  EXPECT_EQ(even_sizes(13, 6), (std::vector{1, 2, 3, 4, 5}));
  EXPECT_EQ(even_sizes(1, 4), std::vector{1});
}

TEST(Space, OrdersTheLoopsOfAPlaceByWhatTheyReuse) {
  using enum Dim;
  using enum Place;
  const Layer layer = conv({1, 1, 2, 2, 2, 2, 1, 1});
  const Space space{.dataflow = "any",
                    .nest = {{kM, kDram, {1}}, {kC, kDram, {1}}, {kQ, kDram, {1}}, {kP, kPe, {1}}},
                    .keeps = {Keep{}.glb},
                    .automatic = {}};
  const std::vector<std::pair<int, std::vector<Dim>>> orders{
      {0, {kM, kC, kQ, kP}}, {1, {kQ, kM, kC, kP}}, {4, {kM, kC, kQ, kP}}, {6, {kC, kM, kQ, kP}}};
  for (const auto& [order, dims] : orders) {
    const Mapping mapping = mapping_of(space, {0, 0, 0, 0, order, 0, 0}, layer);
    std::vector<Dim> found;
    for (const Loop& loop : mapping.nest) found.push_back(loop.dim);
    EXPECT_EQ(found, dims) << kLoopOrders[static_cast<std::size_t>(order)];
  }
}

TEST(Space, KeepsInTheGlbOnlyWhatItsLoopsReachElsewhere) {
  const Layer layer = conv({1, 1, 4, 1, 2, 2, 1, 1});
  using enum Dim;
  using enum Place;
  const Space space{.dataflow = "any",
                    .nest = {{kM, kGlb, {2}}, {kM, kPe, {1}}, {kP, kPe, {1}}, {kQ, kPe, {1}}},
                    .keeps = {{true, true, true}, {false, false, false}},
                    .automatic = {}};
  const Mapping mapping = mapping_of(space, {0, 0, 0, 0, 0, 0, 1}, layer);
  EXPECT_EQ(mapping.keep.glb, (std::array{true, false, false}));
}

}  // namespace
}  // namespace orrery::test
