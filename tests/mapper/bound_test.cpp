// The bound of the mapper is one: no run counts less, takes fewer cycles or costs less.
#include "sim/mapper/bound.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "arch/energy/energy.h"
#include "sim/dram/word_prices.h"
#include "sim/fast/engine.h"
#include "tests/cycle/random_case.h"

namespace orrery::test {
namespace {

std::vector<EnergyTable> tables() {
  std::vector<EnergyTable> all;
  for (const char* table : {"sram", "isca2016_hardware", "horowitz45", "isca2016"}) {
    all.push_back(
        read_energy_table(std::string(ORRERY_SOURCE_DIR) + "/arch/energy/" + table + ".yaml"));
  }
  return all;
}

// Cases that can run, pooling layers left out.
template <class Body>
void for_each_run(std::uint64_t seeds, Body body) {
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    const Case c = random_case(seed);
    if (c.layer.kind == LayerKind::kPool) continue;
    SCOPED_TRACE(c.text);
    try {
      const LayerResult run = run_layer_fast(c.machine, c.layer, c.mapping);
      body(c, run);
      if (testing::Test::HasFailure()) return;
    } catch (const InputError&) {
      // FIFOs too shallow for the order of the buses: a pass that can never end.
    }
  }
}

TEST(Bound, IsNeverAboveARandomRun) {
  const std::vector<EnergyTable> all = tables();
  for_each_run(2500, [&](const Case& c, const LayerResult& run) {
    const LowerBound bound = lower_bound(c.machine, c.layer, c.mapping);
    const LowerBound least = lower_bound(c.machine, c.layer);
    EXPECT_LE(bound.cycles, run.cycles);
    EXPECT_LE(least.cycles, run.cycles);
    for (std::size_t i = 0; i < kActions.size(); ++i) {
      EXPECT_LE(bound.counts.value[i], run.counts.value[i]) << action_names()[i];
    }
    for (const EnergyTable& table : all) {
      const PriceList list = price_list(table, c.machine);
      const PriceList lowest = least_with_memory(list, c.machine);
      const double energy = priced(run, list).total();
      EXPECT_LE(least_energy(bound, lowest), energy) << table.name;
      EXPECT_LE(least_energy(least, lowest), energy) << table.name;
    }
  });
}

}  // namespace
}  // namespace orrery::test
