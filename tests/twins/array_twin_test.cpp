// The C++ array and the RTL array in lock step: every PE's state and every psum that leaves, on its
// cycle.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <map>
#include <string>

#include "dataflows/all.h"
#include "sim/random/array_case.h"
#include "sim/rtl/compare.h"
#include "sim/rtl/plugin.h"
#include "sim/schedule/walk.h"
#include "tests/twins/arrays.h"
#include "tests/twins/faulty_module.h"
#include "workloads/network/network.h"

namespace orrery {
namespace {

bool at_full_length() {
  const char* all = std::getenv("ORRERY_ALL");
  return all != nullptr && std::string(all) == "1";
}

void say(const std::string& sentence) { std::cerr << sentence << '\n'; }

const RtlPlaces kPlaces{ORRERY_SOURCE_DIR, ORRERY_ARRAYS_DIR};

const RtlPlugin& plugin_of(const RtlShape& shape, RtlExtras extras = RtlExtras::kProperties) {
  static std::map<std::pair<std::vector<std::string>, RtlExtras>, RtlPlugin> plugins;
  const auto key = std::pair(parameters(shape), extras);
  if (const auto known = plugins.find(key); known != plugins.end()) return known->second;
  return plugins.try_emplace(key, built_plugin(shape, extras, kPlaces, say)).first->second;
}

struct Tally {
  int cases = 0, deadlocks = 0, too_large = 0, no_ids = 0, passes = 0;
  std::map<PsumRoute, int> routes;
  std::int64_t cycles = 0, pe_cycles = 0, psums = 0;
};

// Once more on a module with waves; says where they are.
std::string write_waves(const ArrayCase& c, const RtlShape& shape, const ArrayTrial& trial) {
  const auto folder = std::filesystem::path(testing::TempDir()) / "orrery_array_twin";
  std::filesystem::create_directories(folder);
  const auto module = plugin_of(shape, RtlExtras::kWaves).make();
  compare_arrays(c.machine, trial.registers, shape, *module, trial.passes, folder);
  return "waves in " + folder.string();
}

void play_case(const ArrayCase& c, const RtlShape& shape, std::size_t most_passes, Tally& tally,
               RtlExtras extras = RtlExtras::kProperties) {
  if (!why_not_rtl(c.machine, shape).empty()) {
    ++tally.too_large;
    return;
  }
  const ArrayTrial trial = trial_of(c, most_passes);
  const auto module = plugin_of(shape, extras).make();
  ArrayComparison result;
  try {
    result = compare_arrays(c.machine, trial.registers, shape, *module, trial.passes);
  } catch (const InputError& error) {
    ++tally.no_ids;
    return;
  }
  ++tally.cases;
  ++tally.routes[c.machine.array.psum_route];
  tally.passes += static_cast<int>(trial.passes.size());
  tally.deadlocks += result.deadlock ? 1 : 0;
  tally.cycles += result.cycles;
  tally.pe_cycles += result.pe_cycles;
  tally.psums += result.psums;
  if (result.difference)
    ADD_FAILURE() << to_string(*result.difference) << '\n' << write_waves(c, shape, trial);
}

TEST(ArrayTwin, EqualsTheArrayInEveryCycleOfRandomCases) {
  const int most = at_full_length() ? 10'000 : 2'000;
  Tally tally;
  for (std::uint64_t seed = 1; tally.cases < most; ++seed) {
    ArrayCase c = random_array_case(seed);
    ASSERT_TRUE(give_mac(c, c.machine.mac));
    play_case(c, small_shape(c.machine.mac), 4, tally);
    ASSERT_FALSE(HasFailure()) << to_string(c);
  }
  EXPECT_EQ(tally.routes.size(), 4u);
  EXPECT_GT(tally.deadlocks, 0);
  EXPECT_GT(tally.passes, 2 * tally.cases);
  RecordProperty("passes", tally.passes);
  RecordProperty("deadlocks", tally.deadlocks);
  RecordProperty("without_ids", tally.no_ids);
  RecordProperty("cycles", std::to_string(tally.cycles));
  RecordProperty("psums", std::to_string(tally.psums));
}

TEST(ArrayTwin, EqualsTheArrayWithOtherDatapaths) {
  if (!at_full_length()) GTEST_SKIP() << "only at full length: each compiles an array of its own";
  for (const std::string mac : {"mac_ternary", "mac_shift", "mac_int16_dfp"}) {
    Tally tally;
    for (std::uint64_t seed = 1; tally.cases < 100; ++seed) {
      ArrayCase c = random_array_case(seed);
      if (!give_mac(c, mac)) continue;
      play_case(c, small_shape(mac), 4, tally);
      ASSERT_FALSE(HasFailure()) << to_string(c);
    }
  }
}

// The layer on the shipped chip, mapped by a dataflow.
ArrayCase case_on_chip(const std::string& layer, const Dataflow& dataflow) {
  const std::filesystem::path root = ORRERY_SOURCE_DIR;
  ArrayCase c{
      .seed = 1, .machine = read_machine(root / "arch/eyeriss.yaml"), .layer = {}, .mapping = {}};
  c.layer = select(read_network(root / "workloads/alexnet"), 4, {layer}).layers.front();
  c.mapping = dataflow.map(c.layer, c.machine);
  return c;
}

TEST(ArrayTwin, EqualsTheArrayInAPassOfCONV3UnderEachDataflow) {
  for (const char* name : {"rs", "ws", "os", "nlr"}) {
    const ArrayCase c = case_on_chip("CONV3", *find_dataflow(name));
    Tally tally;
    play_case(c, shape_of(c.machine), 1, tally, RtlExtras::kNone);
    EXPECT_EQ(tally.passes, 1) << name;
    RecordProperty(std::string(name) + "_cycles", std::to_string(tally.cycles));
    RecordProperty(std::string(name) + "_psums", std::to_string(tally.psums));
  }
}

// Several passes of one mapping that come to an end.
ArrayCase case_with_several_passes(const RtlShape& shape) {
  for (std::uint64_t seed = 1;; ++seed) {
    ArrayCase c = random_array_case(seed);
    give_mac(c, c.machine.mac);
    if (!why_not_rtl(c.machine, shape).empty() || c.machine.array.pipelined) continue;
    const ArrayTrial trial = trial_of(c, 4);
    const auto module = plugin_of(shape).make();
    const ArrayComparison result =
        compare_arrays(c.machine, trial.registers, shape, *module, trial.passes);
    if (trial.passes.size() == 4 && !result.deadlock && result.psums > 40) return c;
  }
}

struct Fault {
  const char* port;
  int flip;
  const char* what;  // differs first
};

TEST(ArrayTwin, SaysWhereTheFirstDifferenceIs) {
  const RtlShape shape = small_shape("mac_int16");
  const ArrayCase c = case_with_several_passes(shape);
  const ArrayTrial trial = trial_of(c, 4);
  for (const Fault& fault :
       {Fault{"status_o", 0x20, "state"}, Fault{"psum_out_data_o", 1, "psums of packet"},
        Fault{"ifmap_ready_o", 1, "ifmap bus"}, Fault{"filter_ready_o", 1, "filter bus"},
        Fault{"done_o", 1, "end of the pass"}, Fault{"start_o", 1, "begin of the next pass"},
        Fault{"ifmap_takes_o", 1, "noc ifmap delivery"}}) {
    test::FaultyModule module(plugin_of(shape).make(), fault.port, fault.flip);
    const ArrayComparison result =
        compare_arrays(c.machine, trial.registers, shape, module, trial.passes);
    ASSERT_TRUE(result.difference) << fault.port;
    EXPECT_TRUE(result.difference->what.starts_with(fault.what)) << to_string(*result.difference);
  }
}

TEST(ArrayTwin, WritesWavesOfBothOnOneTimeAxis) {
  const RtlShape shape = test::wave_shape();
  const ArrayCase c = case_with_several_passes(shape);
  const auto folder = std::filesystem::path(testing::TempDir()) / "orrery_array_waves";
  std::filesystem::create_directories(folder);
  const ArrayTrial trial = trial_of(c, 2);
  auto module = plugin_of(shape, RtlExtras::kWaves).make();
  const ArrayComparison result =
      compare_arrays(c.machine, trial.registers, shape, *module, trial.passes, folder);
  module.reset();  // ends its wave
  EXPECT_FALSE(result.difference);
  for (const char* file : {"rtl.fst", "cycles.vcd"})
    EXPECT_GT(std::filesystem::file_size(folder / file), 1000u);
}

// Every pass of a layer that differs from the ones before in shape.
std::vector<Pass> shapes_of(const ArrayCase& c) {
  std::map<std::vector<int>, Pass> found;
  Walk walk(c.layer, c.mapping, c.machine);
  for (Step step; walk.next(step);) {
    std::vector<int> size;
    for (const Range& range : step.pass.range) size.push_back(range.size());
    if (found.contains(size)) continue;
    std::array<TileLayout, kTensors> layout;
    for (const Tensor t : kAllTensors)
      layout[index(t)] = tile_layout(c.layer, step.tile[index(t)], t);
    found.emplace(size, compile_pass(c.layer, c.machine, c.mapping, step.pass, layout));
  }
  std::vector<Pass> passes;
  for (auto& [size, pass] : found) passes.push_back(std::move(pass));
  return passes;
}

TEST(ArrayTwin, HasIdsForEveryPassOfAlexNetUnderEachDataflow) {
  std::map<std::string, int> schemes;
  for (const char* name : {"rs", "ws", "os", "nlr"}) {
    for (const char* layer : {"CONV1", "CONV2", "CONV3", "CONV4", "CONV5", "FC6", "FC7", "FC8"}) {
      const ArrayCase c = case_on_chip(layer, *find_dataflow(name));
      for (const Pass& pass : shapes_of(c)) {
        for (const Stream* s : {&pass.ifmap, &pass.filter, &pass.psum_in, &pass.psum_out}) {
          const auto ids = assign_ids(*s, pass.pes, c.machine.array.rows, c.machine.array.cols);
          ++schemes[ids ? std::string(kIdSchemeNames[static_cast<std::size_t>(ids->scheme)])
                        : "none"];
        }
        EXPECT_EQ(why_not_rtl(c.machine, pass), "") << name << ' ' << layer;
      }
    }
  }
  for (const auto& [scheme, streams] : schemes) RecordProperty(scheme, streams);
  EXPECT_FALSE(schemes.contains("none"));
}

}  // namespace
}  // namespace orrery
