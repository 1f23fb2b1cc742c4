// Where two arrays in lock step first differ.
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <type_traits>

#include "sim/rtl/lock_step_compare.h"

namespace orrery {
namespace {

constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

std::string text(std::int64_t cycle) { return fmt::format("in cycle {}", cycle); }
std::string text(const LockStepLog::Wait& wait) {
  return fmt::format("{} from {} to {}", kPeStateNames[static_cast<std::size_t>(wait.state)],
                     wait.from, wait.until);
}
std::string text(const LockStepLog::Transfer& transfer) {
  return fmt::format("from {} to {}", transfer.begin, transfer.end);
}
std::string text(const LockStepLog::Psum& psum) {
  return fmt::format("{} at word {} in cycle {}", psum.value, psum.address, psum.cycle);
}

std::int64_t cycle_of(std::int64_t cycle) { return cycle; }
std::int64_t cycle_of(const LockStepLog::Wait& wait) { return wait.from; }
std::int64_t cycle_of(const LockStepLog::Transfer& transfer) { return transfer.begin; }
std::int64_t cycle_of(const LockStepLog::Psum& psum) { return psum.cycle; }

// The steps before a window's last one.
std::int64_t steps_before_end(const LockStepPlan& plan, std::int32_t window) {
  std::int64_t step = 0;
  for (const StepRow& row : plan.steps) {
    if (row.ends && window-- == 0) break;
    ++step;
  }
  return step;
}

// The PE whose part of a psum leaves first, or alone where parts leave one by one; psums of the
// window leave before it.
int sender(const LockStepSequence& sequence, const LockStepPassCase& pass, std::int32_t window,
           std::int64_t before) {
  const PsumGroup& group =
      pass.plan->psums[pass.plan->windows[static_cast<std::size_t>(window)].group];
  const bool parts = sequence.machine->array.psum_route == PsumRoute::kSpill;
  const auto at = parts ? before : std::int64_t{group.first[static_cast<std::size_t>(before)]};
  return group.from[static_cast<std::size_t>(at)] % static_cast<int>(pass.pass->pes.size());
}

// The earliest difference so far.
class First {
 public:
  explicit First(const LockStepSequence& sequence) : sequence_(sequence) {}

  template <class T>
  void compare(const LockStepLog::Pass& log, std::size_t pass, const char* kind,
               const std::vector<T>& cpp, const std::vector<T>& rtl) {
    const auto both = std::min(cpp.size(), rtl.size());
    std::size_t i = 0;
    while (i < both && cpp[i] == rtl[i]) ++i;
    if (i == cpp.size() && i == rtl.size()) return;
    std::int64_t cycle = kNever;
    for (const auto* of : {&cpp, &rtl}) {
      if (i < of->size()) cycle = std::min(cycle, cycle_of((*of)[i]));
    }
    const auto say = [&](const std::vector<T>& of) {
      return i < of.size() ? text(of[i]) : std::string("none");
    };
    if (!note(log, pass, cycle, fmt::format("{} {}", kind, i), say(cpp), say(rtl))) return;
    if constexpr (std::is_same_v<T, LockStepLog::Psum>) place(pass, i < cpp.size() ? cpp : rtl, i);
  }

  void compare(const LockStepLog::Pass& log, std::size_t pass, const char* kind, std::int64_t cpp,
               std::int64_t rtl) {
    // A pass that is not over has no such cycle yet.
    const std::int64_t cycle = rtl < 0 ? cpp : std::min(cpp, rtl);
    if (cpp != rtl) note(log, pass, cycle, kind, text(cpp), rtl < 0 ? "never" : text(rtl));
  }

  std::optional<ArrayDifference> difference() const { return difference_; }

 private:
  // Says whether it is the earliest. The loops are those of the step that is next in that cycle.
  bool note(const LockStepLog::Pass& log, std::size_t pass, std::int64_t cycle,
            const std::string& what, const std::string& expected, const std::string& got) {
    if (cycle >= cycle_) return false;
    cycle_ = cycle;
    const auto step = std::ranges::lower_bound(log.steps, cycle) - log.steps.begin();
    difference_ = {.pass = static_cast<int>(pass),
                   .cycle = cycle - log.begin,
                   .pe = -1,
                   .what = what,
                   .expected = expected,
                   .got = got,
                   .steps = {}};
    const PassProgram& program = sequence_.passes[pass].pass->program;
    if (static_cast<std::size_t>(step) < log.steps.size())
      difference_->steps = steps_of(program, step);
    return true;
  }

  // A psum's PE, and the loops at the end of its window.
  void place(std::size_t pass, const std::vector<LockStepLog::Psum>& psums, std::size_t i) {
    const LockStepPassCase& of = sequence_.passes[pass];
    const std::int32_t window = psums[i].window;
    std::size_t first = i;
    while (first > 0 && psums[first - 1].window == window) --first;
    difference_->pe = sender(sequence_, of, window, static_cast<std::int64_t>(i - first));
    difference_->steps = steps_of(of.pass->program, steps_before_end(*of.plan, window));
  }

  const LockStepSequence& sequence_;
  std::int64_t cycle_ = kNever;
  std::optional<ArrayDifference> difference_;
};

}  // namespace

std::optional<ArrayDifference> first_difference(const LockStepSequence& sequence,
                                                const LockStepLog& cpp, const LockStepLog& rtl) {
  First first(sequence);
  for (std::size_t i = 0; i < cpp.passes.size(); ++i) {
    const LockStepLog::Pass &a = cpp.passes[i], &b = rtl.passes[i];
    first.compare(a, i, "filters begin to move", a.fill_begin, b.fill_begin);
    first.compare(a, i, "begin of the pass", a.begin, b.begin);
    first.compare(a, i, "filters have left", a.filled, b.filled);
    first.compare(a, i, "next pass can begin", a.handed, b.handed);
    first.compare(a, i, "end of the pass", a.done, b.done);
    first.compare(a, i, "step", a.steps, b.steps);
    first.compare(a, i, "wait", a.waits, b.waits);
    first.compare(a, i, "ifmap item", a.operands[0], b.operands[0]);
    first.compare(a, i, "filter item", a.operands[1], b.operands[1]);
    first.compare(a, i, "psum-in item", a.psums_in, b.psums_in);
    first.compare(a, i, "psum-out item", a.psums_out, b.psums_out);
    first.compare(a, i, "psum", a.psums, b.psums);
  }
  return first.difference();
}

}  // namespace orrery
