// One PE alone: against its witness in every cycle of random ones, and by hand.
#include "sim/machine/pe_alone.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <stdexcept>
#include <string>

#include "sim/random/array_case.h"
#include "tests/sim/pe_seen.h"
#include "tests/sim/plain_pe.h"
#include "tests/sim/small_pass.h"

namespace orrery {
namespace {

using test::dot_products;
using test::PeCase;
using test::PePlay;
using test::PeSeen;
using test::PeStateCycles;
using test::PlainPe;
using test::play_both;
using test::random_pe_cases;
using test::watch_step;

std::int64_t cycles_to_play() {
  const char* all = std::getenv("ORRERY_ALL");
  return all != nullptr && std::string(all) == "1" ? 20'000'000 : 1'000'000;
}

TEST(PeAlone, EqualsASlowPeInEveryCycleOfRandomOnes) {
  PeStateCycles spent{};
  std::int64_t cycles = 0;
  for (std::uint64_t seed = 1; cycles < cycles_to_play(); ++seed) {
    for (const PeCase& c : random_pe_cases(seed)) {
      PeAlone alone(c.setup);
      PlainPe plain(c.setup);
      const PePlay play = play_both(c, random_streams(c), alone, plain, spent);
      ASSERT_EQ(play.difference, "") << "cycle " << play.cycles << '\n' << to_string(c);
      cycles += play.cycles;
    }
  }
  for (std::size_t i = 0; i < spent.size(); ++i) {
    EXPECT_GT(spent[i], cycles / 100) << "hardly a cycle of " << kPeStateNames[i];
    RecordProperty(std::string(kPeStateNames[i]), std::to_string(spent[i]));
  }
}

PeSetup one_mac() {
  PeSetup setup = pe_setup(roomy_machine(), {}, dot_products(1, 1));
  setup.takes_psums = true;
  return setup;
}

// The step of each cycle, words 6 and 7 and the psum 100 offered in cycle 0. They are loaded in 1
// and multiplied in 2.
std::vector<PeSeen> play_one_mac(const PeSetup& setup, std::int16_t ifmap_word) {
  const std::vector<std::int16_t> ifmap{ifmap_word}, filter{7};
  const std::vector<std::int32_t> psum{100};
  PeAlone pe(setup);
  std::vector<PeSeen> seen{
      watch_step(pe, setup.pe, {.ifmap = ifmap, .filter = filter, .psum = psum})};
  while (seen.size() < 8) seen.push_back(watch_step(pe, setup.pe, {.takes_psum_out = true}));
  return seen;
}

// With one adder the merge issues in 3, with two in 2; its psum is on its way out `pipeline_stages`
// cycles later, and taken at once.
TEST(PeAlone, OneMacIssuesInItsThirdCycleAndItsPsumLeavesBehindThePipeline) {
  using enum PeState;
  for (const int stages : {1, 3}) {
    for (const int adders : {1, 2}) {
      PeSetup setup = one_mac();
      setup.pe.pipeline_stages = stages;
      setup.pe.adders = adders;
      const std::vector<PeSeen> seen = play_one_mac(setup, 6);
      const std::vector<PeState> states{kWaitIfmap, kWaitIfmap, kMac, adders == 1 ? kMerge : kDone,
                                        kDone};
      for (std::size_t i = 0; i < states.size(); ++i)
        EXPECT_EQ(seen[i].state, states[i]) << "cycle " << i << ", " << adders << " adders";
      const auto out = static_cast<std::size_t>((adders == 1 ? 3 : 2) + stages);
      for (std::size_t i = 0; i < seen.size(); ++i) {
        const std::vector<std::int32_t> psums(i == out ? 1 : 0, 6 * 7 + 100);
        EXPECT_EQ(seen[i].psum_out, psums) << "cycle " << i << ", " << adders << " adders";
      }
    }
  }
}

TEST(PeAlone, AGatedMacKeepsItsSlot) {
  for (const bool gates : {false, true}) {
    PeSetup setup = one_mac();
    if (gates) setup.mac = MacZeroGated::kName;
    const std::vector<PeSeen> seen = play_one_mac(setup, 0);
    EXPECT_EQ(seen[2].state, PeState::kMac);
    EXPECT_EQ(seen[2].signals[3], gates);
    EXPECT_EQ(seen[4].psum_out, std::vector<std::int32_t>{100});
  }
}

// A FIFO of one packet of two words, a spad of one word that no MAC frees: the first word moves in
// cycle 1, the second never does, and its packet keeps the entry.
TEST(PeAlone, APacketIsRefusedUntilTheLastWordOfTheOneBeforeHasMoved) {
  PeSetup setup = pe_setup(roomy_machine(), {}, dot_products(2, 2));
  setup.ifmap_packet_words = setup.pe.ifmap_fifo_words = 2;
  for (const int spad_words : {1, 2}) {
    setup.pe.ifmap_spad_words = spad_words;
    PeAlone pe(setup);
    const std::vector<std::int16_t> words{1, 2};
    std::vector<bool> took;
    while (took.size() < 4) took.push_back(pe.step({.ifmap = words}).took_ifmap);
    const std::vector<bool> expected{true, false, false, spad_words == 2};
    EXPECT_EQ(took, expected) << spad_words << " words";
    EXPECT_EQ(pe.registers().ifmap.loaded, spad_words);
  }
}

TEST(PeAlone, APacketThatTheProgramDoesNotExpectIsAMistake) {
  const std::vector<std::int16_t> words{1, 2};
  const std::vector<std::int32_t> psums{1};
  PeAlone pe(pe_setup(roomy_machine(), {}, dot_products(1, 1)));
  EXPECT_THROW(pe.step({.ifmap = words}), std::logic_error);
  EXPECT_THROW(pe.step({.filter = words}), std::logic_error);
  EXPECT_THROW(pe.step({.psum = psums}), std::logic_error) << "it takes none";
  const auto word = std::span(words).first(1);
  EXPECT_TRUE(pe.step({.ifmap = word}).took_ifmap);
  EXPECT_THROW(pe.step({.ifmap = word}), std::logic_error) << "the stream is over";
}

}  // namespace
}  // namespace orrery
