// Passes of an array in lock step, by time and counts alone and remembered: what LockStepArray
// plays for one layer, without its values. A pass that comes again in the same state costs a
// look-up.
#pragma once

#include <array>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "sim/fast/form.h"
#include "sim/machine/lock_step_clock.h"
#include "sim/schedule/walk.h"

namespace orrery {

class LockStepTimes {
 public:
  // All three must outlive it; the mapping must have passed check().
  LockStepTimes(const Machine& machine, const Layer& layer, const Mapping& mapping);

  // The kind of a pass: equal where box sizes, the reading of psums and, if the machine makes
  // padding, the words of padding are. Plans a pass of a new kind; throws InputError as
  // plan_lock_step() does.
  int id(const Step& step);
  bool shadows(int id) const { return clock_.shadows(plan_of(id)); }
  std::int64_t fill_cycles(int id) const { return clock_.fill_cycles(plan_of(id)); }
  int pes(int id) const { return plan_of(id).pes; }

  // As LockStepArray::play(), in core cycles from any zero that stays the same. Throws
  // DeadlockError.
  PassTimes play(int id, std::int64_t fill_begin, std::int64_t begin);
  // Charges the cycles after the last step so far, up to the end of its pass or `now`, as
  // LockStepArray::take_record() does. Sums depend on when it is called where filters of the next
  // pass have begun to move; a pass that ends in a cycle in which another begins comes first.
  void finish(std::int64_t now) { clock_.charge_rest(now); }
  // Of all passes so far.
  const PassRecord& record() const { return clock_.record(); }

  // Appends all of the past that can still matter, relative to core cycle `now`, such that equal
  // states have the same future but for a shift in time. No pass is played before `now`, and none
  // begins to fill before `earliest`, at most `now`.
  void append_state(std::vector<std::int64_t>& to, std::int64_t now, std::int64_t earliest) const;
  // Moves the past in time. What has been counted stays as it is.
  void shift(std::int64_t cycles);

 private:
  // A plan, whether the array takes psums, and the past relative to the begin of the pass.
  using RunKey = std::vector<std::int64_t>;
  struct Hash {
    template <class Numbers>
    std::size_t operator()(const Numbers& numbers) const;
  };
  struct Kind {
    std::size_t plan = 0;
    bool reads_psums = false;
    Counts counts;
  };
  // What a pass did, and left; cycles relative to its begin.
  struct Played {
    LockStepRun run;
    LockStepPast past;
  };

  const LockStepPlan& plan_of(int id) const {
    return plans_[kinds_[static_cast<std::size_t>(id)].plan];
  }
  Kind make_kind(const Step& step, const Form& key);
  std::size_t plan_for(const Box& pass);
  std::int64_t count_padding(const LockStepPlan& plan, const Box& pass) const;
  void note_state(const LockStepPlan& plan, std::int64_t begin);

  const Machine& machine_;
  const Layer& layer_;
  const Mapping& mapping_;
  const PeWork work_;
  LockStepClock clock_;
  std::vector<LockStepPlan> plans_;
  std::unordered_map<std::array<int, kDims>, std::size_t, Hash> plan_at_;  // by box sizes alone
  std::vector<Kind> kinds_;
  std::unordered_map<Form, int, FormHash> kind_at_;  // by form, with whether psums are read
  std::unordered_map<RunKey, Played, Hash> played_;
  RunKey state_;  // of the pass being played
};

}  // namespace orrery
