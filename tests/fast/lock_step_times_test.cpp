// Remembered passes against an array that plays each of them with values, over random machines,
// layers, mappings and sequences of passes with gaps.
#include "sim/fast/lock_step_times.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <string>

#include "tests/fast/lock_step_sequence.h"

namespace orrery {
namespace {

using test::ArrayPlayer;
using test::GappedPass;
using test::Playback;
using test::Sequence;
using test::TimesPlayer;

constexpr int kPasses = 12;

std::uint64_t cases() {
  const char* all = std::getenv("ORRERY_ALL");
  return all != nullptr && std::string(all) == "1" ? 30'000 : 600;
}

TEST(LockStepTimes, AreThoseOfAnArrayThatPlaysEachPassWithValues) {
  for (std::uint64_t seed = 1; seed <= cases(); ++seed) {
    const LockStepCase c = test::ungated_case(seed);
    Rng rng(seed);
    const std::vector<GappedPass> passes = test::random_sequence(c, kPasses, rng);
    ArrayPlayer array(c, PlanFor::kValues), bare(c, PlanFor::kTimes);
    TimesPlayer times(c);
    const Playback expected = play_sequence(array, passes, 0);
    ASSERT_EQ(difference(play_sequence(times, passes, 0), expected), "") << to_string(c);
    ASSERT_EQ(difference(play_sequence(bare, passes, 0), expected), "") << "without values\n"
                                                                        << to_string(c);
  }
}

std::vector<std::int64_t> state(const TimesPlayer& player, std::int64_t now,
                                std::int64_t earliest) {
  std::vector<std::int64_t> out;
  player.times().append_state(out, now, earliest);
  return out;
}

TEST(LockStepTimes, ShiftedGoOnAsIfTheyHadBegunLater) {
  constexpr std::int64_t kLater = 12'345;
  for (std::uint64_t seed = 1; seed <= cases(); ++seed) {
    const LockStepCase c = test::ungated_case(seed);
    Rng rng(seed);
    const std::vector<GappedPass> first = test::random_sequence(c, kPasses, rng),
                                  then = test::random_sequence(c, kPasses, rng);
    TimesPlayer shifted(c), late(c);
    const Playback early = play_sequence(shifted, first, 0);
    ASSERT_EQ(difference(play_sequence(late, first, kLater), early), "") << to_string(c);
    if (!early.ends) continue;
    const std::int64_t now = early.times.back().done;
    shifted.times().shift(kLater);
    ASSERT_EQ(state(shifted, now + kLater, now), state(late, now + kLater, now)) << to_string(c);
    const Playback expected = play_sequence(late, then, now + kLater);
    ASSERT_EQ(difference(play_sequence(shifted, then, now + kLater), expected), "") << to_string(c);
  }
}

// All that a sequence to come may depend on, relative to the cycle in which the next pass can
// begin.
std::vector<std::int64_t> whole_state(const TimesPlayer& player, const Sequence<TimesPlayer>& at) {
  const std::int64_t now = at.before().handed;
  std::vector<std::int64_t> out = state(player, now, at.earliest());
  out.push_back(at.earliest() - now);
  for (const std::int64_t done : at.open()) out.push_back(done - now);
  return out;
}

// What passes come to if they follow, by a copy of the player.
Playback future(TimesPlayer player, const Sequence<TimesPlayer>& at,
                const std::vector<GappedPass>& passes) {
  Sequence<TimesPlayer> there(player, at);
  const std::int64_t now = at.before().handed;
  const PassRecord before = player.record();
  Playback out;
  for (const GappedPass& pass : passes) {
    there.play(pass);
    out.times.push_back(test::relative(there.before(), now));
  }
  there.finish_until(INT64_MAX);
  out.record = test::minus(player.record(), before);
  return out;
}

TEST(LockStepTimes, EqualStatesHaveEqualFutures) {
  std::uint64_t again = 0;
  for (std::uint64_t seed = 1; seed <= cases(); ++seed) {
    const LockStepCase c = test::ungated_case(seed);
    Rng rng(seed);
    const std::vector<GappedPass> passes = test::random_sequence(c, kPasses, rng);
    TimesPlayer player(c);
    if (!play_sequence(player, passes, 0).ends) continue;
    std::map<std::vector<std::int64_t>, Playback> known;
    Sequence<TimesPlayer> at(player, 10'000);
    for (int round = 0; round < 10; ++round) {
      for (int n = rng.in(1, 2); n > 0; --n)
        at.play(passes[static_cast<std::size_t>(rng.in(0, kPasses - 1))]);
      at.idle_until(at.before().handed + test::random_gap(rng));
      const Playback what = future(player, at, {passes[0], passes[1], passes[2]});
      const auto [it, fresh] = known.try_emplace(whole_state(player, at), what);
      if (!fresh) ++again;
      ASSERT_EQ(difference(what, it->second), "") << to_string(c);
    }
  }
  EXPECT_GT(again, cases());
}

}  // namespace
}  // namespace orrery
