// What the engines count is among what a machine is said to perform, and has a price.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <set>

#include "arch/energy/energy.h"
#include "tests/cycle/random_case.h"
#include "tests/laws/published_layers.h"
#include "workloads/input/input_error.h"
#include "workloads/network/network.h"

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
    if (m.has_lanes()) continue;  // play no passes
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

using Tables = std::vector<EnergyTable>;

Tables all_tables() {
  Tables tables;
  for (const auto& file : std::filesystem::directory_iterator(kRoot / "arch" / "energy")) {
    if (file.path().extension() == ".yaml") tables.push_back(read_energy_table(file.path()));
  }
  return tables;
}

// Takes away the actions that were counted and cost something by one of the tables.
void strike_out(std::set<std::string>& missing, const Counts& counts, const Machine& machine,
                const Tables& tables) {
  for (const EnergyTable& table : tables) {
    const PriceList prices = price_list(table, machine);
    for (std::size_t i = 0; i < kActions.size(); ++i) {
      Counts alone;
      alone.value[i] = counts.value[i];
      if (price(alone, 0, prices).total() > 0) missing.erase(action_names()[i]);
    }
  }
}

// A pooling layer of a machine that pools on the way out, not on its PEs.
LayerResult pooled(const Machine& m) {
  const Network network = read_network(kRoot / "workloads" / "tutorial");
  const auto pool = std::ranges::find(network.layers, LayerKind::kPool, &Layer::kind);
  const Layer layer = at_widths_of(m, *pool);
  return run_layer(m, layer, {}, synthetic_operands(layer, 1, m.numbers.psum_bits));
}

// A machine's own datapath, and those that count what others do not.
constexpr std::array<std::string_view, 3> kDatapaths{"", "mac_lut", "mac_int16_dfp"};

// But for words on a bus: no set of prices has wires of its own, each delivery pays
// (docs/energy.md).
TEST(Priced, IsEachActionOfTheListByARunThatCountsItAndATable) {
  const std::vector<std::string> names = action_names();
  std::set<std::string> missing(names.begin(), names.end());
  const std::set<std::string> free{"noc.ifmap.bus_word", "noc.filter.bus_word",
                                   "noc.psum.bus_word"};
  const Tables tables = all_tables();
  const Machine pooling = machine_named("tutorial_2x2");
  strike_out(missing, pooled(pooling).counts, pooling, tables);
  for (std::uint64_t seed = 1; seed <= 1000 && missing != free; ++seed) {
    const Case c = random_case(seed, kDatapaths[seed % kDatapaths.size()]);
    try {
      strike_out(missing, run_layer(c.machine, c.layer, c.mapping, c.in).counts, c.machine, tables);
    } catch (const InputError& error) {
      ASSERT_NE(std::string(error.what()).find("the pass can never end"), std::string::npos);
    }
  }
  EXPECT_EQ(missing, free);
}

}  // namespace
}  // namespace orrery::test
