// Why a mapping does not fit a layer or a machine: the sentences of check().
#include <gtest/gtest.h>

#include "dataflows/mapping/mapping.h"
#include "tests/dataflows/shapes.h"

namespace orrery {
namespace {

using enum Dim;
using enum Place;
using test::shape;

Machine machine_named(const std::string& name) {
  return read_machine(std::string(ORRERY_SOURCE_DIR) + "/arch/" + name + ".yaml");
}

Mapping nest(std::vector<Loop> loops) {
  return {.dataflow = "misfit", .nest = std::move(loops), .keep = {}};
}

// A nest, and what check() says of it for the same layer and machine.
struct Misfit {
  std::vector<Loop> loops;
  std::string sentence;
};

void expect_misfits(const std::vector<Misfit>& misfits, const Layer& layer, const Machine& m) {
  for (const Misfit& misfit : misfits)
    EXPECT_EQ(check(nest(misfit.loops), layer, m), misfit.sentence);
}

TEST(Misfit, OfALoopIsItsStepOrItsPlace) {
  const Layer layer = shape("fc", {1, 1, 4, 6, 1, 1, 1, 1});
  expect_misfits(
      {{{{kM, 1, kPe}, {kC, 1, kPe}}, ""},
       {{{kM, 0, kGlb}, {kM, 1, kPe}, {kC, 1, kPe}}, "the step of M is 0; it must be at least 1"},
       {{{kM, 1, kPe}, {kC, -2, kPe}}, "the step of C is -2; it must be at least 1"},
       {{{kM, 1, kRows}, {kC, 2, kGlb}, {kC, 1, kPe}},
        "a glb loop follows a rows loop; places go dram, glb, rows and cols, pe"},
       {{{kM, 1, kPe}, {kC, 1, kDram}},
        "a dram loop follows a pe loop; places go dram, glb, rows and cols, pe"},
       {{{kM, 1, kPe}, {kC, 2, kPe}}, "PE loop C has step 2; inside a PE loops step by 1"},
       {{{kM, 1, kPe}, {kC, 1, kPe}, {kM, 1, kPe}}, "PE loop M is named twice"},
       {{{kM, 1, kPe}, {kC, 3, kGlb}},
        "a glb loop follows a pe loop; places go dram, glb, rows "
        "and cols, pe"},
       {{{kC, 3, kGlb}, {kM, 1, kPe}},
        "C is covered in blocks of 3 only; a loop with step 1 is missing"}},
      layer, machine_named("tutorial_4x4"));
}

// The store `fmap` of tutorial_2x2 has 8 banks of 256 words, `filter` 4.
TEST(Misfit, OfATileIsTheRoomOfItsStore) {
  const Layer layer = shape("conv", {1, 1, 1, 16, 12, 12, 1, 1});
  const Mapping whole = nest({{kC, 1, kPe}, {kP, 1, kPe}, {kQ, 1, kPe}});
  Machine m = machine_named("tutorial_2x2");
  m.pe.psum_spad_words = m.pe.ifmap_spad_words = 4096;
  EXPECT_EQ(check(whole, layer, m),
            "the ifmap tile of 2304 words needs 9 banks of 256; store fmap has 8");
  m.dma.overlap = {"ifmap"};
  EXPECT_EQ(check(whole, layer, m),
            "the ifmap tile of 2 x 2304 words needs 18 banks of 256; store fmap has 8");
}

TEST(Misfit, OfAWholeTileIsItsSizeAndTheRoomOfItsStore) {
  const Layer layer = shape("fc", {1, 1, 4, 5, 1, 1, 1, 1});
  const Mapping mapping = nest({{kC, 1, kPe}, {kM, 1, kPe}});
  Machine m = machine_named("tutorial_2x2");
  Store& filters = m.levels[0].stores[1];
  filters.tile_words = 20;
  EXPECT_EQ(check(mapping, layer, m), "");
  filters.tile_words = 19;
  EXPECT_EQ(check(mapping, layer, m),
            "the filter tile has 20 words; a tile of store filter has 19");
  filters.tile_words = 1025;
  EXPECT_EQ(check(mapping, layer, m),
            "the filter tile of 1025 words needs 5 banks of 256; store filter has 4");
}

TEST(Misfit, OfAQueueIsATensorToKeep) {
  EXPECT_EQ(
      check(nest({{kC, 1, kPe}}), shape("fc", {1, 1, 1, 5, 1, 1, 1, 1}), machine_named("eyeriss")),
      "store filter only streams the filters of the next pass; keep cannot name filter");
}

TEST(Misfit, OfAPooledPlaneIsATileThatCutsIt) {
  Layer layer = shape("conv", {1, 1, 1, 1, 6, 4, 1, 1});
  layer.post.pool.push_back({});
  expect_misfits({{{{kP, 3, kDram}, {kP, 1, kPe}, {kQ, 1, kPe}},
                   "pooling needs whole planes in the GLB; the psum tile covers 3 of 6 along P"},
                  {{{kQ, 2, kDram}, {kP, 1, kPe}, {kQ, 1, kPe}},
                   "pooling needs whole planes in the GLB; the psum tile covers 2 of 4 along Q"},
                  {{{kQ, 2, kGlb}, {kP, 1, kPe}, {kQ, 1, kPe}}, ""}},
                 layer, machine_named("tutorial_4x4"));
}

TEST(Misfit, OfASystolicArrayIsAnAxisOnWhichWordsDiffer) {
  const Layer layer = shape("conv", {1, 1, 4, 4, 2, 2, 1, 1});
  const auto with = [](Dim d, Place place, Dim in_pe) {
    return std::vector<Loop>{{kM, 1, kDram}, {kC, 1, kGlb}, {d, 1, place}, {in_pe, 1, kPe}};
  };
  Machine m = machine_named("tutorial_systolic_4x4");
  m.levels[0].stores[1].tile_words = 0;
  const std::string on_columns =
      " lies across columns; ifmaps of a systolic array move along them, so columns share their "
      "ifmaps";
  expect_misfits({{{{kM, 4, kGlb}, {kC, 1, kRows}, {kM, 1, kCols}, {kP, 1, kPe}, {kQ, 1, kPe}},
                   "store filter only streams the filters of the next pass; keep cannot name "
                   "filter"},
                  {with(kP, kCols, kQ), "P" + on_columns},
                  {with(kQ, kCols, kP), "Q" + on_columns}},
                 layer, m);
  m.array.psum_route = PsumRoute::kInPlace;
  expect_misfits({{{{kC, 1, kGlb}, {kM, 1, kRows}, {kP, 1, kPe}, {kQ, 1, kPe}},
                   "M lies across rows; filters of a systolic array move along them, so rows share "
                   "their filters"}},
                 layer, m);
}

// 2^22 steps are played, and no more.
TEST(Misfit, OfAPassInLockStepIsItsLength) {
  const Machine m = machine_named("tutorial_tree_2x2");
  EXPECT_EQ(
      check(nest({{kN, 1, kPe}, {kP, 1, kPe}}), shape("long", {1, 1025, 1, 1, 4096, 1, 1, 1}), m),
      "a pass takes 4198400 steps; at most 4194304 are played in lock step");
}

Layer pooling_layer(PoolKind kind) {
  Layer layer = shape("pool", {4, 1, 1, 1, 3, 3, 2, 2}, 2);
  layer.kind = LayerKind::kPool;
  layer.pool = {kind, 2, 2, 0};
  layer.post.bias = false;
  return layer;
}

TEST(Misfit, OfPoolingOnTheArrayIsAWindowThatDoesNotTurnInAPe) {
  const std::vector<Loop> whole{
      {kG, 1, kDram}, {kP, 1, kRows}, {kQ, 1, kCols}, {kR, 1, kPe}, {kS, 1, kPe}};
  std::vector<Loop> split = whole;
  split.insert(split.begin() + 1, {kS, 1, kGlb});
  Machine m = machine_named("tutorial_in_place_3x3");
  Layer layer = pooling_layer(PoolKind::kMax);
  expect_misfits({{whole, ""}, {split, "a pooling window turns whole inside a PE; S is split"}},
                 layer, m);
  Mapping leaves = nest(whole);
  leaves.keep.pe[index(Tensor::kPsum)] = false;
  EXPECT_EQ(check(leaves, layer, m),
            "a pooling window turns inside a PE, which must keep its psum");
  layer.pool.pad = 1;
  EXPECT_EQ(check(nest(whole), layer, m),
            "PEs pool planes without padding; this one is padded by 1");
  m.pe.pools = false;
  EXPECT_EQ(check(nest(whole), layer, m),
            "a pooling layer has no mapping here: the PEs of this machine do not pool");
}

// Four words of 16 bits add up to 18 bits.
TEST(Misfit, OfAnAverageOnTheArrayIsASumThatIsTooWide) {
  const std::vector<Loop> whole{
      {kG, 1, kDram}, {kP, 1, kRows}, {kQ, 1, kCols}, {kR, 1, kPe}, {kS, 1, kPe}};
  const Machine m = machine_named("tutorial_in_place_3x3");
  Layer layer = pooling_layer(PoolKind::kAverage);
  EXPECT_EQ(check(nest(whole), layer, m), "");
  layer.operand_bits = 16;
  EXPECT_EQ(check(nest(whole), layer, m),
            "the sum of 4 words of 16 bits may need 18 bits; psums have 16");
  layer.pool.kind = PoolKind::kMax;
  EXPECT_EQ(check(nest(whole), layer, m), "");
}

}  // namespace
}  // namespace orrery
