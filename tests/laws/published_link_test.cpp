// What passes the link of the Eyeriss chip: AlexNet, batch of 4. The figures stand in
// workloads/alexnet/published/eyeriss-jssc-table5-rlc.yaml.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "reports/beside.h"
#include "sim/fast/engine.h"
#include "sim/machine/tile_code.h"
#include "workloads/golden/golden.h"
#include "workloads/network/widths.h"
#include "workloads/tensor/operands.h"

namespace orrery {
namespace {

const std::filesystem::path kRoot = ORRERY_SOURCE_DIR;
constexpr int kBatch = 4;

LayerResult play(const Machine& machine, const Layer& layer, const Mapping& mapping) {
  const Operands in = synthetic_operands(layer, 1, machine.numbers.psum_bits);
  const OperandTensor ofmap = golden_ofmap(layer, in, machine.arithmetic(layer), plain_reduction());
  const LinkValues values = link_values(layer, machine, in, ofmap);
  FastOptions options;
  options.values = &values;
  return run_layer_fast(machine, layer, mapping, options);
}

TEST(PublishedLink, OfEyerissMovesTheMegabytesOfConv3AndConv4) {
  Machine machine = read_machine(kRoot / "arch/eyeriss.yaml");
  machine.dma.compression = Compression::kRlc;
  const Network network =
      at_widths(select(read_network(kRoot / "workloads/alexnet"), kBatch, {"CONV3", "CONV4"}),
                machine.widths());
  const auto mappings = read_mappings(kRoot / "workloads/alexnet/mappings/eyeriss-table3.yaml");
  NetworkResult result;
  result.batch = kBatch;
  result.word_bits = machine.numbers.word_bits;
  for (const Layer& layer : network.layers) {
    const auto own = std::ranges::find(mappings, layer.name, &NamedMapping::layer);
    ASSERT_NE(own, mappings.end());
    result.layers.push_back(play(machine, layer, own->mapping));
  }
  const Published published =
      read_published(kRoot / "workloads/alexnet/published/eyeriss-jssc-table5-rlc.yaml",
                     select(read_network(kRoot / "workloads/alexnet"), kBatch, {}), kBatch);
  int windows = 0;
  for (const Beside& row : beside(result, published)) {
    if (!row.value.has_window()) continue;
    EXPECT_TRUE(row.inside()) << row.value.layer << ": " << row.ours << " MB";
    ++windows;
  }
  EXPECT_EQ(windows, 2);
}

}  // namespace
}  // namespace orrery
