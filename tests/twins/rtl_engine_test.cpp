// The SystemC machine with its array in C++ and with that in RTL: the same layers, the same
// answers.
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>
#include <map>
#include <string>
#include <utility>

#include "sim/cycle/engine.h"
#include "sim/rtl/engine.h"
#include "tests/cycle/random_case.h"
#include "tests/twins/arrays.h"
#include "workloads/input/input_error.h"

namespace orrery {
namespace {

using test::Case;

bool at_full_length() {
  const char* all = std::getenv("ORRERY_ALL");
  return all != nullptr && std::string(all) == "1";
}

void say(const std::string& sentence) { std::cerr << sentence << '\n'; }

const MakeClockedArray& rtl() {
  static const MakeClockedArray arrays = rtl_arrays({ORRERY_SOURCE_DIR, ORRERY_ARRAYS_DIR}, say);
  return arrays;
}

// All that an array has a part in. Where filters move while psums of the pass before are on their
// way, the SystemC engine charges such cycles to the one or to the other by when it asks
// (docs/rtl_array.md), so that only their sum is compared.
std::string figures(LayerResult r, const PeArray& array) {
  if (array.pipelined && array.shadow_filters) {
    const auto at = [&](PeState state) -> std::uint64_t& {
      return r.pe_cycles[static_cast<std::size_t>(state)];
    };
    at(PeState::kDone) += std::exchange(at(PeState::kWaitFilter), 0);
    r.before_mac[static_cast<std::size_t>(BeforeMac::kFilter)] = 0;
  }
  return fmt::format(
      "{} cycles, {} processing, {} in {} passes, {} steps, {} of {} MACs gated, {} PEs at work, "
      "{} "
      "on average; stalls {}; PEs {}; before the first MAC {}; counts {}; {}; ofmap {} {}",
      r.cycles, r.processing_cycles, r.pass_cycles, r.passes, r.steps, r.macs_gated, r.macs,
      r.active_pes, r.active_pes_mean, fmt::join(r.stalls, " "), fmt::join(r.pe_cycles, " "),
      fmt::join(r.before_mac, " "), fmt::join(r.counts.value, " "), r.reduction, r.ofmap_sha256,
      r.difference);
}

// Passes that can never end are told in words of the array's own.
std::string figures(const Case& c, const MakeClockedArray& array) {
  RunOptions options;
  options.array = array;
  try {
    return figures(run_layer(c.machine, c.layer, c.mapping, c.in, options), c.machine.array);
  } catch (const InputError& error) {
    const std::string why = error.what();
    return why.find("never end") == std::string::npos ? why : "never ends";
  }
}

// Arrays of 4 x 4 with one datapath, so that three are compiled for all cases, and the stages that
// it takes. Says whether the case then fits, and the RTL plays it.
bool prepare(Case& c) {
  Machine& m = c.machine;
  if (m.array.rows > 4 || m.array.cols > 4) return false;
  m.array.rows = m.array.cols = 4;
  m.mac = test::engine_machine().mac;
  m.pe.pipeline_stages += 2;
  return check(c.mapping, c.layer, m).empty() && why_not_in_rtl(m, c.layer, c.mapping).empty();
}

std::string kind_of(const PeArray& array) {
  const std::string how = array.pipelined ? ", pipelined" : "";
  if (array.pace == Pace::kIndependent) return "independent" + how;
  return (array.delivery == Delivery::kSystolic ? "systolic" : "multicast") + how;
}

TEST(RtlEngine, SaysOfRandomLayersWhatTheSystemCEngineSays) {
  const int most = at_full_length() ? 4'000 : 200;
  std::map<std::string, int> kinds, routes;
  int played = 0;
  for (std::uint64_t seed = 1; played < most; ++seed) {
    Case c = test::random_case(seed);
    if (!prepare(c)) continue;
    const std::string in_rtl = figures(c, rtl());
    // Of a systolic array, a pass so short that the next one comes too soon: told when it is met.
    if (in_rtl.find("until its last PE has been told of it") != std::string::npos) continue;
    ASSERT_EQ(in_rtl, figures(c, {})) << c.text;
    ++played;
    ++kinds[kind_of(c.machine.array)];
    ++routes[fmt::format("{} {}", static_cast<int>(c.machine.array.pace),
                         static_cast<int>(c.machine.array.psum_route))];
  }
  EXPECT_EQ(kinds.size(), 6u);
  EXPECT_EQ(routes.size(), 8u) << "each route of psums, in both paces";
  for (const auto& [kind, cases] : kinds) RecordProperty(kind, cases);
}

TEST(RtlEngine, RefusesALayerThatItCannotPlayWithASentence) {
  Case c = test::random_case(1);
  for (std::uint64_t seed = 2; !prepare(c) || c.machine.array.pace != Pace::kIndependent; ++seed)
    c = test::random_case(seed);
  c.machine.pe.pipeline_stages = 2;
  const std::string sentence =
      "the RTL PE with mac_zero_gated needs pe.pipeline_stages from 3 to 32, not 2";
  EXPECT_EQ(why_not_in_rtl(c.machine, c.layer, c.mapping), sentence);
  EXPECT_EQ(figures(c, rtl()), sentence);
}

}  // namespace
}  // namespace orrery
