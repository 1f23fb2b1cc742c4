// The C++ array and the RTL array in lock step: every PE's state and every psum that leaves, on its
// cycle.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <map>
#include <string>

#include "sim/rtl/compare.h"
#include "sim/rtl/plugin.h"
#include "sim/schedule/walk.h"
#include "tests/sim/array_case.h"
#include "tests/sim/random_words.h"
#include "tests/workloads/random_layer.h"

namespace orrery {
namespace {

using test::Case;
using test::random_words;
using test::Rng;

std::uint64_t cases() {
  const char* all = std::getenv("ORRERY_ALL");
  return all != nullptr && std::string(all) == "1" ? 4'000 : 400;
}

void say(const std::string& sentence) { std::cerr << sentence << '\n'; }

const RtlPlaces kPlaces{ORRERY_SOURCE_DIR, ORRERY_ARRAYS_DIR};

// What small random cases fit in.
RtlShape small_shape(const std::string& mac) {
  return {.mac = mac,
          .rows = 4,
          .cols = 5,
          .ifmap_spad = 12,
          .filter_spad = 24,
          .psum_spad = 8,
          .fifo_packets = 4,
          .ifmap_packet_words = 4,
          .filter_packet_words = 4,
          .packet_psums = 6,
          .latency = 3};
}

const RtlPlugin& plugin_of(const RtlShape& shape, RtlExtras extras = RtlExtras::kNone) {
  static std::map<std::string, RtlPlugin> plugins;
  const std::string file = built_plugin(shape, extras, kPlaces, say);
  return plugins.try_emplace(file, file).first->second;
}

PassCase random_pass(const Case& c, const Step& step, const Pass& pass,
                     const std::array<TileLayout, kTensors>& layout, Rng& rng) {
  const Numbers& n = c.machine.numbers;
  const auto words = [&](Tensor t) { return layout[index(t)].size(); };
  PassCase given{
      .pass = &pass,
      .ifmap = random_words<std::int16_t>(words(Tensor::kIfmap), n.operand_bits, 30, rng),
      .padding = {},
      .filter = random_words<std::int16_t>(words(Tensor::kFilter), n.operand_bits, 10, rng),
      .psum = random_words<std::int32_t>(words(Tensor::kPsum), n.psum_bits, 10, rng),
      .read_psums = !step.starts_psums || c.machine.first_psum == FirstPsum::kRead};
  if (c.machine.padding == Padding::kStored) return given;
  for (const std::int16_t word : given.ifmap)
    given.padding.push_back(word == 0 && rng.in(0, 1) == 1 ? 1 : 0);
  return given;
}

// Passes of a case, compiled.
struct CasePasses {
  std::vector<Pass> compiled;
  std::vector<PassCase> passes;
};

// The first passes of the case's layer, at most `most`.
CasePasses passes_of(const Case& c, std::size_t most) {
  Rng rng(c.seed);
  CasePasses out;
  std::vector<Step> steps;
  Walk walk(c.layer, c.mapping, c.machine);
  for (Step step; steps.size() < most && walk.next(step);) steps.push_back(step);
  std::vector<std::array<TileLayout, kTensors>> layouts(steps.size());
  for (std::size_t i = 0; i < steps.size(); ++i) {
    for (const Tensor t : kAllTensors)
      layouts[i][index(t)] = tile_layout(c.layer, steps[i].pass, t);
    out.compiled.push_back(compile_pass(c.layer, c.machine, c.mapping, steps[i].pass, layouts[i]));
  }
  for (std::size_t i = 0; i < steps.size(); ++i)
    out.passes.push_back(random_pass(c, steps[i], out.compiled[i], layouts[i], rng));
  return out;
}

struct Tally {
  int cases = 0, deadlocks = 0, too_large = 0, no_ids = 0, passes = 0;
  std::map<PsumRoute, int> routes;
  std::int64_t cycles = 0, pe_cycles = 0, psums = 0;
};

// Once more on a module with waves; says where they are.
std::string write_waves(const Case& c, const RtlShape& shape, const CasePasses& passes) {
  const auto folder = std::filesystem::path(testing::TempDir()) / "orrery_array_twin";
  std::filesystem::create_directories(folder);
  const auto module = plugin_of(shape, RtlExtras::kWaves).make();
  compare_arrays(c.machine, c.machine.registers(c.layer), shape, *module, passes.passes, folder);
  return "waves in " + folder.string();
}

void play_case(const Case& c, const RtlShape& shape, Tally& tally) {
  if (!why_not_rtl(c.machine, shape).empty()) {
    ++tally.too_large;
    return;
  }
  const CasePasses passes = passes_of(c, 4);
  const auto module = plugin_of(shape).make();
  ArrayComparison result;
  try {
    result = compare_arrays(c.machine, c.machine.registers(c.layer), shape, *module, passes.passes);
  } catch (const InputError& error) {
    ++tally.no_ids;
    return;
  }
  ++tally.cases;
  ++tally.routes[c.machine.array.psum_route];
  tally.passes += static_cast<int>(passes.passes.size());
  tally.deadlocks += result.deadlock ? 1 : 0;
  tally.cycles += result.cycles;
  tally.pe_cycles += result.pe_cycles;
  tally.psums += result.psums;
  if (result.difference)
    ADD_FAILURE() << to_string(*result.difference) << '\n' << write_waves(c, shape, passes);
}

TEST(ArrayTwin, EqualsTheArrayInEveryCycleOfRandomCases) {
  Tally tally;
  for (std::uint64_t seed = 1; tally.cases < static_cast<int>(cases()); ++seed) {
    Case c = test::random_case(seed);
    c.machine.pe.pipeline_stages += 2;  // the fewest that the RTL's MACs have
    play_case(c, small_shape(c.machine.mac), tally);
    ASSERT_FALSE(HasFailure()) << to_string(c);
  }
  std::cerr << "cases " << tally.cases << " deadlocks " << tally.deadlocks << " too large "
            << tally.too_large << " no ids " << tally.no_ids << " passes " << tally.passes
            << " cycles " << tally.cycles << " pe cycles " << tally.pe_cycles << " psums "
            << tally.psums << "\n";
  EXPECT_EQ(tally.routes.size(), 4u);
  EXPECT_GT(tally.deadlocks, 0);
  EXPECT_GT(tally.passes, 2 * tally.cases);
  RecordProperty("passes", tally.passes);
  RecordProperty("cycles", std::to_string(tally.cycles));
  RecordProperty("psums", std::to_string(tally.psums));
}

}  // namespace
}  // namespace orrery
