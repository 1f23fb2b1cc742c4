// Every MAC datapath on random machines of both paces and all routes: ofmaps against the golden
// reference, and both engines against each other.
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "arch/mac/all.h"
#include "sim/cycle/engine.h"
#include "tests/cycle/random_case.h"
#include "tests/fast/same.h"
#include "workloads/format/pack.h"
#include "workloads/input/input_error.h"

namespace orrery::test {
namespace {

std::uint64_t cases() { return std::getenv("ORRERY_ALL") != nullptr ? 1500 : 60; }

std::vector<std::string> played_macs() {
  std::vector<std::string> names;
  for (const Mac& mac : kMacs) {
    if (!mac.traits.skips) names.emplace_back(mac.name);
  }
  return names;
}

// Calls use(case, result of the SystemC engine) for random cases; some passes can never end.
template <class Use>
void for_cases(const std::string& mac, Use use) {
  std::uint64_t played = 0;
  for (std::uint64_t seed = 1; seed <= cases() && !testing::Test::HasFailure(); ++seed) {
    const Case c = random_case(seed, mac);
    try {
      use(c, run_layer(c.machine, c.layer, c.mapping, c.in));
      ++played;
    } catch (const InputError& error) {
      EXPECT_NE(std::string(error.what()).find("can never end"), std::string::npos) << c.text;
    }
  }
  if (testing::Test::HasFailure()) return;
  EXPECT_GT(played, cases() / 2);
}

// The result as it would be if no MAC were gated: every one but those that start a psum updates
// one, and all read both operands.
LayerResult ungated(LayerResult result) {
  Counts& n = result.counts;
  const std::uint64_t gated = std::exchange(n[Action::mac_none_gate], 0);
  if (gated == 0) return result;
  const std::uint64_t all = n[Action::mac_none_compute] += gated;
  result.macs_gated = 0;
  n[Action::spad_filter_operand_read] = all;
  return result;
}

// Figures that do not depend on how many psum updates were gated.
LayerResult without_updates(LayerResult result) {
  result.counts[Action::spad_psum_update_read] = result.counts[Action::spad_psum_update_write] = 0;
  return result;
}

class MacsOnMachines : public testing::TestWithParam<std::string> {};

TEST_P(MacsOnMachines, GiveTheGoldenOfmap) {
  for_cases(GetParam(), [](const Case& c, const LayerResult& result) {
    EXPECT_EQ(result.check, Check::kEqual) << result.difference << "\n" << c.text;
    const bool pools = c.layer.kind == LayerKind::kPool;
    EXPECT_EQ(result.macs, pools ? 0 : unpacked(c.layer).box().points()) << c.text;
  });
}

TEST_P(MacsOnMachines, TakeTheSameCyclesAndActionsInBothEngines) {
  const bool gates = find_mac(GetParam())->gates();
  for_cases(GetParam(), [&](const Case& c, const LayerResult& cycle) {
    const LayerResult fast = run_layer_fast(c.machine, c.layer, c.mapping);
    EXPECT_EQ(gates ? difference(without_updates(fast), without_updates(ungated(cycle)))
                    : difference(fast, cycle),
              "")
        << c.text;
  });
}

INSTANTIATE_TEST_SUITE_P(All, MacsOnMachines, testing::ValuesIn(played_macs()),
                         [](const auto& mac) { return mac.param; });

}  // namespace
}  // namespace orrery::test
