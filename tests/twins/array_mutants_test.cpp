// Single faults in a small array around its PEs, planted by yosys: lock step with the C++ array
// notices each, or yosys proves that it changes nothing.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <exception>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "tests/twins/planted_faults.h"
#include "tests/twins/random_fabric.h"

extern "C" orrery::RtlModule* orrery_make_rtl_module();

namespace orrery {
namespace {

// Of the netlist that tests/CMakeLists.txt makes.
const RtlShape kShape{.mac = "mac_zero_gated",
                      .rows = 3,
                      .cols = 2,
                      .ifmap_spad = 12,
                      .filter_spad = 24,
                      .psum_spad = 8,
                      .fifo_packets = 4,
                      .ifmap_packet_words = 3,
                      .filter_packet_words = 3,
                      .packet_psums = 3,
                      .latency = 3};

// What is noticed; empty: nothing.
std::string noticed(const ArrayTrial& play, int fault) try {
  const std::unique_ptr<RtlModule> module(orrery_make_rtl_module());
  *static_cast<std::uint8_t*>(module->port("mutant_i")) = static_cast<std::uint8_t>(fault);
  const ArrayComparison result =
      compare_arrays(play.machine, play.registers, kShape, *module, play.passes);
  return result.difference ? to_string(*result.difference) : "";
} catch (const InputError&) {
  throw;
} catch (const std::exception& error) {
  return error.what();  // the module does what no array does
}

// The same without a fault. Says whether the groups have IDs.
bool is_playable(const ArrayTrial& play, const std::string& what) try {
  EXPECT_EQ(noticed(play, 0), "") << "no fault is switched on; " << what;
  return true;
} catch (const InputError&) {
  return false;
}

std::vector<ArrayTrial> mapped_layers(std::size_t most) {
  std::vector<ArrayTrial> plays;
  for (std::uint64_t seed = 1; plays.size() < most; ++seed) {
    ArrayCase c = random_array_case(seed);
    c.machine.pe.pipeline_stages += 2;  // the fewest that the RTL's MACs have
    if (!why_not_rtl(c.machine, kShape).empty()) continue;
    ArrayTrial play = trial_of(c, 4);
    if (is_playable(play, to_string(c))) plays.push_back(std::move(play));
  }
  return plays;
}

// Cheap ones first, so that most faults are noticed soon.
std::vector<ArrayTrial> short_plays() {
  std::vector<ArrayTrial> plays;
  const auto add = [&](int steps, std::uint64_t most) {
    for (std::uint64_t seed = 1; seed <= most; ++seed) {
      plays.push_back(test::random_fabric(seed, kShape, steps));
      EXPECT_TRUE(is_playable(plays.back(), fmt::format("random_fabric({}, {})", seed, steps)));
    }
  };
  add(2, 400);
  std::ranges::move(mapped_layers(60), std::back_inserter(plays));
  add(3, 60);
  add(4, 3);
  return plays;
}

std::vector<ArrayTrial> long_plays() {
  std::vector<ArrayTrial> plays;
  for (std::uint64_t seed = 0; seed < 24; ++seed) {
    plays.push_back(test::long_fabric(seed, kShape));
    EXPECT_TRUE(is_playable(plays.back(), fmt::format("long_fabric({})", seed)));
  }
  return plays;
}

std::string noticed(const std::vector<ArrayTrial>& plays, int fault) {
  for (const ArrayTrial& play : plays) {
    if (std::string says = noticed(play, fault); !says.empty()) return says;
  }
  return "";
}

TEST(ArrayMutants, AreNoticedUnlessProvedHarmless) {
  if (!test::at_full_length()) GTEST_SKIP() << "only at full length: plays and proofs of minutes";
  const auto planted = test::planted_faults(ORRERY_FAULTS_DIR "/array.faults");
  ASSERT_EQ(planted.size(), 100u);
  const std::vector<ArrayTrial> plays = short_plays(), more = long_plays();
  ASSERT_FALSE(HasFailure());
  for (int fault = 1; fault <= static_cast<int>(planted.size()); ++fault) {
    if (!noticed(plays, fault).empty()) continue;
    if (test::is_proved_harmless("array", fault)) {
      fmt::print("{}\n", planted[static_cast<std::size_t>(fault) - 1]);
      continue;
    }
    EXPECT_NE(noticed(more, fault), "")
        << "survives: array " << fault << ": " << planted[static_cast<std::size_t>(fault) - 1];
  }
}

}  // namespace
}  // namespace orrery
