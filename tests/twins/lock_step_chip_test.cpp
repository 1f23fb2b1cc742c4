// A pass of a real layer on an array in lock step of the size of a real chip, in C++ and in RTL.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <string>

#include "arch/mac/all.h"
#include "dataflows/all.h"
#include "sim/random/words.h"
#include "sim/rtl/lock_step_compare.h"
#include "sim/rtl/lock_step_load.h"
#include "sim/schedule/walk.h"
#include "tests/twins/make_module.h"
#include "workloads/network/network.h"

namespace orrery {
namespace {

struct Chip {
  const char* dataflow;
  Delivery delivery;
  PsumRoute route;
};

// The shipped chip of 12 x 14 PEs, its array in lock step.
Machine machine_of(const Chip& chip) {
  Machine m = read_machine(std::filesystem::path(ORRERY_SOURCE_DIR) / "arch/eyeriss.yaml");
  m.array.pace = Pace::kLockStep;
  m.array.delivery = chip.delivery;
  m.array.psum_route = chip.route;
  m.pe.adders = 2;
  for (Store& store : m.levels[0].stores) store.accumulates = store.name == "fmap";
  return m;
}

// Why the chip has no place for the layer, or the pass; empty: the pass is the same in both.
std::string play_first_pass(const Chip& chip) {
  const Machine machine = machine_of(chip);
  const std::filesystem::path network =
      std::filesystem::path(ORRERY_SOURCE_DIR) / "workloads/alexnet";
  const Layer layer = select(read_network(network), 1, {"CONV3"}).layers.front();
  const Mapping mapping = find_dataflow(chip.dataflow)->map(layer, machine);
  if (const auto why = check(mapping, layer, machine); !why.empty()) return why;
  Step step;
  Walk(layer, mapping, machine).next(step);
  std::array<TileLayout, kTensors> layout;
  for (const Tensor t : kAllTensors) layout[index(t)] = tile_layout(layer, step.pass, t);
  const LockStepPass pass = compile_lock_step(layer, machine, mapping, step.pass, layout);
  const LockStepPlan plan = plan_lock_step(pass, PeWork::kMultiply, machine, {}, PlanFor::kDrive);
  const LockStepRtlSize size = size_of(machine);
  if (const std::string why = why_not(pass, plan, machine, size); !why.empty()) return why;
  Rng rng(1);
  const auto ifmap = random_words<std::int16_t>(layout[0].size(), 16, 30, rng);
  const auto filter = random_words<std::int16_t>(layout[1].size(), 16, 10, rng);
  const LockStepSequence sequence{
      .machine = &machine,
      .registers = machine.registers(layer),
      .work = PeWork::kMultiply,
      .passes = {{.pass = &pass,
                  .plan = &plan,
                  .tiles = {.ifmap = ifmap.data(), .filter = filter.data(), .read_psums = true}}},
      .psum = random_words<std::int32_t>(layout[2].size(), 16, 10, rng)};
  LockStepRtl rtl = test::make_rtl(size);
  const LockStepComparison result = compare_lock_step(sequence, rtl);
  testing::Test::RecordProperty(std::string(chip.dataflow) + "_cycles",
                                std::to_string(result.cycles));
  return result.difference ? to_string(*result.difference) : "";
}

bool at_full_length() {
  const char* all = std::getenv("ORRERY_ALL");
  return all != nullptr && std::string(all) == "1";
}

TEST(LockStepChip, DoesTheSameInAPassOfCONV3UnderEachDataflow) {
  if (!at_full_length())
    GTEST_SKIP() << "only at full length: compiles two arrays of a chip's size";
  using enum PsumRoute;
  for (const Delivery delivery : {Delivery::kMulticast, Delivery::kSystolic}) {
    for (const Chip& chip :
         {Chip{"ws", delivery, kColumn}, {"os", delivery, kInPlace}, {"nlr", delivery, kColumn}})
      EXPECT_EQ(play_first_pass(chip), "") << chip.dataflow << static_cast<int>(chip.delivery);
  }
}

}  // namespace
}  // namespace orrery
