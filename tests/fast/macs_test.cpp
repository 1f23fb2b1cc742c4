// Every MAC datapath on random machines of both paces and all routes: ofmaps against the golden
// reference, and both engines against each other.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "arch/mac/all.h"
#include "dataflows/all.h"
#include "sim/cycle/engine.h"
#include "tests/cycle/random_case.h"
#include "tests/fast/same.h"
#include "workloads/format/pack.h"
#include "workloads/input/input_error.h"
#include "workloads/input/override.h"
#include "workloads/network/network.h"
#include "workloads/network/widths.h"
#include "workloads/tensor/operands.h"

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

// Machines as they stand in arch/, with this datapath; none where it would be a mistake.
std::vector<Machine> machines_with(const std::string& mac) {
  std::vector<Machine> machines;
  for (const char* name :
       {"eyeriss", "shidiannao", "tutorial_2x2", "tutorial_4x4", "tutorial_in_place_3x3",
        "tutorial_spill_2x3", "tutorial_systolic_4x4", "tutorial_tree_2x2"}) {
    Node file = parse_yaml(fmt::format("{}/arch/{}.yaml", ORRERY_SOURCE_DIR, name));
    try {
      override_values(file, mac_overrides(read_machine(file), mac));
      machines.push_back(read_machine(file));
    } catch (const InputError&) {
      // Words too narrow, or an order of additions that is open.
    }
  }
  return machines;
}

// A small layer in two groups, with strides and padding, in the machine's numbers.
Layer small_layer(const Machine& machine) {
  const Network network = read_network(parse_yaml_text(
      "name: n\nsource: s\nlayers:\n- {name: L, conv: {in: [40, 7, 6], filters: 6, kernel: [3, 2], "
      "stride: [2, 1], pad: 1, groups: 2}, post: {relu: true}, ifmap_zeros: 0.4}\n",
      "n.yaml"));
  return at_widths(network, machine.widths()).layers[0];
}

TEST_P(MacsOnMachines, RunByEveryDataflowThatFits) {
  std::set<std::string_view> ran;
  for (const Machine& machine : machines_with(GetParam())) {
    const Layer layer = small_layer(machine);
    const Operands in = synthetic_operands(layer, 9, machine.numbers.psum_bits);
    for (const Dataflow& dataflow : kDataflows) {
      try {
        const Mapping mapping = dataflow.map(layer, machine);
        if (!check(mapping, layer, machine).empty()) continue;
        const LayerResult result = run_layer(machine, layer, mapping, in);
        EXPECT_EQ(result.check, Check::kEqual)
            << machine.name << " " << dataflow.name << ": " << result.difference;
        ran.insert(dataflow.name);
      } catch (const InputError&) {
        // None of its mappings fits this machine.
      }
    }
  }
  EXPECT_EQ(ran.size(), kDataflows.size());
}

INSTANTIATE_TEST_SUITE_P(All, MacsOnMachines, testing::ValuesIn(played_macs()),
                         [](const auto& mac) { return mac.param; });

}  // namespace
}  // namespace orrery::test
