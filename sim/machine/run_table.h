// The steps of a PassProgram in the order in which a PE takes them, written out once for all PEs
// that run it.
//
// A run is a stretch of steps of the innermost counter that begins and ends as one: nothing that
// others see happens inside it. Programs may be long, so only their inner counters are written out
// (a block); a Stepper turns the others.
#pragma once

#include <cstdint>
#include <vector>

#include "arch/machine/machine.h"
#include "sim/machine/stepper.h"

namespace orrery {

// Positions are in words of the PE's streams, of psums in the window; all from where the block
// begins.
struct MacRun {
  std::int32_t ifmap = 0, filter = 0, psum = 0;  // of its first step
  std::int32_t last_ifmap = 0, last_filter = 0;  // of its last step
  std::int32_t steps = 1;
  // Words that no later step of the block reaches; not for its last run.
  std::int32_t ifmap_dead = 0, filter_dead = 0;
  // As far as the counters of the block say:
  bool fresh = false;        // its first step starts a psum from zero
  bool leaves = false;       // its only step is the last on a psum, which leaves with it
  bool ends_window = false;  // not for the last run of the block
  // This run and those after it that follow at once if all their words are there: up to the end of
  // the window, before a run that lets a psum go and before the last run of the block. Their words
  // that come last.
  std::int32_t together = 1;
  std::int32_t most_ifmap = 0, most_filter = 0;
};

class RunTable {
 public:
  // Runs are cut into single steps where a spad slot is used again after each, and where each step
  // lets a psum go. A block has at most `most_runs`, unless the innermost counter alone has more.
  RunTable(const PassProgram& program, const Pe& limits, std::int64_t most_runs = 4096);
  RunTable(const RunTable&) = delete;
  RunTable& operator=(const RunTable&) = delete;

  const PassProgram& program() const { return program_; }
  const Counter& inner() const { return block_.inner; }
  const StepTable& outer() const { return outer_; }
  const std::vector<MacRun>& runs() const { return runs_; }
  // The steps of a run take one ifmap word, and neighbouring filter words and psums.
  bool straight() const {
    const Counter& c = block_.inner;
    return c.ifmap_stride == 0 && c.filter_stride == 1 && c.psum_stride == 1;
  }
  // All steps of a run add to one psum.
  bool sums_inside() const {
    return block_.inner.reduction && block_program_.window < block_program_.counters;
  }

 private:
  static bool by_steps(const PassProgram& program, const Pe& limits);
  static int first_of_block(const PassProgram& program, bool by_steps, std::int64_t most_runs);
  static PassProgram counters(const PassProgram& program, int first, int last);
  void write(const Pe& limits);
  void join();

  const PassProgram program_;
  const bool by_steps_;
  const int first_;  // counter of the block
  const PassProgram block_program_, outer_program_;
  const StepTable block_, outer_;
  std::vector<MacRun> runs_;
};

}  // namespace orrery
