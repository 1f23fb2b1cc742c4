#include "sim/machine/run_table.h"

#include <algorithm>
#include <limits>

namespace orrery {

RunTable::RunTable(const PassProgram& program, const Pe& limits, std::int64_t most_runs)
    : program_(program),
      by_steps_(by_steps(program, limits)),
      first_(first_of_block(program, by_steps_, most_runs)),
      block_program_(counters(program, first_, program.counters)),
      outer_program_(counters(program, 0, first_)),
      block_(block_program_),
      outer_(outer_program_) {
  write(limits);
}

bool RunTable::by_steps(const PassProgram& program, const Pe& limits) {
  const Counter& inner = program.counter[static_cast<std::size_t>(program.counters - 1)];
  return program.window == program.counters ||
         (inner.ifmap_stride != 0 && program.ifmap_words > limits.ifmap_spad_words) ||
         (inner.filter_stride != 0 && program.filter_words > limits.filter_spad_words);
}

int RunTable::first_of_block(const PassProgram& program, bool by_steps, std::int64_t most_runs) {
  int first = program.counters - 1;
  std::int64_t runs = by_steps ? program.counter[static_cast<std::size_t>(first)].bound : 1;
  while (first > 0) {
    runs *= program.counter[static_cast<std::size_t>(first - 1)].bound;
    if (runs > most_runs) break;
    --first;
  }
  return first;
}

// Counters [first, last) as a program; one that turns once if there are none.
PassProgram RunTable::counters(const PassProgram& program, int first, int last) {
  PassProgram part;
  part.counters = std::max(1, last - first);
  std::copy(program.counter.begin() + first, program.counter.begin() + last, part.counter.begin());
  part.window = std::clamp(program.window - first, 0, last - first);
  return part;
}

void RunTable::write(const Pe& limits) {
  constexpr int kAll = std::numeric_limits<std::int32_t>::max();
  Stepper steps;
  steps.start(block_);
  while (!steps.exhausted()) {
    const bool lets_go = limits.adders > 1 && steps.last_visit();
    MacRun run;
    run.steps = by_steps_ || lets_go ? 1 : steps.inner_left();
    run.ifmap = steps.ifmap_at();
    run.filter = steps.filter_at();
    run.psum = steps.psum_at();
    run.last_ifmap = run.ifmap + (run.steps - 1) * inner().ifmap_stride;
    run.last_filter = run.filter + (run.steps - 1) * inner().filter_stride;
    run.fresh = steps.fresh();
    run.leaves = lets_go && (!sums_inside() || steps.inner_left() == 1);
    run.ends_window = steps.advance(run.steps);
    run.ifmap_dead = steps.dead_ifmap(kAll);
    run.filter_dead = steps.dead_filter(kAll);
    runs_.push_back(run);
  }
  join();
}

void RunTable::join() {
  for (std::size_t i = runs_.size(); i-- > 0;) {
    MacRun& run = runs_[i];
    run.most_ifmap = std::max(run.ifmap, run.last_ifmap);
    run.most_filter = std::max(run.filter, run.last_filter);
    if (run.leaves || run.ends_window || i + 2 >= runs_.size() || runs_[i + 1].leaves) continue;
    const MacRun& next = runs_[i + 1];
    run.together = next.together + 1;
    run.most_ifmap = std::max(run.most_ifmap, next.most_ifmap);
    run.most_filter = std::max(run.most_filter, next.most_filter);
  }
}

}  // namespace orrery
