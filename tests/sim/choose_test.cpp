// The choice of mappings: what candidates are judged by, against the engine; and what is chosen.
#include "sim/choose/choose.h"

#include <gtest/gtest.h>

#include "dataflows/all.h"
#include "dataflows/tiling/tiling.h"
#include "sim/fast/engine.h"
#include "workloads/input/input_error.h"
#include "workloads/network/widths.h"

namespace orrery {
namespace {

const std::filesystem::path kRoot = ORRERY_SOURCE_DIR;
constexpr std::array kTaxonomy{"rs", "ws", "os_a", "os_b", "os_c", "nlr"};

Layer layer(std::array<int, kDims> bounds, int stride) {
  Layer l;
  l.name = "layer";
  l.bounds = bounds;
  l.stride_rows = l.stride_cols = stride;
  l.ifmap_rows = (l.bound(Dim::kP) - 1) * stride + l.bound(Dim::kR);
  l.ifmap_cols = (l.bound(Dim::kQ) - 1) * stride + l.bound(Dim::kS);
  return l;
}

// G N M C P Q R S. Ragged ones, strides, groups, a fully connected one.
const std::vector<Layer> kLayers{
    layer({1, 1, 8, 4, 8, 8, 3, 3}, 1), layer({1, 2, 10, 5, 7, 7, 3, 3}, 1),
    layer({1, 3, 12, 3, 9, 9, 5, 5}, 2), layer({2, 1, 6, 7, 6, 6, 3, 3}, 1),
    layer({1, 4, 30, 50, 1, 1, 1, 1}, 1)};

Machine eyeriss() { return read_machine(kRoot / "arch/eyeriss.yaml"); }
EnergyTable table(const char* name) {
  return read_energy_table(kRoot / "arch/energy" / (std::string(name) + ".yaml"));
}

struct Chosen {
  std::string dataflow;
  Layer layer;
  ChosenMapping choice;
};

std::vector<Chosen> chosen(Objective objective) {
  std::vector<Chosen> all;
  for (const char* dataflow : kTaxonomy) {
    const ArrayNeeds needs = array_needs(dataflow, kLayers);
    const Machine machine = equal_area_machine(eyeriss(), needs, 64);
    for (const Layer& l : kLayers) {
      all.push_back({dataflow, l,
                     choose(dataflow, l, machine, Shape::kAny, needs.rf_words, table("isca2016"),
                            objective)});
    }
  }
  return all;
}

// The energies are the engine's; hops and deliveries cost the same and are estimated together.
TEST(Choose, JudgesByTheCountsOfTheEngine) {
  for (const auto& [dataflow, l, choice] : chosen(Objective::kEnergy)) {
    ASSERT_TRUE(choice.fits()) << dataflow << ": " << choice.why;
    const LayerResult result = run_layer_fast(choice.machine, l, choice.mapping);
    for (std::size_t i = 0; i < kActions.size(); ++i) {
      const std::string_view of = kActions[i].structure;
      if (of != "dram" && of != "glb" && of != "mac" && of != "adder") continue;
      EXPECT_EQ(choice.estimate.counts.value[i], result.counts.value[i])
          << dataflow << " " << action_names()[i] << "\n"
          << to_string(choice.mapping, l);
    }
  }
}

TEST(Choose, UsesNoMorePesAndWordsThanThereAre) {
  for (const auto& [dataflow, l, choice] : chosen(Objective::kEdp)) {
    ASSERT_TRUE(choice.fits()) << dataflow << ": " << choice.why;
    EXPECT_LE(choice.machine.pes(), 64) << dataflow;
    const ArrayNeeds needs = array_needs(dataflow, kLayers);
    if (needs.rf_words < 2) continue;
    const Pe& pe = choice.machine.pe;
    const int operands = dataflow == "rs" ? pe.ifmap_spad_words + pe.filter_spad_words : 0;
    EXPECT_LE(operands + pe.psum_spad_words, needs.rf_words) << dataflow;
  }
}

TEST(Choose, IsNeverWorseThanTheDataflowsOwnMappingOnAMachineAsItStands) {
  const Machine machine = eyeriss();
  const EnergyTable prices = table("eyeriss65");
  for (const char* dataflow : kTaxonomy) {
    const Layer& l = kLayers[1];
    const ChosenMapping choice =
        choose(dataflow, l, machine, Shape::kFixed, 0, prices, Objective::kEnergy);
    const Estimate own = estimate(find_dataflow(dataflow)->map(l, machine), l, machine);
    EXPECT_LE(price(choice.estimate.counts, choice.estimate.cycles, prices, machine).total(),
              price(own.counts, own.cycles, prices, machine).total())
        << dataflow;
  }
}

// Each weight is used for all images before the next: their psums must fit the buffer.
TEST(Choose, RefusesWeightStationaryWhosePsumsDoNotFitWithTheSentenceOfCheck) {
  const std::vector<Layer> layers{layer({1, 64, 4, 1, 30, 30, 3, 3}, 1)};
  const ArrayNeeds needs = array_needs("ws", layers);
  const ChosenMapping choice =
      choose("ws", layers[0], equal_area_machine(eyeriss(), needs, 16), Shape::kAny, needs.rf_words,
             table("isca2016"), Objective::kEnergy);
  EXPECT_FALSE(choice.fits());
  EXPECT_NE(choice.why.find("the psum tile of "), std::string::npos) << choice.why;
}

// Its ifmap cannot leave the buffer before the next filters come.
TEST(Choose, MapsLayersOfASinglePixelByEveryDataflow) {
  const std::vector<Layer> layers{layer({1, 1, 4096, 4096, 1, 1, 1, 1}, 1)};
  for (const char* dataflow : kTaxonomy) {
    const ArrayNeeds needs = array_needs(dataflow, layers);
    const ChosenMapping choice =
        choose(dataflow, layers[0], equal_area_machine(eyeriss(), needs, 64), Shape::kAny,
               needs.rf_words, table("isca2016"), Objective::kEnergy);
    ASSERT_TRUE(choice.fits()) << dataflow << ": " << choice.why;
    EXPECT_EQ(run_layer_fast(choice.machine, layers[0], choice.mapping).macs, 4096 * 4096);
  }
}

TEST(Choose, KnowsNoEqualAreaOfADataflowWithoutARule) {
  EXPECT_THROW(array_needs("stripe", kLayers), InputError);
}

}  // namespace
}  // namespace orrery
