// The time of an array in lock step (docs/lock_step.md): a recurrence over the steps of a pass, and
// what it takes over from the passes before. Values do not matter to it.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "sim/machine/lock_step_log.h"
#include "sim/machine/lock_step_plan.h"

namespace orrery {

// Core cycles on one axis for all passes of a layer.
struct PassTimes {
  std::int64_t begin = 0;   // buses start
  std::int64_t filled = 0;  // the last filter word has left the GLB
  std::int64_t handed = 0;  // the next pass can begin
  std::int64_t done = 0;    // the last psum is in the GLB
  bool operator==(const PassTimes&) const = default;
};

// All of the passes played that can still matter. Core cycles.
struct LockStepPast {
  std::int64_t counted =
      0;                  // cycles before this one are in a record; after a pass: its last step's
  std::int64_t done = 0;  // the last psum is in the GLB
  std::int64_t psum_out_free = 0;  // the psum-out bus is free
  std::int64_t mapped = 0;         // PEs of the last pass
  // Ends of transfers on the psum-out bus that steps to come may wait for: those of the last items,
  // in order.
  std::vector<std::int64_t> leaving;
};

// What the steps of a pass come to, beside what they leave in the past. Cycles; those by cause
// count once, not for each PE.
struct LockStepRun {
  std::array<std::int64_t, kPeStateNames.size()> waited{};
  std::array<std::int64_t, kBeforeMacNames.size()> before_first{};  // before the first step
  std::int64_t filters_sent = 0;  // core cycle; without meaning where filters are shadowed
};

class LockStepClock {
 public:
  explicit LockStepClock(const Machine& machine);

  // Whether the filters of a pass move into shadow registers before it begins, and the cycles that
  // this takes.
  bool shadows(const LockStepPlan& plan) const;
  std::int64_t fill_cycles(const LockStepPlan& plan) const;

  // A pass, one after the other: the cycles up to its begin; its steps, which depend on the past
  // only relative to `begin` and throw DeadlockError; and what both count, in the times of the
  // pass. `begin` is no earlier than `handed` of the pass before.
  void settle(const LockStepPlan& plan, std::int64_t fill_begin, std::int64_t begin);
  LockStepRun run(const LockStepPlan& plan, bool reads_psums, std::int64_t begin);
  PassTimes note(const LockStepPlan& plan, const LockStepRun& run, std::int64_t fill_begin,
                 std::int64_t begin);

  // Charges the cycles after the last step, up to the end of the pass or `now`, whichever comes
  // first.
  void charge_rest(std::int64_t now);

  LockStepPast& past() { return past_; }
  const LockStepPast& past() const { return past_; }
  // Of the past, the items in `leaving` that a step may wait for if none issues before `earliest`:
  // the last so many.
  std::size_t leaving_after(std::int64_t earliest) const;
  // Cycles from the issue of a step until its psums can leave, at least.
  std::int64_t least_latency() const { return least_latency_; }
  // Where to write down what the passes to come do; null: nowhere. Not the values of psums.
  void log(LockStepLog::Pass* pass) { log_ = pass; }
  // Words that the psum-out bus takes in a cycle.
  std::int64_t psum_out_width() const { return psum_out_width_; }
  // Of PE-cycles and cycles; Counts stay zero.
  PassRecord& record() { return record_; }
  const PassRecord& record() const { return record_; }

 private:
  // An operand's bus, and the ring of words that spad and FIFO of a PE are.
  struct Path {
    std::int64_t ring = 1;  // words of spad and FIFO
    std::int64_t latency = 0;
    Tensor tensor = Tensor::kIfmap;
    const std::vector<Item>* items = nullptr;
    const std::vector<WordGroup>* groups = nullptr;
    std::int64_t sent = 0, dead = 0;     // items
    std::int64_t free = 0, there = 0;    // cycles: the bus is free, the last item sent is there
    std::vector<std::int64_t> last_use;  // of dead items, by item; slots are a power of two
    std::int64_t mask = 0;
  };

  // Whether steps are written down. Told at compile time, so that it costs those that do not
  // nothing.
  enum class Logging : std::uint8_t { kOff, kOn };

  void log_fill(const LockStepPlan& plan, std::int64_t fill_begin);
  void start(Path& path, const LockStepPlan& plan, std::int64_t begin);
  template <Logging kLogging>
  LockStepRun take_steps(const LockStepPlan& plan, bool reads_psums, std::int64_t begin);
  template <Logging kLogging>
  std::int64_t need(Path& path, std::int64_t item);
  static void release(Path& path, std::int64_t dead, std::int64_t step);
  template <Logging kLogging>
  std::int64_t need_psums(const LockStepPlan& plan, std::size_t window);
  template <Logging kLogging>
  void send_psums(const LockStepPlan& plan, std::size_t window, std::int64_t step);
  void charge(PeState state, std::int64_t until);

  const Machine& machine_;
  // Of the machine, looked up once.
  const std::int64_t words_per_psum_, psum_in_width_, psum_out_width_, least_latency_;
  const std::size_t psum_in_depth_, psum_out_depth_;
  const bool adds_at_store_, spills_;
  Path ifmap_, filter_;
  // Psums in: the bus, and the last steps of windows, whose items the FIFO then no longer holds.
  std::int64_t psum_in_free_ = 0;
  std::vector<std::int64_t> window_end_;
  LockStepPast past_;
  PassRecord record_;
  LockStepLog::Pass* log_ = nullptr;
};

}  // namespace orrery
