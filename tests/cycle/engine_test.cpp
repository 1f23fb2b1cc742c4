// What a run does, layer kind by layer kind and fault by fault.
#include "sim/cycle/engine.h"

#include <gtest/gtest.h>

#include "dataflows/pass/nest.h"
#include "dataflows/row_stationary.h"
#include "tests/cycle/small_layers.h"
#include "workloads/golden/golden.h"
#include "workloads/tensor/operands.h"

namespace orrery::test {
namespace {

LayerResult run(const Machine& m, const Layer& layer, const Mapping& mapping,
                const RunOptions& options = {}) {
  return run_layer(m, layer, mapping, synthetic_operands(layer, 1, m.numbers.psum_bits), options);
}

TEST(Engine, ShowsALostWordInTheOfmap) {
  const Machine m = machine_named("tutorial_4x4");
  const Layer layer = conv({1, 1, 2, 4, 1, 3, 1, 2});
  // Two passes, so that psums come back to the PE.
  const Mapping mapping = in_one_pe({{Dim::kC, 2, Place::kGlb}});
  ASSERT_EQ(run(m, layer, mapping).check, Check::kEqual);
  for (const Tensor t : kAllTensors) {
    RunOptions options;
    options.lost = {.tensor = t, .packet = 1, .pe = 0};
    const LayerResult r = run(m, layer, mapping, options);
    EXPECT_EQ(r.check, Check::kDiffers) << name(t);
    EXPECT_TRUE(r.difference.starts_with("ofmap[")) << name(t) << ": " << r.difference;
  }
}

TEST(Engine, DoesNotNoticeAWordThatIsNotLost) {
  const Machine m = machine_named("tutorial_4x4");
  const Layer layer = conv({1, 1, 2, 4, 1, 3, 1, 2});
  RunOptions options;
  options.lost = {.tensor = Tensor::kIfmap, .packet = 1 << 20, .pe = 0};
  EXPECT_EQ(run(m, layer, in_one_pe(), options).check, Check::kEqual);
}

// With a word lost on its way the machine's ofmap is not the golden one.
TEST(Engine, HandsOutTheOfmapThatTheMachineMade) {
  const Machine m = machine_named("tutorial_4x4");
  const Layer layer = conv({1, 1, 2, 4, 1, 3, 1, 2});
  const Operands in = synthetic_operands(layer, 1, m.numbers.psum_bits);
  OperandTensor ofmap;
  RunOptions options;
  options.ofmap = &ofmap;
  const LayerResult whole = run(m, layer, in_one_pe(), options);
  EXPECT_EQ(ofmap, golden_ofmap(layer, in, m.arithmetic(layer), plain_reduction()));
  EXPECT_EQ(sha256(ofmap), whole.ofmap_sha256);
  options.lost = {.tensor = Tensor::kFilter, .packet = 1, .pe = 0};
  const LayerResult lacking = run(m, layer, in_one_pe(), options);
  EXPECT_EQ(sha256(ofmap), lacking.ofmap_sha256);
  EXPECT_NE(lacking.ofmap_sha256, whole.ofmap_sha256);
}

// One layer of each kind.
std::vector<Layer> kinds() {
  std::vector<Layer> all{conv({1, 1, 5, 3, 4, 5, 3, 2}),  conv({1, 3, 4, 2, 3, 3, 2, 2}),
                         conv({3, 1, 2, 3, 4, 4, 2, 3}),  conv({6, 2, 1, 1, 4, 4, 3, 3}),
                         conv({1, 4, 9, 11, 1, 1, 1, 1}), conv({1, 1, 7, 5, 1, 6, 1, 1}),
                         conv({1, 1, 8, 6, 4, 3, 1, 1})};
  const std::array<std::string, 7> names{"convolution", "batch", "groups",   "depthwise",
                                         "fc",          "gemm",  "pointwise"};
  for (std::size_t i = 0; i < all.size(); ++i) all[i].name = names[i];
  all[4].kind = LayerKind::kFc;
  all[5].kind = LayerKind::kGemm;
  return all;
}

TEST(Engine, PlaysEveryKindOfLayerOnEveryMachine) {
  for (const char* machine : {"tutorial_2x2", "tutorial_4x4", "eyeriss"}) {
    const Machine m = machine_named(machine);
    for (const Layer& layer : kinds()) {
      const LayerResult r = run(m, layer, row_stationary(layer, m));
      EXPECT_EQ(r.check, Check::kEqual) << machine << " " << layer.name << ": " << r.difference;
      EXPECT_EQ(r.macs, static_cast<std::uint64_t>(layer.macs())) << machine << " " << layer.name;
    }
  }
}

// 2 channels of 1 x 2 words of 100; filters 200, 100 and 100, -100; products of 16 bits.
TEST(Engine, SaturatesInTheOrderOfTheReductionTree) {
  const Machine m = machine_named("tutorial_2x2");
  Layer layer = conv({1, 1, 1, 2, 1, 1, 1, 2});
  layer.operand_bits = 16;
  layer.post.requant_shift = 0;
  const Operands in{
      {{1, 2, 1, 2}, {100, 100, 100, 100}}, {{1, 2, 1, 2}, {200, 100, 100, -100}}, {{0}, {}}};
  const Mapping mapping{.dataflow = "chain",
                        .nest = {{Dim::kC, 1, Place::kRows}, {Dim::kS, 1, Place::kPe}},
                        .keep = {}};
  const LayerResult r = run_layer(m, layer, mapping, in);
  // In one PE, in order: 20000 + 10000, + 10000 saturates at 32767, - 10000.
  const Arithmetic arithmetic = m.arithmetic(layer);
  EXPECT_EQ(golden_psums(layer, in, arithmetic, plain_reduction()).data[0], 22767);
  // A PE a channel: (10000 - 10000) + (20000 + 10000).
  const ReductionTree tree = reduction_tree(mapping, layer, m);
  EXPECT_EQ(golden_psums(layer, in, arithmetic, tree).data[0], 30000);
  EXPECT_EQ(r.ofmap_sha256, sha256(OperandTensor{{1, 1, 1, 1}, {30000}}));
  EXPECT_EQ(r.check, Check::kEqual);
  EXPECT_EQ(r.reduction, tree.to_string());
}

struct PostCase {
  std::int16_t ifmap, filter;
  std::int32_t bias;
  int requant_shift;
  bool relu;
  std::int16_t ofmap;
};

TEST(Engine, FinishesAPsumWithBiasShiftAndRelu) {
  const std::vector<PostCase> cases{
      {3, 5, 10, 0, false, 25},       {3, 5, 10, 2, false, 6},       // 25/4 = 6.25
      {3, 5, 11, 2, false, 7},                                       // 26/4 = 6.5
      {-3, 5, 1, 2, false, -3},                                      // -14/4 = -3.5, half up
      {-3, 5, 1, 2, true, 0},         {100, 100, 0, 0, false, 127},  // 8-bit operands saturate
      {-100, 100, 0, 0, false, -128}, {100, 100, 0, 8, false, 39},   // 39.06
  };
  const Machine m = machine_named("tutorial_4x4");
  for (const PostCase& c : cases) {
    Layer layer = conv({1, 1, 1, 1, 1, 1, 1, 1});
    layer.post.bias = true;
    layer.post.requant_shift = c.requant_shift;
    layer.post.relu = c.relu;
    const Operands in{{{1, 1, 1, 1}, {c.ifmap}}, {{1, 1, 1, 1}, {c.filter}}, {{1}, {c.bias}}};
    const LayerResult r = run_layer(m, layer, in_one_pe(), in);
    EXPECT_EQ(r.ofmap_sha256, sha256(OperandTensor{{1, 1, 1, 1}, {c.ofmap}})) << c.ofmap;
    EXPECT_EQ(r.check, Check::kEqual) << r.difference;
  }
}

TEST(Engine, PoolsFinishedPlanes) {
  const Machine m = machine_named("tutorial_4x4");
  for (const PoolKind kind : {PoolKind::kMax, PoolKind::kAverage}) {
    Layer layer = conv({1, 2, 3, 2, 5, 6, 2, 2});
    layer.post.pool = {{kind, 3, 2, 1}};
    const LayerResult r = run(m, layer, row_stationary(layer, m));
    EXPECT_EQ(r.check, Check::kEqual) << r.difference;
    // (5 + 2 - 3)/2 + 1 = 3 rows, (6 + 2 - 3)/2 + 1 = 3 columns of 2 images and 3 channels.
    EXPECT_EQ(r.counts[Action::dram_ofmap_write], 2u * 3u * 3u * 3u);
  }
}

TEST(Engine, PlaysPoolingLayersWithoutTheArray) {
  using enum Action;
  const Machine m = machine_named("tutorial_4x4");
  for (const PoolKind kind : {PoolKind::kMax, PoolKind::kAverage}) {
    Layer layer;
    layer.name = "pool";
    layer.kind = LayerKind::kPool;
    layer.bounds = {5, 2, 1, 1, 4, 3, 2, 2};
    layer.ifmap_rows = 8, layer.ifmap_cols = 6;
    layer.operand_bits = 8;
    layer.pool = {kind, 2, 2, 0};
    const LayerResult r = run(m, layer, {});
    EXPECT_EQ(r.check, Check::kEqual) << r.difference;
    EXPECT_EQ(r.macs, 0u);
    EXPECT_EQ(r.passes, 0u);
    const std::uint64_t words = 480;  // 2 images, 5 channels, 8 x 6
    for (const Action a : {dram_ifmap_read, glb_ifmap_dma_write, glb_ifmap_dma_read})
      EXPECT_EQ(r.counts[a], words);
    EXPECT_EQ(r.counts[dram_ofmap_write], words / 4);
    EXPECT_EQ(r.counts[post_ofmap_word], words / 4);
  }
}

std::string refusal(const Machine& m, const Layer& layer, const Mapping& mapping) {
  RunOptions options;
  options.progress = [](const Progress&) { ADD_FAILURE() << "something ran"; };
  try {
    run(m, layer, mapping, options);
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

TEST(Engine, RefusesWhatDoesNotFitBeforeAnythingRuns) {
  Machine m = machine_named("tutorial_4x4");
  const Layer layer = conv({1, 1, 5, 3, 4, 5, 3, 2});
  // A PE of tutorial_4x4 holds 64 filter words; all of the layer's are 5*3*3*2 = 90.
  EXPECT_EQ(refusal(m, layer, in_one_pe()),
            "layer conv: the filter spad must hold 90 words; it has 64");
  m.dram.megabytes = 1;
  // 1024 images of 2 x 512 words, and as many ofmap words and psums of two words: 8 MB.
  const Layer large = conv({1, 1024, 1, 2, 1, 512, 1, 1});
  const Mapping streaming = in_one_pe({{Dim::kN, 1, Place::kDram}, {Dim::kQ, 8, Place::kDram}});
  EXPECT_NE(refusal(m, large, streaming).find("of DRAM; machine tutorial_4x4 has 1 MB"),
            std::string::npos);
}

TEST(Engine, GivesTheSameForALayerWhateverRanBefore) {
  const Machine small = machine_named("tutorial_2x2"), other = machine_named("tutorial_4x4");
  const Layer layer = conv({1, 2, 3, 4, 3, 4, 2, 2});
  const LayerResult first = run(small, layer, row_stationary(layer, small));
  const Layer between = conv({2, 1, 5, 3, 6, 5, 3, 3});
  EXPECT_EQ(run(other, between, row_stationary(between, other)).check, Check::kEqual);
  const LayerResult again = run(small, layer, row_stationary(layer, small));
  EXPECT_EQ(again.cycles, first.cycles);
  EXPECT_EQ(again.stalls, first.stalls);
  EXPECT_EQ(again.pe_cycles, first.pe_cycles);
  EXPECT_EQ(again.counts, first.counts);
  EXPECT_EQ(again.ofmap_sha256, first.ofmap_sha256);
}

}  // namespace
}  // namespace orrery::test
