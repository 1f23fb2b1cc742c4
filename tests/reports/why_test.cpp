#include "reports/why.h"

#include <gtest/gtest.h>

namespace orrery::test {
namespace {

std::uint64_t& stall(LayerResult& r, Stall s) { return r.stalls[static_cast<std::size_t>(s)]; }

// 10 PEs, of which 5 are mapped for 100 cycles: 200 MACs, 50 merges, 100 cycles of waiting for
// filters, 80 of them before the first MAC, 50 for psums, 100 done.
LayerResult layer() {
  LayerResult r;
  r.name = "L";
  r.macs = 200;
  r.pass_cycles = 100;
  r.pe_cycles = {200, 50, 0, 100, 50, 0, 100};
  r.before_mac = {0, 80};
  stall(r, Stall::kSetup) = 7;
  stall(r, Stall::kIfmapLoad) = 20;
  stall(r, Stall::kOfmapStore) = 3;
  r.cycles = 130;
  return r;
}

NetworkResult network(int layers) {
  NetworkResult result;
  result.pes = 10;
  for (int i = 0; i < layers; ++i) result.layers.push_back(layer());
  return result;
}

TEST(Why, DividesTheCyclesOfALayerAmongOverheads) {
  EXPECT_EQ(to_why(network(1), 0),
            "cycles for          L\n"
            "---------------------\n"
            "MACs, on all PEs   20\n"  // 200 MACs on 10 PEs
            "PEs without work   20\n"  // 5 of the 10: 200 MACs take 40 cycles
            "merge slots        10\n"
            "filter load        16\n"
            "first window        0\n"
            "later filters       4\n"
            "later ifmaps        0\n"
            "psums in           10\n"
            "psums out           0\n"
            "end of passes      20\n"
            "DRAM: filters       0\n"
            "DRAM: ifmaps       20\n"
            "DRAM: psums         0\n"
            "DRAM: ofmaps        3\n"
            "set-up              7\n"
            "---------------------\n"
            "all               130\n");
}

TEST(Why, AddsUpTheLayers) {
  const std::string text = to_why(network(2), 0);
  EXPECT_NE(text.find("cycles for          L    L  total\n"), std::string::npos) << text;
  EXPECT_NE(text.find("filter load        16   16     32\n"), std::string::npos) << text;
  EXPECT_NE(text.find("all               130  130    260\n"), std::string::npos) << text;
}

TEST(Why, TellsALayerWithoutPasses) {
  LayerResult pool;
  pool.name = "POOL";
  pool.cycles = 9;
  stall(pool, Stall::kIfmapLoad) = 9;
  NetworkResult result;
  result.pes = 4;
  result.layers = {pool};
  EXPECT_NE(to_why(result, 0).find("DRAM: ifmaps         9\n"), std::string::npos);
}

}  // namespace
}  // namespace orrery::test
