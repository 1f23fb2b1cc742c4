// Single faults in a small PE, planted by yosys: what is played beside PeAlone notices each, or
// yosys proves that it changes nothing.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "arch/mac/all.h"
#include "tests/twins/pe_twin_case.h"
#include "tests/twins/planted_faults.h"

namespace orrery {
namespace {

using test::pe_modules;
using test::PeModule;

// Cycles of random cases that are played; the long cases come after them.
constexpr std::int64_t kCycles = 100'000;
// Of the netlists that tests/CMakeLists.txt makes.
std::string netlist(const PeModule& module) {
  return module.mac == MacInt16Dfp::kName ? "pe_dfp" : "pe_gated";
}

struct Play {
  test::PeCase given;
  std::vector<test::PeStreams> streams;
};

// What is played on every fault of a module: what is right of it, once.
std::vector<Play> plays_of(const PeModule& module) {
  std::vector<Play> plays;
  const auto right = module.make(0);
  test::PeStateCycles spent{};
  std::int64_t cycles = 0;
  const auto add = [&](const test::PeCase& c) {
    plays.push_back({c, test::pe_twin_streams(c)});
    const test::PePlay played = test::play_pe_case(c, plays.back().streams, *right, spent);
    cycles += played.cycles;
    EXPECT_EQ(played.difference, "") << "no fault is switched on; " << to_string(c);
  };
  for (std::uint64_t seed = 1; cycles < kCycles; ++seed)
    for (const test::PeCase& c : test::pe_twin_cases(module, seed)) add(c);
  for (const test::PeCase& c : test::pe_long_cases(module)) add(c);
  return plays;
}

// What the plays notice; empty: nothing.
std::string noticed(const PeModule& module, int fault, const std::vector<Play>& plays) try {
  const auto faulty = module.make(fault);
  test::PeStateCycles spent{};
  for (const Play& play : plays) {
    const test::PePlay played = test::play_pe_case(play.given, play.streams, *faulty, spent);
    if (!played.difference.empty()) return played.difference;
  }
  return "";
} catch (const std::logic_error& error) {
  return error.what();  // the module says what no PE says
}

class PeMutants : public testing::TestWithParam<PeModule> {};

TEST_P(PeMutants, AreNoticedUnlessProvedHarmless) {
  if (!test::at_full_length()) GTEST_SKIP() << "only at full length: plays and proofs of minutes";
  const PeModule& module = GetParam();
  const auto planted =
      test::planted_faults(fmt::format("{}/{}.faults", ORRERY_FAULTS_DIR, netlist(module)));
  ASSERT_EQ(planted.size(), module.mac == MacInt16Dfp::kName ? 10u : 150u);
  const std::vector<Play> plays = plays_of(module);
  ASSERT_FALSE(HasFailure());
  for (int fault = 1; fault <= static_cast<int>(planted.size()); ++fault) {
    if (!noticed(module, fault, plays).empty()) continue;
    fmt::print("{}\n", planted[static_cast<std::size_t>(fault) - 1]);
    EXPECT_TRUE(test::is_proved_harmless(netlist(module), fault))
        << "survives: " << netlist(module) << ' ' << fault;
  }
}

TEST(ProveArrayHarmless, RefusesAFaultThatPlaysNotice) {
  if (!test::at_full_length()) GTEST_SKIP() << "only at full length: plays and proofs of minutes";
  const PeModule& module = pe_modules().front();
  const std::vector<Play> plays = plays_of(module);
  int fault = 1;
  while (noticed(module, fault, plays).empty()) ++fault;
  EXPECT_FALSE(test::is_proved_harmless(netlist(module), fault));
}

TEST(ProveArrayHarmless, ShowsThatNothingDependsOnWhereReadPortsRest) {
  if (!test::at_full_length()) GTEST_SKIP() << "only at full length: plays and proofs of minutes";
  EXPECT_TRUE(test::is_proved_harmless("pe_gated", 0));
}

INSTANTIATE_TEST_SUITE_P(Rtl, PeMutants, testing::ValuesIn(pe_modules()),
                         [](const auto& module) { return std::string(module.param.mac); });

}  // namespace
}  // namespace orrery
