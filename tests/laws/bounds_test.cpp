// No run is below its bounds, and the bounds are those that can be told by hand.
#include "sim/bounds/bounds.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "sim/fast/engine.h"
#include "tests/cycle/random_case.h"
#include "tests/laws/published_layers.h"
#include "workloads/input/input_error.h"

namespace orrery::test {
namespace {

std::uint64_t dram(const Counts& counts) {
  using enum Action;
  std::uint64_t words = 0;
  for (const Action a : {dram_ifmap_read, dram_filter_read, dram_bias_read, dram_psum_read,
                         dram_psum_write, dram_ofmap_write})
    words += counts[a];
  return words;
}

void expect_not_below(const Machine& machine, const Layer& layer, const LayerResult& r) {
  const Bounds b = bounds(machine, layer, r.counts);
  for (std::size_t i = 0; i < kLimitNames.size(); ++i)
    EXPECT_LE(b.cycles[i], static_cast<double>(r.cycles) * (1 + 1e-9)) << kLimitNames[i];
  EXPECT_LE(b.least_dram_words, dram(r.counts));
  EXPECT_GE(b.least_dram_words, b.compulsory_dram_words);
}

TEST(Bounds, AreNotUndercutByRandomCasesAndSomeComeNear) {
  std::set<Limit> binding;
  double nearest = 0;
  for (std::uint64_t seed = 1; seed <= 2000 && !HasFailure(); ++seed) {
    const Case c = random_case(seed);
    SCOPED_TRACE(c.text);
    try {
      const LayerResult r = run_layer_fast(c.machine, c.layer, c.mapping);
      expect_not_below(c.machine, c.layer, r);
      const Bounds b = bounds(c.machine, c.layer, r.counts);
      binding.insert(b.binds());
      nearest = std::max(nearest, b.least_cycles / static_cast<double>(r.cycles));
    } catch (const InputError& error) {
      EXPECT_NE(std::string(error.what()).find("the pass can never end"), std::string::npos);
    }
  }
  EXPECT_GE(binding.size(), 5U);
  EXPECT_GT(nearest, 0.9);
}

TEST(Bounds, AreNotUndercutByAnyShippedMachine) {
  const Shape shapes[] = {
      {.groups = 2, .images = 2, .m = 5, .c = 3, .p = 5, .q = 4, .r = 3, .s = 2},
      {.images = 3, .m = 40, .c = 70},
      {.m = 17, .c = 9, .p = 14, .q = 14, .r = 3, .s = 3, .stride = 2}};
  for (const auto& entry : std::filesystem::directory_iterator(kRoot / "arch")) {
    if (entry.path().extension() != ".yaml" || read_machine(entry.path()).has_lanes()) continue;
    const Machine m = read_machine(entry.path());
    const Dataflow* native = find_dataflow(m.native.empty() ? "rs" : m.native.c_str());
    for (const Shape& shape : shapes) {
      SCOPED_TRACE(testing::Message() << m.name << ": " << shape);
      const Layer layer = layer_of(shape, m);
      expect_not_below(m, layer, run_layer_fast(m, layer, native->map(layer, m)));
    }
  }
}

// Every ifmap word that a MAC takes, found by visiting all MACs of a layer with padding, holes
// between its windows and a stride.
TEST(Bounds, CountEachWordThatAMacNeedsOnce) {
  const Machine m = machine_named("tutorial_4x4");
  Layer layer = layer_of({.images = 2, .m = 3, .c = 2, .p = 4, .q = 3, .r = 2, .s = 2}, m);
  layer.stride_rows = layer.stride_cols = 3;
  layer.dilation_cols = 2;
  layer.pad_top = layer.pad_left = 1;
  layer.pad_right = 2;
  layer.ifmap_rows = 3 * 3 + 2 - 1;
  layer.ifmap_cols = 2 * 3 + 3 - 3;
  std::set<std::pair<int, int>> words;
  for (int p = 0; p < 4; ++p)
    for (int q = 0; q < 3; ++q)
      for (int r = 0; r < 2; ++r)
        for (int s = 0; s < 2; ++s) words.emplace(p * 3 + r - 1, q * 3 + s * 2 - 1);
  std::erase_if(words, [&](const auto& at) {
    return at.first < 0 || at.second < 0 || at.first >= layer.ifmap_rows ||
           at.second >= layer.ifmap_cols;
  });
  layer.post.bias = false;
  const std::uint64_t images = 2, channels = 2, filters = product({3, 2, 2, 2}),
                      ofmaps = product({2, 3, 4, 3});
  EXPECT_EQ(compulsory_dram_words(layer, m), images * channels * words.size() + filters + ofmaps);
}

// C = A B, all n x n, with b x b psums on the chip and a column of A and a row of B beside them,
// moves 2 n^3/b + n^2 words.
TEST(Bounds, OfCapacityAreBelowTheBestBlockingOfAMatrixProductAndNotFar) {
  const Machine m = machine_named("tutorial_4x4");
  for (const int n : {256, 1024, 4096}) {
    for (const int b : {4, 16, 64}) {
      const Layer layer = layer_of({.images = n, .m = n, .c = n}, m);
      const double moved = 2.0 * n * n * n / b + 1.0 * n * n;
      const auto least = static_cast<double>(dram_words_of_capacity(layer, b * b + 2 * b));
      EXPECT_LT(least, moved) << n << " " << b;
      EXPECT_GT(least, 0.5 * moved) << n << " " << b;
    }
  }
}

// What so small a chip must move of a large product is more than each word once.
TEST(Bounds, OfCapacityBindWhereAChipIsSmallAndHold) {
  for (const char* name : {"tutorial_2x2", "tutorial_4x4", "tutorial_tree_2x2"}) {
    SCOPED_TRACE(name);
    const Machine m = machine_named(name);
    const Layer layer = layer_of({.images = 400, .m = 400, .c = 400}, m);
    const LayerResult r =
        run_layer_fast(m, layer, find_dataflow(m.native.empty() ? "rs" : m.native)->map(layer, m));
    expect_not_below(m, layer, r);
    const Bounds b = bounds(m, layer, r.counts);
    EXPECT_GT(b.least_dram_words, b.compulsory_dram_words) << on_chip_words(m);
  }
}

// sqrt(2) MACs / sqrt(T W) - 4W, where an ifmap word has T = 9 places at stride 1, ceil(3/2)^2 = 4
// at stride 2, and one at 3.
TEST(Bounds, OfCapacityFallWithTheRootOfThePlacesOfAWord) {
  const Machine m = machine_named("tutorial_4x4");
  constexpr double kWords = 1000;
  for (const auto& [stride, places] : {std::pair{1, 9}, {2, 4}, {3, 1}}) {
    const Layer layer =
        layer_of({.m = 256, .c = 256, .p = 32, .q = 32, .r = 3, .s = 3, .stride = stride}, m);
    const double macs = 256.0 * 256 * 32 * 32 * 9;
    const double least = std::sqrt(2) * macs / std::sqrt(places * kWords) - 4 * kWords;
    EXPECT_NEAR(static_cast<double>(dram_words_of_capacity(layer, 1000)), least, 1) << stride;
  }
}

// A chip of W words: a MAC a PE and cycle, a DRAM word for each word that passes.
TEST(Bounds, OfCyclesFollowFromTheRatesOfTheMachine) {
  Machine m = machine_named("tutorial_4x4");
  m.clocks = {.core_mhz = 100, .link_mhz = 50};
  m.dma.words_per_cycle = 2;
  m.dram.bytes_per_second = 1e8;  // a byte a core cycle
  Counts counts;
  counts[Action::mac_none_compute] = 1600;
  counts[Action::dram_ifmap_read] = 300;
  const Layer layer = layer_of({.m = 4}, m);
  const Bounds b = bounds(m, layer, counts);
  const auto at = [&](Limit limit) { return b.cycles[static_cast<std::size_t>(limit)]; };
  EXPECT_DOUBLE_EQ(at(Limit::kArray), 100);  // 16 PEs
  EXPECT_DOUBLE_EQ(at(Limit::kLink), 300);   // a word a core cycle
  EXPECT_DOUBLE_EQ(at(Limit::kDram), 300 * (m.numbers.word_bits / 8.0));
  EXPECT_EQ(b.least_cycles, std::max(at(Limit::kLink), at(Limit::kDram)));
}

}  // namespace
}  // namespace orrery::test
