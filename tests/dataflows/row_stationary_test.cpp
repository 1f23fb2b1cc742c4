#include "dataflows/row_stationary.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <map>
#include <numeric>
#include <random>
#include <set>

#include "tests/dataflows/nest_walk.h"
#include "tests/dataflows/shapes.h"
#include "workloads/network/network.h"

namespace orrery {
namespace {

using test::distinct;
using test::most_alive;
using test::NestWalk;
using test::Point;
using test::shape;
using test::Word;
using test::word_of;

const std::filesystem::path kRoot = ORRERY_SOURCE_DIR;

// Machines for any shape: what a machine supports natively is not a matter of the mapping.
std::vector<Machine> machines() {
  std::vector<Machine> all;
  for (const char* name : {"eyeriss", "tutorial_2x2", "tutorial_4x4"}) {
    all.push_back(read_machine(kRoot / "arch" / (std::string(name) + ".yaml")));
    all.back().limits = {};
  }
  return all;
}

// Small layers reach the limits of a GLB and of psum spads only where banks are short and FIFOs
// deep.
Machine tightened(Machine machine) {
  for (Store& store : machine.levels.back().stores) store.bank_words = 32;
  machine.pe.psum_in_fifo_packets = machine.pe.psum_out_fifo_packets = 64;
  machine.pe.psum_spad_words = 4;
  machine.post.pooling = false;
  return machine;
}

std::string paste(const Layer& l) {
  return fmt::format("shape(\"{}\", {{{}}}, {}, {})", l.name, fmt::join(l.bounds, ", "),
                     l.stride_rows, l.dilation_rows);
}

// Convolutions of all shapes, fully connected layers, GEMMs and depthwise layers, of few enough
// points to count.
Layer random_layer(std::uint32_t seed) {
  std::mt19937 random(seed);
  const auto upto = [&](int most) {
    return static_cast<int>(random() % static_cast<unsigned>(most)) + 1;
  };
  while (true) {
    std::array<int, kDims> b{upto(2), upto(3), upto(14), upto(12),
                             upto(9), upto(9), upto(5),  upto(5)};
    const auto kind = random() % 8;
    if (kind == 0) b = {1, upto(4), upto(60), upto(90), 1, 1, 1, 1};
    if (kind == 1) b = {1, upto(80), upto(30), upto(30), 1, 1, 1, 1};
    if (kind == 2) b = {upto(12), upto(2), 1, 1, upto(12), upto(12), upto(4), upto(4)};
    if (kind == 3) b = {1, 1, upto(3), upto(2), upto(4), upto(4), upto(15), upto(34)};
    if (kind == 4) b = {1, upto(2), upto(20), upto(20), upto(8), upto(8), 1, 1};
    Layer layer = shape("random", b, upto(4), upto(3));
    if (layer.box().points() <= 40'000) return layer;
  }
}

// Everything that a walk collects, checked pass by pass and tile by tile.
class Witness {
 public:
  Witness(const Layer& layer, const Machine& machine, const Mapping& mapping)
      : layer_(layer), machine_(machine), mapping_(mapping) {}

  void run() {
    NestWalk(mapping_, layer_)
        .walk({.tile = [&] { end_tile(); },
               .pass = [&] { end_pass(); },
               .mac = [&](const Point& x, int row, int col) { mac(x, row, col); }});
    end_tile();
    EXPECT_EQ(static_cast<std::int64_t>(points_.size()), layer_.box().points())
        << "points left out";
  }

 private:
  struct PeUse {
    std::array<std::vector<Word>, kTensors> words;
  };

  void mac(const Point& x, int row, int col) {
    Word point = 0;
    for (const int coordinate : x) point = point * 128 + coordinate;
    EXPECT_TRUE(points_.insert(point).second) << "a point twice";
    EXPECT_LT(row, machine_.array.rows);
    EXPECT_LT(col, machine_.array.cols);
    PeUse& pe = pes_[{col, row}];
    for (const Tensor t : kAllTensors) pe.words[index(t)].push_back(word_of(layer_, t, x));
  }

  void end_pass() {
    std::map<Word, std::set<std::pair<int, int>>> chains;
    const std::array<int, kTensors> spad{
        machine_.pe.ifmap_spad_words, machine_.pe.filter_spad_words, machine_.pe.psum_spad_words};
    for (const auto& [at, pe] : pes_) {
      for (const Tensor t : kAllTensors) {
        EXPECT_LE(most_alive(pe.words[index(t)]), spad[index(t)]) << name(t);
        auto& kept = mapping_.keep.glb[index(t)] ? tile_[index(t)] : pass_[index(t)];
        std::ranges::copy(pe.words[index(t)], std::back_inserter(kept));
      }
      for (const Word psum : pe.words[index(Tensor::kPsum)]) chains[psum].insert(at);
    }
    for (const auto& [psum, chain] : chains) {
      EXPECT_EQ(chain.begin()->first, chain.rbegin()->first) << "a psum in two columns";
      EXPECT_EQ(chain.rbegin()->second - chain.begin()->second + 1, static_cast<int>(chain.size()))
          << "a gap in a chain";
    }
    for (const Tensor t : kAllTensors) {
      largest_[index(t)] =
          std::max(largest_[index(t)], distinct(std::exchange(pass_[index(t)], {})));
    }
    pes_.clear();
  }

  void end_tile() {
    end_pass();
    const std::size_t plane =
        static_cast<std::size_t>(layer_.bound(Dim::kP) * layer_.bound(Dim::kQ));
    for (const Tensor t : kAllTensors) {
      const std::size_t words = distinct(std::exchange(tile_[index(t)], {}));
      if (t == Tensor::kPsum && !layer_.post.pool.empty()) {
        EXPECT_EQ(words % plane, 0U) << "pooling needs whole planes";
      }
      largest_[index(t)] = std::max(largest_[index(t)], words);
    }
    for (const Store& store : machine_.levels.back().stores) check_banks(store);
  }

  void check_banks(const Store& store) {
    std::size_t banks = 0;
    for (const Tensor t : kAllTensors) {
      if (std::ranges::count(store.holds, name(t)) == 0) continue;
      std::size_t words = largest_[index(t)];
      if (t == Tensor::kPsum && machine_.numbers.psum_bits > machine_.numbers.word_bits) words *= 2;
      const bool twice =
          std::ranges::count(machine_.dma.overlap, name(t)) > 0 && !store.prefetches();
      const auto size = static_cast<std::size_t>(store.bank_words);
      banks += (words / size + (words % size > 0 ? 1 : 0)) * (twice ? 2 : 1);
    }
    EXPECT_LE(banks, static_cast<std::size_t>(store.banks)) << store.name;
  }

  const Layer& layer_;
  const Machine& machine_;
  const Mapping& mapping_;
  std::set<Word> points_;
  std::map<std::pair<int, int>, PeUse> pes_;  // by column and row
  std::array<std::vector<Word>, kTensors> pass_, tile_;
  std::array<std::size_t, kTensors> largest_{};
};

int active_pes(const Mapping& mapping, const Layer& layer) {
  Mapping spatial = mapping;
  Layer pass = layer;  // the first, which is the largest
  std::erase_if(spatial.nest, [&](const Loop& loop) {
    int& bound = pass.bounds[index(loop.dim)];
    if (loop.place <= Place::kGlb) bound = std::min(bound, loop.step);
    return loop.place <= Place::kGlb || loop.place == Place::kPe;
  });
  std::set<std::pair<int, int>> pes;
  NestWalk(spatial, pass).walk({.tile = {}, .pass = {}, .mac = [&](const Point&, int row, int col) {
                                  pes.emplace(row, col);
                                }});
  return static_cast<int>(pes.size());
}

// Distinct words of `t` in each step of the dram loops (kDram) or of the glb loops too (kGlb).
std::vector<std::size_t> words_by_step(const Mapping& mapping, const Layer& layer, Tensor t,
                                       Place loops) {
  std::vector<std::vector<Word>> steps;
  const auto begin = [&] { steps.emplace_back(); };
  test::Visitor visitor{.tile = {}, .pass = {}, .mac = [&](const Point& x, int, int) {
                          steps.back().push_back(word_of(layer, t, x));
                        }};
  (loops == Place::kDram ? visitor.tile : visitor.pass) = begin;
  NestWalk(mapping, layer).walk(visitor);
  std::vector<std::size_t> words;
  for (std::vector<Word>& step : steps) words.push_back(distinct(std::move(step)));
  return words;
}

// CONV1-5 for a batch of 4, and the active PEs of JSSC 52(1), 2017, Table V.
constexpr std::array<int, 5> kPublishedPes{154, 135, 156, 156, 156};
std::vector<Layer> alexnet_convs() {
  return select(read_network(kRoot / "workloads/alexnet"), 4,
                {"CONV1", "CONV2", "CONV3", "CONV4", "CONV5"})
      .layers;
}

TEST(RowStationary, IsLegalOnRandomLayers) {
  std::vector<Machine> all = machines();
  for (const std::size_t i : {0U, 2U}) all.push_back(tightened(all[i]));
  for (std::uint32_t seed = 1; seed <= 320; ++seed) {
    Layer layer = random_layer(seed);
    for (const Machine& machine : all) {
      layer.post.pool.clear();
      if (machine.post.pooling && seed % 4 == 0) layer.post.pool.push_back({});
      const Mapping mapping = row_stationary(layer, machine);
      Witness(layer, machine, mapping).run();
      EXPECT_EQ(check(mapping, layer, machine), "");
      ASSERT_FALSE(testing::Test::HasFailure())
          << "seed " << seed << ", " << machine.name << ": " << paste(layer)
          << (layer.post.pool.empty() ? "" : " with pooling") << "\n"
          << to_string(mapping, layer);
    }
  }
}

TEST(RowStationary, MapsLargeAndOddLayers) {
  const std::vector<Layer> layers{shape("vgg", {1, 3, 512, 512, 28, 28, 3, 3}),
                                  shape("first", {1, 1, 64, 3, 224, 224, 3, 3}),
                                  shape("stem", {1, 2, 64, 3, 112, 112, 7, 7}, 2),
                                  shape("pointwise", {1, 4, 512, 512, 14, 14, 1, 1}),
                                  shape("depthwise", {512, 1, 1, 1, 14, 14, 3, 3}),
                                  shape("fc", {1, 1, 4096, 9216, 1, 1, 1, 1}),
                                  shape("fc planes", {1, 1, 4096, 256, 1, 1, 6, 6}),
                                  shape("fc batch", {1, 128, 1000, 4096, 1, 1, 1, 1}),
                                  shape("gemm", {1, 4096, 1000, 1000, 1, 1, 1, 1}),
                                  shape("patches", {1, 1, 768, 3, 14, 14, 16, 16}, 16),
                                  shape("gaps", {1, 1, 8, 8, 20, 20, 2, 2}, 5),
                                  shape("wide taps", {1, 1, 4, 4, 9, 9, 40, 50}),
                                  shape("dilated", {1, 1, 32, 32, 28, 28, 3, 3}, 1, 4),
                                  shape("one", {1, 1, 1, 1, 1, 1, 1, 1})};
  for (const Machine& machine : machines()) {
    for (const Layer& layer : layers) {
      const Mapping mapping = row_stationary(layer, machine);
      EXPECT_EQ(check(mapping, layer, machine), "") << machine.name << "\n"
                                                    << to_string(mapping, layer);
    }
  }
}

TEST(RowStationary, UsesAsManyPesAsTheChip) {
  const Machine eyeriss = read_machine(kRoot / "arch/eyeriss.yaml");
  const std::vector<Layer> layers = alexnet_convs();
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const Mapping mapping = row_stationary(layers[i], eyeriss);
    EXPECT_GE(active_pes(mapping, layers[i]), kPublishedPes[i]) << to_string(mapping, layers[i]);
  }
}

// A fully connected layer uses a filter word once an image, and on this machine the link brings it
// slower than the bus delivers it: the link must never wait for room, nor bring anything twice.
TEST(RowStationary, KeepsTheLinkBusyWhereItBinds) {
  const Machine eyeriss = read_machine(kRoot / "arch/eyeriss.yaml");
  const Store& store = eyeriss.store_of(Tensor::kFilter);
  const auto room =
      static_cast<std::size_t>(store.banks) * static_cast<std::size_t>(store.bank_words);
  for (const Layer& layer :
       {shape("fc", {1, 1, 512, 256, 1, 1, 1, 1}), shape("fc planes", {1, 2, 128, 16, 1, 1, 6, 6}),
        shape("fc odd", {1, 3, 250, 130, 1, 1, 1, 1})}) {
    const Mapping mapping = row_stationary(layer, eyeriss);
    SCOPED_TRACE(to_string(mapping, layer));
    const auto filters = words_by_step(mapping, layer, Tensor::kFilter, Place::kGlb);
    for (std::size_t i = 1; i < filters.size(); ++i) EXPECT_LE(filters[i - 1] + filters[i], room);
    // Each transfer costs time of its own: they are few, of half the words that fit or more.
    EXPECT_GE(std::accumulate(filters.begin(), filters.end(), std::size_t{0}),
              filters.size() * room / 4);
    const auto ifmaps = words_by_step(mapping, layer, Tensor::kIfmap, Place::kDram);
    EXPECT_EQ(ifmaps.size(), 1U) << "the ifmap fits the GLB as a whole";
  }
}

TEST(RowStationary, PublishedMappingsUseThePublishedPes) {
  const Machine eyeriss = read_machine(kRoot / "arch/eyeriss.yaml");
  const std::vector<Layer> layers = alexnet_convs();
  for (const char* file : {"eyeriss-table3.yaml", "eyeriss-table3-alt.yaml"}) {
    const auto mappings = read_mappings(kRoot / "workloads/alexnet/mappings" / file);
    ASSERT_EQ(mappings.size(), layers.size());
    for (std::size_t i = 0; i < layers.size(); ++i) {
      EXPECT_EQ(mappings[i].layer, layers[i].name);
      EXPECT_EQ(active_pes(mappings[i].mapping, layers[i]), kPublishedPes[i]) << file;
      EXPECT_EQ(check(mappings[i].mapping, layers[i], eyeriss), "") << file;
    }
  }
}

TEST(RowStationary, SplitsLayersOfMoreFiltersThanAConfigurationHas) {
  const Machine eyeriss = read_machine(kRoot / "arch/eyeriss.yaml");
  const Layer layer = shape("fc", {1, 4, 2500, 3000, 1, 1, 1, 1});
  const Mapping mapping = row_stationary(layer, eyeriss);
  EXPECT_EQ(check(mapping, layer, eyeriss), "") << to_string(mapping, layer);
}

TEST(RowStationary, SaysWhatDoesNotFit) {
  Machine tiny = machines()[1];
  tiny.levels.back().stores[0].banks = 1;
  EXPECT_THROW(row_stationary(shape("a", {1, 1, 2, 2, 3, 3, 3, 3}), tiny), InputError);
  tiny = machines()[1];
  tiny.array.psum_route = PsumRoute::kInPlace;
  EXPECT_THROW(row_stationary(shape("a", {1, 1, 2, 2, 3, 3, 3, 3}), tiny), InputError);
}

}  // namespace
}  // namespace orrery
