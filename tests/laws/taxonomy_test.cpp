// The dataflows of the taxonomy on one chip: which of them moves the fewest words of what through
// the GLB.
//
// Sources: Chen, Emer, Sze: Eyeriss: A Spatial Architecture for Energy-Efficient Dataflow. ISCA
// 2016, Section IV and VII. Sze, Chen, Yang, Emer: Efficient Processing of Deep Neural Networks.
// Proc. IEEE 105(12), 2017, Section V-B. The orders are theirs; docs/dataflow.md has AlexNet.
#include <gtest/gtest.h>

#include <map>

#include "tests/laws/published_layers.h"

namespace orrery::test {
namespace {

// Words between GLB and array.
struct Traffic {
  std::uint64_t ifmap = 0, filter = 0, psum = 0, macs = 0;
  std::uint64_t words() const { return ifmap + filter + psum; }
};

std::map<std::string, Traffic> traffic(const Shape& x) {
  const Machine m = machine_named("eyeriss");
  std::map<std::string, Traffic> all;
  for (const char* dataflow : {"rs", "ws", "os", "os_a", "nlr"}) {
    const LayerResult r = play(m, x, dataflow);
    const auto n = [&](Action a) { return r.counts[a]; };
    all[dataflow] = {.ifmap = n(Action::glb_ifmap_array_read),
                     .filter = n(Action::glb_filter_array_read),
                     .psum = n(Action::glb_psum_array_read) + n(Action::glb_psum_array_write),
                     .macs = r.macs};
  }
  return all;
}

// The kernels, strides and proportions of AlexNet's five, fewer channels and pixels.
const std::vector<Shape> kConvolutions{
    {.m = 28, .c = 3, .p = 13, .q = 13, .r = 11, .s = 11, .stride = 4},
    {.groups = 2, .m = 28, .c = 12, .p = 13, .q = 13, .r = 5, .s = 5},
    {.m = 28, .c = 36, .p = 13, .q = 13, .r = 3, .s = 3},
    {.groups = 2, .m = 28, .c = 24, .p = 13, .q = 13, .r = 3, .s = 3},
    {.groups = 2, .m = 14, .c = 24, .p = 13, .q = 13, .r = 3, .s = 3}};

// Fully connected at batch 1; the first over planes, as FC6.
const std::vector<Shape> kFullyConnected{
    {.m = 256, .c = 16, .r = 6, .s = 6}, {.m = 512, .c = 400}, {.m = 100, .c = 600}};

TEST(Taxonomy, RowStationaryMovesFewestWordsOfAConvolutionAndNoLocalReuseMost) {
  for (const Shape& x : kConvolutions) {
    auto by = traffic(x);
    for (const char* other : {"ws", "os", "os_a"}) {
      EXPECT_LT(by["rs"].words(), by[other].words()) << other << ": " << x;
      EXPECT_GT(by["nlr"].words(), by[other].words()) << other << ": " << x;
    }
  }
}

// A filter word goes once to each PE that keeps it, for each strip of the ofmap that the GLB holds;
// nothing else that a PE does brings it again. Psums stay in both kinds of output stationary until
// the GLB's tile of ifmaps is used up, and leave after each product where filters stay.
TEST(Taxonomy, WhatStaysMovesLeastInAConvolution) {
  for (const Shape& x : kConvolutions) {
    auto by = traffic(x);
    for (const char* other : {"os", "os_a", "nlr"})
      EXPECT_LT(by["ws"].filter, by[other].filter) << other << ": " << x;
    for (const char* output : {"os", "os_a"}) {
      EXPECT_LT(by[output].psum, by["rs"].psum) << output << ": " << x;
      EXPECT_LT(by["rs"].psum, by["ws"].psum) << x;
    }
  }
}

// Without local reuse each product takes a filter word of its own. Psums leave after each product,
// summed over the channels on the rows of a column; the first pass reads them as well (zeros).
TEST(Taxonomy, NoLocalReuseMovesAWordForEveryProduct) {
  for (const auto& layers : {kConvolutions, kFullyConnected}) {
    for (const Shape& x : layers) {
      auto by = traffic(x);
      EXPECT_EQ(by["nlr"].filter, by["nlr"].macs) << x;
      const std::uint64_t psums = product({x.groups, x.images, x.m, x.p, x.q});
      for (const char* leaving : {"ws", "nlr"})
        EXPECT_EQ(by[leaving].psum, 2 * psums * ceil_div(x.c, 12) * product({x.r, x.s})) << x;
    }
  }
}

// At batch 1 each filter word is used once: there is nothing to keep. The order of the totals is
// that of ifmaps and psums.
TEST(Taxonomy, NoDataflowSavesFilterWordsOfAFullyConnectedLayerAtBatchOne) {
  for (const Shape& x : kFullyConnected) {
    auto by = traffic(x);
    for (const auto& [dataflow, words] : by)
      EXPECT_EQ(words.filter, product({x.m, x.c, x.r, x.s})) << dataflow << ": " << x;
    EXPECT_EQ(by["ws"].words(), by["nlr"].words()) << x;
    EXPECT_LT(by["rs"].words(), by["ws"].words()) << x;
    // One pixel busies one PE, which takes the whole ifmap again for each filter.
    EXPECT_EQ(by["os_a"].ifmap, by["os_a"].macs) << x;
  }
}

TEST(Taxonomy, WeightStationaryGainsWithTheBatchOfAFullyConnectedLayer) {
  auto by = traffic({.images = 8, .m = 100, .c = 120});
  EXPECT_EQ(by["nlr"].filter, 8 * by["ws"].filter);
}

}  // namespace
}  // namespace orrery::test
