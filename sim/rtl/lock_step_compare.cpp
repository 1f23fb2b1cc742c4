#include "sim/rtl/lock_step_compare.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/machine/lock_step.h"
#include "sim/rtl/lock_step_driver.h"
#include "sim/rtl/lock_step_wave.h"

namespace orrery {
namespace {

// What one of the arrays did.
struct Played {
  LockStepLog log;
  PassRecord record;
  std::vector<std::int32_t> psum;
};

PassTiles tiles_of(const LockStepPassCase& pass, std::vector<std::int32_t>& psum) {
  PassTiles tiles = pass.tiles;
  tiles.psum = psum.data() + pass.psum_from;
  return tiles;
}

Played play_cpp(const LockStepSequence& sequence) {
  Played played{.log = {}, .record = {}, .psum = sequence.psum};
  LockStepArray array(*sequence.machine);
  array.log(&played.log);
  PassTimes before{};
  for (const LockStepPassCase& pass : sequence.passes) {
    std::int64_t begin = std::max(before.handed, pass.from), fill_begin = begin;
    if (array.shadows(*pass.plan)) {
      fill_begin = std::max({before.begin, before.filled, pass.from});
      begin = std::max(begin, fill_begin + array.fill_cycles(*pass.plan));
    }
    before = array.play(*pass.plan, sequence.work, sequence.registers, tiles_of(pass, played.psum),
                        fill_begin, begin);
  }
  played.record = array.take_record(before.done);
  return played;
}

// Up to the cycle from which on nothing moves, if the passes do not end.
Played play_rtl(const LockStepSequence& sequence, LockStepRtl& rtl) {
  Played played{.log = {}, .record = {}, .psum = sequence.psum};
  LockStepDriver driver(*sequence.machine, sequence.registers, sequence.work, rtl);
  for (const LockStepPassCase& pass : sequence.passes)
    driver.add(*pass.pass, *pass.plan, tiles_of(pass, played.psum), pass.from);
  try {
    while (!driver.done()) driver.cycle();
  } catch (const DeadlockError&) {  // seen in the log
  }
  for (std::size_t i = 0; i < driver.passes(); ++i) played.log.passes.push_back(driver.log(i));
  played.record = driver.take_record();
  return played;
}

// Of what was counted, and of psums in the end.
class Totals {
 public:
  template <class T>
  void compare(const std::string& what, T cpp, T rtl) {
    if (cpp == rtl || difference_) return;
    difference_ = {.pass = 0,
                   .cycle = 0,
                   .pe = -1,
                   .what = what + " of all passes",
                   .expected = fmt::format("{}", cpp),
                   .got = fmt::format("{}", rtl),
                   .steps = {}};
  }
  void compare(const PassRecord& cpp, const PassRecord& rtl) {
    for (std::size_t i = 0; i < kActions.size(); ++i) {
      const ActionName& name = kActions[i];
      compare(fmt::format("{} {} {}", name.structure, name.tensor, name.action),
              cpp.counts.value[i], rtl.counts.value[i]);
    }
    for (std::size_t i = 0; i < kPeStateNames.size(); ++i)
      compare(fmt::format("PE-cycles of {}", kPeStateNames[i]), cpp.pe_cycles[i], rtl.pe_cycles[i]);
    for (std::size_t i = 0; i < kBeforeMacNames.size(); ++i)
      compare(fmt::format("PE-cycles of {} before a MAC", kBeforeMacNames[i]), cpp.before_mac[i],
              rtl.before_mac[i]);
    compare("cycles", cpp.cycles, rtl.cycles);
    compare("steps", cpp.steps, rtl.steps);
  }
  void compare(const std::vector<std::int32_t>& cpp, const std::vector<std::int32_t>& rtl) {
    for (std::size_t i = 0; i < cpp.size(); ++i) compare(fmt::format("psum {}", i), cpp[i], rtl[i]);
  }
  std::optional<ArrayDifference> difference() const { return difference_; }

 private:
  std::optional<ArrayDifference> difference_;
};

}  // namespace

LockStepComparison compare_lock_step(const LockStepSequence& sequence, LockStepRtl& rtl,
                                     const std::filesystem::path& waves) {
  const Played cpp = play_cpp(sequence);
  if (!waves.empty()) {
    rtl.trace(waves / "rtl.fst");
    write_wave(waves / "cycles.vcd", cpp.log);
  }
  const Played seen = play_rtl(sequence, rtl);
  LockStepComparison result;
  for (const LockStepLog::Pass& pass : cpp.log.passes) {
    result.cycles = std::max(result.cycles, pass.done);
    result.psums += pass.psums.size();
  }
  result.difference = first_difference(sequence, cpp.log, seen.log);
  if (result.difference) return result;
  Totals totals;
  totals.compare(cpp.record, seen.record);
  totals.compare(cpp.psum, seen.psum);
  result.difference = totals.difference();
  return result;
}

}  // namespace orrery
