// Energies of the dataflows at equal storage area against those that were published: Chen, Emer,
// Sze, ISCA 2016, Fig. 10 to 12. docs/isca2016.md has the whole table and says what the differences
// are made of.
#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "dataflows/tiling/tiling.h"
#include "sim/choose/choose.h"
#include "sim/fast/engine.h"
#include "workloads/network/widths.h"

namespace orrery {
namespace {

const std::filesystem::path kRoot = ORRERY_SOURCE_DIR;
constexpr int kPes = 256, kBatch = 16;

// Energy of a MAC, layer by layer; the last of all five.
std::vector<double> energies(const std::string& dataflow) {
  const Network whole = read_network(kRoot / "workloads/alexnet");
  const Network convs = select(whole, kBatch, {"CONV1", "CONV2", "CONV3", "CONV4", "CONV5"});
  const EnergyTable table = read_energy_table(kRoot / "arch/energy/isca2016.yaml");
  const ArrayNeeds needs = array_needs(dataflow, whole.layers);
  const Machine machine =
      equal_area_machine(read_machine(kRoot / "arch/eyeriss.yaml"), needs, kPes);
  std::vector<double> all;
  double energy = 0, macs = 0;
  for (const Layer& layer : at_widths(convs, machine.widths()).layers) {
    const ChosenMapping choice =
        choose(dataflow, layer, machine, Shape::kAny, needs.rf_words, table, Objective::kEnergy);
    EXPECT_EQ(choice.why, "");
    const LayerResult result = run_layer_fast(choice.machine, layer, choice.mapping);
    const double of_layer = price(result.counts, result.cycles, table, choice.machine).total();
    all.push_back(of_layer / static_cast<double>(result.macs));
    energy += of_layer;
    macs += static_cast<double>(result.macs);
  }
  all.push_back(energy / macs);
  return all;
}

// Fig. 10, per layer; Fig. 12.
TEST(Isca2016, RowStationaryTakesThePublishedEnergyInEachLayer) {
  const std::vector<double> ours = energies("rs");
  const double published[] = {6.43, 5.81, 5.99, 6.09, 6.10, 6.02};
  for (std::size_t i = 0; i < ours.size(); ++i)
    EXPECT_NEAR(ours[i], published[i], 0.06 * published[i]) << "layer " << i + 1;
}

// Fig. 12; every column of it is in docs/isca2016.md.
TEST(Isca2016, EachDataflowTakesThePublishedEnergyAndTheirOrderIsThePublishedOne) {
  const std::vector<std::pair<const char*, double>> published{
      {"rs", 6.02}, {"os_a", 8.53}, {"os_b", 8.71}, {"os_c", 10.52}, {"ws", 11.57}, {"nlr", 12.98}};
  double before = 0;
  for (const auto& [dataflow, energy] : published) {
    const double ours = energies(dataflow).back();
    EXPECT_NEAR(ours, energy, 0.1 * energy) << dataflow;
    EXPECT_GT(ours, before) << dataflow;
    before = ours;
  }
}

}  // namespace
}  // namespace orrery
