// The array in lock step in C++ and that in RTL, cycle by cycle, over random machines, layers,
// mappings and sequences of passes.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <map>
#include <string>

#include "arch/mac/all.h"
#include "sim/rtl/lock_step_load.h"
#include "tests/twins/arrays.h"
#include "tests/twins/lock_step_pair.h"
#include "tests/workloads/random_layer.h"

namespace orrery {
namespace {

using test::BothTensors;
using test::LockStepCase;
using test::PairOutcome;
using test::Rng;

bool at_full_length() {
  const char* all = std::getenv("ORRERY_ALL");
  return all != nullptr && std::string(all) == "1";
}

void say(const std::string& sentence) { std::cerr << sentence << '\n'; }

LockStepRtl make_rtl(const LockStepRtlSize& size) {
  static std::map<std::string, RtlPlugin> plugins;
  const std::string file =
      built_plugin(build_of(size), RtlExtras::kNone, {ORRERY_SOURCE_DIR, ORRERY_ARRAYS_DIR}, say);
  return {plugins.try_emplace(file, file).first->second.make(), size};
}

LockStepRtlSize size_for(const LockStepCase& c) {
  return test::small_size(c.machine.mac, c.machine.array.delivery == Delivery::kSystolic);
}

// A word of the tensor's width; some are zero, most psums large enough to leave their range.
BothTensors random_tensors(const LockStepCase& c) {
  Rng rng(c.seed);
  return test::make_tensors(c, [&](Tensor t) {
    const auto low = static_cast<std::uint32_t>(rng.in(0, 0xffff));
    const auto all = low | static_cast<std::uint32_t>(rng.in(0, 0xffff)) << 16;
    const Numbers& n = c.machine.numbers;
    const int unused = 32 - (t == Tensor::kPsum ? n.psum_bits : n.operand_bits);
    const bool zero = rng.in(1, 100) <= (t == Tensor::kIfmap ? 30 : 10);
    return zero ? 0 : static_cast<std::int32_t>(all << unused) >> unused;
  });
}

// The random case of a seed, with the stages that the MAC and an adder take.
LockStepCase deep_case(std::uint64_t seed) {
  LockStepCase c = test::random_lock_step_case(seed);
  c.machine.pe.pipeline_stages += find_mac(c.machine.mac)->traits.stages;
  return c;
}

TEST(LockStepTwin, DoesTheSameAsTheArrayInEachCycleOfRandomSequencesOfPasses) {
  const std::uint64_t cases = at_full_length() ? 12'000 : 600;
  std::map<std::string, int> refused;
  std::uint64_t played = 0, cycles = 0, psums = 0;
  for (std::uint64_t seed = 1; seed <= cases; ++seed) {
    const LockStepCase c = deep_case(seed);
    LockStepRtl rtl = make_rtl(size_for(c));
    const PairOutcome outcome = play_pair(c, random_tensors(c), rtl);
    ASSERT_EQ(outcome.difference, "") << to_string(c);
    if (!outcome.refused.empty()) {
      ++refused[outcome.refused];
      continue;
    }
    ++played;
    cycles += static_cast<std::uint64_t>(outcome.cycles);
    psums += outcome.psums;
  }
  RecordProperty("played", std::to_string(played));
  RecordProperty("cycles", std::to_string(cycles));
  RecordProperty("psums", std::to_string(psums));
  EXPECT_GT(played, cases * 9 / 10) << "most cases are within the limits";
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
