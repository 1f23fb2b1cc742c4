// The array in lock step in C++ and that in RTL, cycle by cycle, over random machines, layers,
// mappings and sequences of passes.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <string>

#include "arch/mac/all.h"
#include "sim/rtl/lock_step_load.h"
#include "tests/twins/arrays.h"
#include "tests/twins/faulty_module.h"
#include "tests/twins/make_module.h"

namespace orrery {
namespace {

using test::make_module;
using test::make_rtl;

bool at_full_length() {
  const char* all = std::getenv("ORRERY_ALL");
  return all != nullptr && std::string(all) == "1";
}

LockStepRtlSize size_for(const LockStepCase& c) {
  return small_size(c.machine.mac, c.machine.array.delivery == Delivery::kSystolic);
}

// The random case of a seed, with the stages that the MAC and an adder take.
LockStepCase deep_case(std::uint64_t seed) {
  LockStepCase c = random_lock_step_case(seed);
  give_mac(c, c.machine.mac);
  return c;
}

struct PairOutcome {
  std::string refused;  // why the case is not played by both; empty: it is
  LockStepComparison compared;
};

// Writes waves of both where it is told a folder.
PairOutcome play_pair(const LockStepCase& c, LockStepRtl& rtl,
                      const std::filesystem::path& waves = {}) {
  const LockStepTrial trial = trial_of(c);
  PairOutcome out;
  try {
    out.compared = compare_lock_step(trial.sequence, rtl, waves);
  } catch (const InputError& error) {
    out.refused = error.what();
  } catch (const DeadlockError& error) {
    out.refused = "never ends";
  }
  return out;
}

struct Tally {
  std::uint64_t played = 0, psums = 0;
  std::int64_t cycles = 0;
  std::map<bool, std::uint64_t> systolic;  // cases played, by delivery
};

// Once more on a module with waves; says where they are.
std::string write_waves(const LockStepCase& c) {
  const auto folder = std::filesystem::path(testing::TempDir()) / "orrery_lock_step_twin";
  std::filesystem::create_directories(folder);
  LockStepRtl rtl = make_rtl(size_for(c), RtlExtras::kWaves);
  play_pair(c, rtl, folder);
  return "waves in " + folder.string();
}

// Plays a case that the RTL does not refuse; the test fails where the arrays differ.
void play_case(const LockStepCase& c, Tally& tally) {
  LockStepRtl rtl = make_rtl(size_for(c));
  const PairOutcome outcome = play_pair(c, rtl);
  if (!outcome.refused.empty()) return;
  ++tally.played;
  ++tally.systolic[c.machine.array.delivery == Delivery::kSystolic];
  tally.cycles += outcome.compared.cycles;
  tally.psums += outcome.compared.psums;
  if (outcome.compared.difference)
    ADD_FAILURE() << to_string(*outcome.compared.difference) << '\n'
                  << write_waves(c) << '\n'
                  << to_string(c);
}

TEST(LockStepTwin, DoesTheSameAsTheArrayInEachCycleOfRandomSequencesOfPasses) {
  const std::uint64_t cases = at_full_length() ? 9'000 : 600;
  Tally tally;
  for (std::uint64_t seed = 1; seed <= cases; ++seed) {
    play_case(deep_case(seed), tally);
    ASSERT_FALSE(HasFailure());
  }
  RecordProperty("multicast", std::to_string(tally.systolic[false]));
  RecordProperty("systolic", std::to_string(tally.systolic[true]));
  RecordProperty("cycles", std::to_string(tally.cycles));
  RecordProperty("psums", std::to_string(tally.psums));
  EXPECT_GT(tally.played, cases * 9 / 10) << "most cases are within the limits";
}

struct Datapath {
  std::string mac;
  Delivery delivery;
};

TEST(LockStepTwin, DoesTheSameWithOtherDatapaths) {
  if (!at_full_length()) GTEST_SKIP() << "only at full length: each compiles an array of its own";
  for (const auto& [mac, delivery] : {Datapath{"mac_int16_dfp", Delivery::kMulticast}}) {
    Tally tally;
    for (std::uint64_t seed = 1; tally.played < 100; ++seed) {
      LockStepCase c = random_lock_step_case(seed);
      if (c.machine.array.delivery == delivery && give_mac(c, mac)) play_case(c, tally);
      ASSERT_FALSE(HasFailure()) << mac;
    }
    RecordProperty(mac + "_psums", std::to_string(tally.psums));
  }
}

struct Fault {
  const char* port;
  int flip;
  bool systolic;
  const char* says;  // of the first difference
};

// A case that ends, without neighbours' words, and lets many psums go.
LockStepCase case_with_psums(bool systolic) {
  for (std::uint64_t seed = 1;; ++seed) {
    LockStepCase c = deep_case(seed);
    if (c.machine.mac != "mac_int16" || c.passes.size() < 2 ||
        systolic != (c.machine.array.delivery == Delivery::kSystolic))
      continue;
    LockStepRtl rtl = make_rtl(size_for(c));
    const PairOutcome outcome = play_pair(c, rtl);
    if (outcome.refused.empty() && outcome.compared.psums > 40) return c;
  }
}

TEST(LockStepTwin, SaysWhereTheFirstDifferenceIs) {
  for (const Fault& fault :
       {Fault{"psum_out_o", 1, false, ": psum "}, Fault{"psum_out_o", 1, true, ": psum "},
        Fault{"ifmap_room_o", 1, false, ": ifmap item "},
        Fault{"works_o", 1, false, " of all passes: "}}) {
    const LockStepCase c = case_with_psums(fault.systolic);
    const LockStepRtlSize size = size_for(c);
    LockStepRtl rtl(std::make_unique<test::FaultyModule>(make_module(size), fault.port, fault.flip),
                    size);
    const PairOutcome outcome = play_pair(c, rtl);
    ASSERT_TRUE(outcome.compared.difference) << fault.port;
    const std::string says = to_string(*outcome.compared.difference);
    EXPECT_NE(says.find(fault.says), std::string::npos) << says;
    const bool of_a_pe = std::string(fault.port) == "psum_out_o";
    EXPECT_EQ(of_a_pe, outcome.compared.difference->pe >= 0) << says;
    EXPECT_TRUE(!of_a_pe || !outcome.compared.difference->steps.empty()) << says;
  }
}

// A case of one PE, whose waves are small.
LockStepCase case_of_one_pe() {
  for (std::uint64_t seed = 1;; ++seed) {
    LockStepCase c = deep_case(seed);
    const PeArray& array = c.machine.array;
    if (c.machine.mac == "mac_int16" && array.rows * array.cols == 1 &&
        array.delivery == Delivery::kMulticast)
      return c;
  }
}

TEST(LockStepTwin, WritesWavesOfBothOnOneTimeAxis) {
  const LockStepCase c = case_of_one_pe();
  const auto folder = std::filesystem::path(testing::TempDir()) / "orrery_lock_step_waves";
  std::filesystem::create_directories(folder);
  {
    LockStepRtl rtl = make_rtl(test::wave_size(), RtlExtras::kWaves);  // its end ends its wave
    const PairOutcome outcome = play_pair(c, rtl, folder);
    EXPECT_EQ(outcome.refused, "");
    EXPECT_FALSE(outcome.compared.difference);
  }
  for (const char* file : {"rtl.fst", "cycles.vcd"})
    EXPECT_GT(std::filesystem::file_size(folder / file), 1000u);
}

struct Refusal {
  std::string what;
  void (*change)(Machine&);
  std::string sentence;
};

TEST(LockStepTwin, RefusesWhatItCannotPlayWithASentence) {
  const std::vector<Refusal> refusals{
      {"too few stages", [](Machine& m) { m.pe.pipeline_stages = 2; },
       "pe.pipeline_stages is 2; mac_int16 and an adder take 3 stages in RTL: set it to at least "
       "that"},
      {"another MAC", [](Machine& m) { m.mac = "mac_int8"; },
       "mac is mac_int8; this array in RTL has mac_int16"},
      {"skips", [](Machine& m) { m.mac = "mac_zero_skip"; },
       "mac_zero_skip is not built into a PE in lock step"},
      {"a long wire", [](Machine& m) { m.noc.filter.latency_cycles = 8; },
       "noc.filter.latency_cycles is 8; the array in RTL was built for at most 7"}};
  for (const Refusal& refusal : refusals) {
    Machine machine = deep_case(1).machine;
    machine.mac = "mac_int16";
    machine.pe.pipeline_stages = 3;
    LockStepRtlSize size;
    size.rows = size.cols = 5;
    size.systolic = machine.array.delivery == Delivery::kSystolic;
    ASSERT_EQ(why_not(machine, size), "");
    refusal.change(machine);
    EXPECT_EQ(why_not(machine, size), refusal.sentence) << refusal.what;
  }
}

}  // namespace
}  // namespace orrery
