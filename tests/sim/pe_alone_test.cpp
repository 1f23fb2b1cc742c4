// One PE alone: against its witness in every cycle of random ones, and by hand.
#include "sim/machine/pe_alone.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <stdexcept>
#include <string>

#include "tests/sim/array_case.h"
#include "tests/sim/pe_case.h"
#include "tests/sim/plain_pe.h"
#include "tests/sim/small_pass.h"
#include "tests/workloads/random_layer.h"

namespace orrery {
namespace {

using test::dot_products;
using test::PeCase;
using test::PeStreams;
using test::PlainPe;
using test::random_pe_cases;
using test::Rng;

std::int64_t cycles_to_play() {
  const char* all = std::getenv("ORRERY_ALL");
  return all != nullptr && std::string(all) == "1" ? 20'000'000 : 1'000'000;
}

// What one can see of a PE before a cycle, and of the cycle itself.
struct Seen {
  PeRegisters registers;
  std::vector<std::int32_t> ifmap, filter, psum;  // by slot of the spad
  std::array<bool, 5> signals{};
  PeState state = PeState::kDone;
  std::vector<std::int32_t> psum_out;
  bool operator==(const Seen&) const = default;
};

std::string to_string(const PeOperandRegisters& r) {
  return fmt::format("[fifo {}, arrived {}, loaded {}, freed {}]", r.fifo_packets, r.arrived,
                     r.loaded, r.freed);
}

std::string to_string(const Seen& s) {
  const PeRegisters& r = s.registers;
  return fmt::format(
      "phase {}, step {}, exhausted {}, merge_at {}, ifmap {} {}, filter {} {}, psums {}, psum-in "
      "{}, "
      "psum-out {} ({} ready); took ifmap, filter, psum, gated, merged {}; {}; out {}",
      static_cast<int>(r.phase), r.step, r.exhausted, r.merge_at, to_string(r.ifmap), s.ifmap,
      to_string(r.filter), s.filter, s.psum, r.psum_in_packets, r.psum_out_packets,
      r.psum_out_ready, s.signals, kPeStateNames[static_cast<std::size_t>(s.state)], s.psum_out);
}

template <class Words>
std::vector<std::int32_t> slots(const Words& spad, int) {
  return {spad.begin(), spad.end()};
}
std::vector<std::int32_t> slots(const std::map<int, std::int32_t>& spad, int size) {
  std::vector<std::int32_t> out(static_cast<std::size_t>(size));
  for (const auto& [slot, value] : spad) out.at(static_cast<std::size_t>(slot)) = value;
  return out;
}

template <class AnyPe>
Seen watch_step(AnyPe& pe, const Pe& sizes, const PeInputs& in) {
  Seen seen;
  seen.registers = pe.registers();
  seen.ifmap = slots(pe.ifmap_spad(), sizes.ifmap_spad_words);
  seen.filter = slots(pe.filter_spad(), sizes.filter_spad_words);
  seen.psum = slots(pe.psum_spad(), std::max(1, sizes.psum_spad_words));
  const PeOutputs out = pe.step(in);
  seen.signals = {out.took_ifmap, out.took_filter, out.took_psum, out.gated, out.merged};
  seen.state = out.state;
  seen.psum_out.assign(out.psum_out.begin(), out.psum_out.end());
  return seen;
}

// The packet of `words` that begins at `sent`: none beyond the stream, nor across the end of a run.
template <class Word>
std::span<const Word> packet(const std::vector<Word>& words, std::size_t sent, int width, int run) {
  const auto full = static_cast<std::size_t>(width), end = static_cast<std::size_t>(run);
  return std::span(words).subspan(sent, std::min({full, end - sent % end, words.size() - sent}));
}

// Offers a case's packets at random.
class Surroundings {
 public:
  explicit Surroundings(const PeCase& c)
      : case_(c), streams_(test::random_streams(c)), rng_(c.seed + 1) {}

  PeInputs offer() {
    const PeSetup& s = case_.setup;
    PeInputs in;
    if (happens(case_.ifmap))
      in.ifmap = packet(streams_.ifmap, ifmap_, s.ifmap_packet_words, s.program.ifmap_words);
    if (happens(case_.filter))
      in.filter = packet(streams_.filter, filter_, s.filter_packet_words, s.program.filter_words);
    if (happens(case_.psum_in))
      in.psum = packet(streams_.psum, psum_, s.packet_psums, s.program.window_psums);
    in.takes_psum_out = happens(case_.psum_out);
    return in;
  }
  void advance(const PeInputs& in, const Seen& seen) {
    if (seen.signals[0]) ifmap_ += in.ifmap.size();
    if (seen.signals[1]) filter_ += in.filter.size();
    if (seen.signals[2]) psum_ += in.psum.size();
    if (in.takes_psum_out) taken_ += static_cast<std::int64_t>(seen.psum_out.size());
  }
  bool all_psums_left() const {
    return taken_ == case_.setup.program.windows * case_.setup.program.window_psums;
  }

 private:
  bool happens(int percent) { return rng_.in(1, 100) <= percent; }

  const PeCase& case_;
  PeStreams streams_;
  Rng rng_;
  std::size_t ifmap_ = 0, filter_ = 0, psum_ = 0;  // words sent
  std::int64_t taken_ = 0;
};

// Plays a case by both until some cycles after its last psum has left; returns the cycles.
std::int64_t play_both(const PeCase& c, std::array<std::int64_t, kPeStateNames.size()>& spent) {
  constexpr int kAfter = 3, kLongest = 1'000'000;
  PeAlone alone(c.setup);
  PlainPe plain(c.setup);
  Surroundings around(c);
  std::int64_t cycle = 0;
  for (int after = 0; after < kAfter; ++cycle) {
    const PeInputs in = around.offer();
    const Seen one = watch_step(alone, c.setup.pe, in), other = watch_step(plain, c.setup.pe, in);
    if (one != other || cycle == kLongest) {
      ADD_FAILURE() << "cycle " << cycle << "\nalone: " << to_string(one)
                    << "\nplain: " << to_string(other) << '\n'
                    << to_string(c);
      return cycle;
    }
    ++spent[static_cast<std::size_t>(one.state)];
    around.advance(in, one);
    if (around.all_psums_left()) ++after;
  }
  return cycle;
}

TEST(PeAlone, EqualsASlowPeInEveryCycleOfRandomOnes) {
  std::array<std::int64_t, kPeStateNames.size()> spent{};
  std::int64_t cycles = 0;
  for (std::uint64_t seed = 1; cycles < cycles_to_play(); ++seed) {
    for (const PeCase& c : random_pe_cases(seed)) {
      cycles += play_both(c, spent);
      ASSERT_FALSE(HasFailure());
    }
  }
  for (std::size_t i = 0; i < spent.size(); ++i) {
    EXPECT_GT(spent[i], cycles / 100) << "hardly a cycle of " << kPeStateNames[i];
    RecordProperty(std::string(kPeStateNames[i]), std::to_string(spent[i]));
  }
}

PeSetup one_mac() {
  PeSetup setup = pe_setup(test::roomy_machine(), {}, dot_products(1, 1));
  setup.takes_psums = true;
  return setup;
}

// The step of each cycle, words 6 and 7 and the psum 100 offered in cycle 0. They are loaded in 1
// and multiplied in 2.
std::vector<Seen> play_one_mac(const PeSetup& setup, std::int16_t ifmap_word) {
  const std::vector<std::int16_t> ifmap{ifmap_word}, filter{7};
  const std::vector<std::int32_t> psum{100};
  PeAlone pe(setup);
  std::vector<Seen> seen{
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
      const std::vector<Seen> seen = play_one_mac(setup, 6);
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
    setup.gates = gates;
    const std::vector<Seen> seen = play_one_mac(setup, 0);
    EXPECT_EQ(seen[2].state, PeState::kMac);
    EXPECT_EQ(seen[2].signals[3], gates);
    EXPECT_EQ(seen[4].psum_out, std::vector<std::int32_t>{100});
  }
}

// A FIFO of one packet of two words, a spad of one word that no MAC frees: the first word moves in
// cycle 1, the second never does, and its packet keeps the entry.
TEST(PeAlone, APacketIsRefusedUntilTheLastWordOfTheOneBeforeHasMoved) {
  PeSetup setup = pe_setup(test::roomy_machine(), {}, dot_products(2, 2));
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
  PeAlone pe(pe_setup(test::roomy_machine(), {}, dot_products(1, 1)));
  EXPECT_THROW(pe.step({.ifmap = words}), std::logic_error);
  EXPECT_THROW(pe.step({.filter = words}), std::logic_error);
  EXPECT_THROW(pe.step({.psum = psums}), std::logic_error) << "it takes none";
  const auto word = std::span(words).first(1);
  EXPECT_TRUE(pe.step({.ifmap = word}).took_ifmap);
  EXPECT_THROW(pe.step({.ifmap = word}), std::logic_error) << "the stream is over";
}

}  // namespace
}  // namespace orrery
