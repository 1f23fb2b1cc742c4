// What the engines count is among what a machine is said to perform, and has a price.
#include <gtest/gtest.h>

#include "arch/energy/energy.h"
#include "tests/laws/published_layers.h"

namespace orrery::test {
namespace {

const Shape kShape{.groups = 2, .images = 2, .m = 5, .c = 3, .p = 5, .q = 4, .r = 3, .s = 2};

// Half of the ifmap words are zeros, for the datapaths that gate.
Layer layer_for(const Machine& m) {
  Layer layer = layer_of(kShape, m);
  layer.ifmap_zeros = 0.5;
  return layer;
}

TEST(Priced, IsEverythingThatAnyMachineCounts) {
  Counts seen;
  for (const auto& entry : std::filesystem::directory_iterator(kRoot / "arch")) {
    if (entry.path().extension() != ".yaml") continue;
    const Machine m = read_machine(entry.path());
    const Layer layer = layer_for(m);
    const Dataflow* native = find_dataflow(m.native.empty() ? "rs" : m.native.c_str());
    const LayerResult r = play(m, layer, native->map(layer, m));
    for (std::size_t i = 0; i < kActions.size(); ++i) {
      if (r.counts.value[i] == 0) continue;
      EXPECT_TRUE(performs(m, static_cast<Action>(i))) << m.name << ": " << action_names()[i];
    }
    seen += r.counts;
    const EnergyTable table = read_energy_table(kRoot / "arch" / "energy" / "sram.yaml");
    EXPECT_GT(price(r.counts, r.cycles, table, m).total(), 0) << m.name;
  }
  EXPECT_GT(seen[Action::noc_ifmap_hop], 0U);
  EXPECT_GT(seen[Action::mac_none_gate], 0U);
}

}  // namespace
}  // namespace orrery::test
