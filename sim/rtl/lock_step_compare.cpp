#include "sim/rtl/lock_step_compare.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <limits>

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

// The earliest difference so far.
struct First {
  std::int64_t cycle = kNever;
  std::string what;

  void note(std::int64_t at, const std::string& sentence) {
    if (at >= cycle) return;
    cycle = at;
    what = sentence;
  }
  template <class T>
  void compare(std::size_t pass, const char* kind, const std::vector<T>& cpp,
               const std::vector<T>& rtl) {
    const auto both = std::min(cpp.size(), rtl.size());
    for (std::size_t i = 0; i < both; ++i) {
      if (cpp[i] == rtl[i]) continue;
      return note(std::min(cycle_of(cpp[i]), cycle_of(rtl[i])),
                  fmt::format("pass {}, {} {}: {} in C++, {} in RTL", pass, kind, i, text(cpp[i]),
                              text(rtl[i])));
    }
    if (cpp.size() == rtl.size()) return;
    const T& more = cpp.size() > both ? cpp[both] : rtl[both];
    note(cycle_of(more),
         fmt::format("pass {}: {} of {} in C++, {} in RTL", pass, cpp.size(), kind, rtl.size()));
  }
};

}  // namespace

std::string first_difference(const LockStepLog& cpp, const LockStepLog& rtl) {
  First first;
  for (std::size_t i = 0; i < cpp.passes.size(); ++i) {
    const LockStepLog::Pass &a = cpp.passes[i], &b = rtl.passes[i];
    const auto time = [&](const char* kind, std::int64_t x, std::int64_t y) {
      if (x != y)
        first.note(std::min(x, y), fmt::format("pass {}: {} {} in C++, {} in RTL", i, kind, x, y));
    };
    time("filters begin to move in cycle", a.fill_begin, b.fill_begin);
    time("begins in cycle", a.begin, b.begin);
    time("filters have left in cycle", a.filled, b.filled);
    time("hands over in cycle", a.handed, b.handed);
    time("ends in cycle", a.done, b.done);
    first.compare(i, "step", a.steps, b.steps);
    first.compare(i, "wait", a.waits, b.waits);
    first.compare(i, "ifmap item", a.operands[0], b.operands[0]);
    first.compare(i, "filter item", a.operands[1], b.operands[1]);
    first.compare(i, "psum-in item", a.psums_in, b.psums_in);
    first.compare(i, "psum-out item", a.psums_out, b.psums_out);
    first.compare(i, "psum", a.psums, b.psums);
  }
  return first.cycle == kNever ? "" : fmt::format("cycle {}: {}", first.cycle, first.what);
}

std::string first_difference(const PassRecord& cpp, const PassRecord& rtl) {
  for (std::size_t i = 0; i < kActions.size(); ++i) {
    const ActionName& name = kActions[i];
    if (cpp.counts.value[i] != rtl.counts.value[i])
      return fmt::format("{} {} {}: {} in C++, {} in RTL", name.structure, name.tensor, name.action,
                         cpp.counts.value[i], rtl.counts.value[i]);
  }
  for (std::size_t i = 0; i < kPeStateNames.size(); ++i) {
    if (cpp.pe_cycles[i] != rtl.pe_cycles[i])
      return fmt::format("PE-cycles of {}: {} in C++, {} in RTL", kPeStateNames[i],
                         cpp.pe_cycles[i], rtl.pe_cycles[i]);
  }
  for (std::size_t i = 0; i < kBeforeMacNames.size(); ++i) {
    if (cpp.before_mac[i] != rtl.before_mac[i])
      return fmt::format("PE-cycles of {} before a MAC: {} in C++, {} in RTL", kBeforeMacNames[i],
                         cpp.before_mac[i], rtl.before_mac[i]);
  }
  if (cpp.cycles != rtl.cycles || cpp.steps != rtl.steps)
    return fmt::format("{} cycles, {} steps in C++; {}, {} in RTL", cpp.cycles, cpp.steps,
                       rtl.cycles, rtl.steps);
  return {};
}

}  // namespace orrery
