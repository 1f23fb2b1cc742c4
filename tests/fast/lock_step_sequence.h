// Passes of a random case one after the other, with gaps between them, for whatever plays them.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "sim/fast/lock_step_times.h"
#include "sim/machine/lock_step.h"
#include "sim/random/conv.h"
#include "sim/random/lock_step_case.h"

namespace orrery::test {

struct GappedPass {
  Step step;
  std::int64_t fill_gap = 0,
               gap = 0;  // cycles that it begins to fill, and begins, later than it can
};

// A case whose MAC does not gate, its layer a pooling layer if PEs do not multiply.
LockStepCase ungated_case(std::uint64_t seed);

// `count` passes of the case's schedule, a few of them again and again.
std::vector<GappedPass> random_sequence(const LockStepCase& c, int count, Rng& rng);
// Often none, or a few cycles.
std::int64_t random_gap(Rng& rng);

// Core cycles and counts of a sequence, as far as it has been played.
struct Playback {
  std::vector<PassTimes> times;  // relative to the sequence's first cycle
  PassRecord record;
  bool ends = true;
};

inline PassTimes relative(const PassTimes& times, std::int64_t from) {
  return {times.begin - from, times.filled - from, times.handed - from, times.done - from};
}

// The array itself: with words, or without.
class ArrayPlayer {
 public:
  ArrayPlayer(const LockStepCase& c, PlanFor what);
  bool shadows(const Step& step) { return array_.shadows(plan(step)); }
  std::int64_t fill_cycles(const Step& step) { return array_.fill_cycles(plan(step)); }
  PassTimes play(const Step& step, std::int64_t fill_begin, std::int64_t begin);
  void finish(std::int64_t now);
  const PassRecord& record() const { return record_; }

 private:
  const LockStepPlan& plan(const Step& step);

  const LockStepCase& case_;
  const PlanFor what_;
  std::array<TileLayout, kTensors> layout_;  // of the whole layer
  std::vector<std::int16_t> ifmap_, filter_;
  std::vector<std::uint8_t> padding_;  // empty: stored
  std::vector<std::int32_t> psum_;
  LockStepArray array_;
  std::map<std::array<int, kDims>, LockStepPlan> plans_;
  PassRecord record_;
};

class TimesPlayer {
 public:
  explicit TimesPlayer(const LockStepCase& c) : times_(c.machine, c.layer, c.mapping) {}
  bool shadows(const Step& step) { return times_.shadows(times_.id(step)); }
  std::int64_t fill_cycles(const Step& step) { return times_.fill_cycles(times_.id(step)); }
  PassTimes play(const Step& step, std::int64_t fill_begin, std::int64_t begin) {
    return times_.play(times_.id(step), fill_begin, begin);
  }
  void finish(std::int64_t now) { times_.finish(now); }
  const PassRecord& record() const { return times_.record(); }
  LockStepTimes& times() { return times_; }
  const LockStepTimes& times() const { return times_; }

 private:
  LockStepTimes times_;
};

// Plays passes from cycle `from` on, each as early as it can begin plus its gaps; one that is over
// is finished in its last cycle.
template <class Player>
class Sequence {
 public:
  Sequence(Player& player, std::int64_t from) : player_(player), before_{from, from, from, from} {}

  // Goes on from where another is, with a copy of its player.
  Sequence(Player& player, const Sequence& other)
      : player_(player), before_(other.before_), open_(other.open_) {}

  void play(const GappedPass& pass) {
    std::int64_t begin = before_.handed + pass.gap, fill_begin = begin;
    if (player_.shadows(pass.step)) {
      fill_begin = earliest() + pass.fill_gap;
      begin = std::max(begin, fill_begin + player_.fill_cycles(pass.step));
    }
    finish_until(begin);
    before_ = player_.play(pass.step, fill_begin, begin);
    open_.push_back(before_.done);
  }
  void finish_until(std::int64_t cycle) {
    for (; !open_.empty() && open_.front() <= cycle; open_.pop_front())
      player_.finish(open_.front());
  }
  // No pass begins before that cycle; filters may move until then.
  void idle_until(std::int64_t cycle) {
    finish_until(cycle);
    before_.handed = std::max(before_.handed, cycle);
  }
  const PassTimes& before() const { return before_; }
  // Cycles in which the next pass can begin to fill.
  std::int64_t earliest() const { return std::max(before_.begin, before_.filled); }
  const std::deque<std::int64_t>& open() const { return open_; }

 private:
  Player& player_;
  PassTimes before_;
  std::deque<std::int64_t> open_;  // ends of passes that are not over yet
};

template <class Player>
Playback play_sequence(Player& player, const std::vector<GappedPass>& passes, std::int64_t from) {
  Playback out;
  Sequence<Player> sequence(player, from);
  try {
    for (const GappedPass& pass : passes) {
      sequence.play(pass);
      out.times.push_back(relative(sequence.before(), from));
    }
  } catch (const DeadlockError&) {
    out.ends = false;
  }
  sequence.finish_until(INT64_MAX);
  out.record = player.record();
  return out;
}

// Empty where both are the same, else what differs.
std::string difference(const Playback& a, const Playback& b);
std::string difference(const PassRecord& a, const PassRecord& b);
// What has been counted from `earlier` to `later`.
PassRecord minus(const PassRecord& later, const PassRecord& earlier);

}  // namespace orrery::test
