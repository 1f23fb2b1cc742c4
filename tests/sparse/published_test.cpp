// Machines with lanes against what was published of them.
//
// Sources:
//   [EIE] Han et al.: EIE. ISCA 2016: densities and microseconds at 64 PEs, Table III and IV; idle
//         cycles by queue depth, Fig. 8.
//   [CNV] Albericio et al.: Cnvlutin. ISCA 2016: 1.24 to 1.55 times its dense base, 37 to 50 % of
//         zeros, mean 44 %; as recalled with fair certainty.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "sim/sparse/lane_clock.h"
#include "sim/sparse/run.h"
#include "workloads/input/override.h"
#include "workloads/network/widths.h"
#include "workloads/sparse/prune.h"
#include "workloads/tensor/operands.h"

namespace orrery {
namespace {

const std::filesystem::path kRoot = ORRERY_SOURCE_DIR;

Machine machine_of(const std::string& name, const std::vector<std::string>& set = {}) {
  Node file = parse_yaml(kRoot / "arch" / (name + ".yaml"));
  override_values(file, set);
  return read_machine(file);
}

// A layer of AlexNet at EIE's activation density, its filters pruned to Deep Compression's share.
LaneResult pruned_layer(const Machine& machine, const std::string& name, std::uint64_t seed) {
  const Network network = read_network(kRoot / "workloads/alexnet");
  const Pruning pruning =
      read_pruning(kRoot / "workloads/alexnet/pruning/deep-compression.yaml", network);
  const Layer layer = at_widths(select(network, 1, {name}), machine.widths()).layers.front();
  Operands in = synthetic_operands(layer, seed, machine.numbers.psum_bits);
  prune(in.filter, *pruning.find(name), layer);
  share_filter_values(machine, layer, in.filter);
  return run_lanes(machine, layer, in, play_lanes_fast, Check::kEqual);
}

struct Published {
  const char* layer;
  double theoretical, actual, tolerance;
};
const Published kEie[] = {
    {"FC6", 28.1, 30.3, 0.1}, {"FC7", 11.7, 12.2, 0.1}, {"FC8", 8.9, 9.9, 0.2}};

TEST(PublishedLanes, OfEieTakeTheMicrosecondsOfTheirTables) {
  const Machine eie = machine_of("eie");
  for (const auto& [layer, theoretical, actual, tolerance] : kEie) {
    const LaneResult r = pruned_layer(eie, layer, 1);
    EXPECT_EQ(r.check, Check::kEqual) << r.difference;
    EXPECT_NEAR(r.microseconds(), actual, tolerance * actual) << layer;
    EXPECT_NEAR(r.balanced_microseconds(), theoretical, tolerance * theoretical) << layer;
  }
}

// [EIE] Fig. 8: about half the cycles idle at depth 1; hardly any gain beyond 8. FC8, with 16 rows
// of the matrix a PE where the others have 64, idles longer.
TEST(PublishedLanes, OfEieIdleLessTheDeeperTheirQueuesUntilEight) {
  for (const auto& row : kEie) {
    std::vector<double> balance;
    for (const int depth : {1, 2, 4, 8, 16, 32}) {
      const Machine eie = machine_of("eie", {fmt::format("lanes.queue_items={}", depth)});
      balance.push_back(pruned_layer(eie, row.layer, 1).balance());
    }
    EXPECT_TRUE(std::ranges::is_sorted(balance)) << row.layer;
    EXPECT_LT(balance[0], 0.6) << row.layer;
    const double least = row.layer == std::string("FC8") ? 0 : 0.4;
    EXPECT_GT(balance[0], least) << row.layer;
    EXPECT_GT(balance[3], 0.85) << row.layer;
    EXPECT_LT(balance[5] - balance[3], 0.06) << row.layer;
  }
}

// VGG-19 without its poolings (Simonyan, Zisserman, ICLR 2015): filters, channels, rows.
const int kVgg19[][3] = {{64, 3, 224},   {64, 64, 224},  {128, 64, 112}, {128, 128, 112},
                         {256, 128, 56}, {256, 256, 56}, {256, 256, 56}, {256, 256, 56},
                         {512, 256, 28}, {512, 512, 28}, {512, 512, 28}, {512, 512, 28},
                         {512, 512, 14}, {512, 512, 14}, {512, 512, 14}, {512, 512, 14}};

Layer vgg_layer(const int (&shape)[3], double zeros) {
  const auto& [filters, channels, rows] = shape;
  Layer layer;
  layer.name = fmt::format("VGG_{}_{}_{}", filters, channels, rows);
  layer.bounds = {1, 1, filters, channels, rows, rows, 3, 3};
  layer.ifmap_rows = layer.ifmap_cols = rows;
  layer.pad_top = layer.pad_bottom = layer.pad_left = layer.pad_right = 1;
  layer.ifmap_zeros = zeros;
  layer.input = channels == 3 ? "" : "BEFORE";
  return layer;
}

// Over its dense base, by times alone.
double vgg_speedup(const Machine& machine, double zeros) {
  const LanePlayer times = [](const LaneRules& rules, LaneWork& work) {
    return play_lanes(rules, work, LaneValues::kOff);
  };
  double dense = 0, sparse = 0;
  for (const auto& shape : kVgg19) {
    Layer layer = vgg_layer(shape, zeros);
    settle_widths(layer, machine.widths());
    const Operands in = synthetic_operands(layer, 1, machine.numbers.psum_bits);
    const LaneResult r = run_lanes(machine, layer, in, times, Check::kOff);
    dense += static_cast<double>(r.dense_cycles);
    sparse += static_cast<double>(r.times.cycles);
  }
  return dense / sparse;
}

// [CNV]: the least and the most gain, beside the least and the most zeros, and both means. Zeros
// layer by layer are not at hand, so all layers have the same share, padding included; hence a
// tenth.
TEST(PublishedLanes, OfCnvlutinGainWhatItsZerosGive) {
  const Machine cnvlutin = machine_of("cnvlutin");
  const std::pair<double, double> gains[] = {{0.37, 1.24}, {0.44, 1.37}, {0.5, 1.55}};
  for (const auto& [zeros, published] : gains)
    EXPECT_NEAR(vgg_speedup(cnvlutin, zeros), published, 0.1 * published) << zeros;
}

}  // namespace
}  // namespace orrery
