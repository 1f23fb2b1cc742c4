// The runs of a program against a script that enumerates its operations.
#include "sim/machine/run_table.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "sim/machine/pe.h"
#include "sim/random/conv.h"
#include "tests/sim/plain_script.h"

namespace orrery {
namespace {

using test::Operation;
using test::Script;

// Counters with neighbouring words, kept words and sliding windows; psums as a window lays them.
PassProgram random_program(Rng& rng) {
  PassProgram p;
  p.counters = rng.in(1, 5);
  p.window = rng.in(0, p.counters);
  int ifmap_reach = 1, filter_reach = 1;
  for (int i = p.counters - 1; i >= 0; --i) {
    Counter& c = p.counter[static_cast<std::size_t>(i)];
    c.bound = rng.in(1, 4);
    c.ifmap_stride = rng.in(0, 2) == 0 ? 0 : rng.in(1, ifmap_reach);
    c.filter_stride = rng.in(0, 2) == 0 ? 0 : rng.in(1, filter_reach);
    ifmap_reach += (c.bound - 1) * c.ifmap_stride;
    filter_reach += (c.bound - 1) * c.filter_stride;
    c.reduction = i == p.window || (i > p.window && rng.in(0, 1) == 1);
    if (i < p.window) p.windows *= c.bound;
    if (i < p.window || c.reduction) continue;
    c.psum_stride = p.window_psums;
    p.window_psums *= c.bound;
  }
  p.ifmap_words = ifmap_reach;
  p.filter_words = filter_reach;
  return p;
}

std::string to_string(const PassProgram& p) {
  std::string text = fmt::format("window {}", p.window);
  for (int i = 0; i < p.counters; ++i) {
    const Counter& c = p.counter[static_cast<std::size_t>(i)];
    text += fmt::format("\n  bound {}, strides {} {} {}{}", c.bound, c.ifmap_stride,
                        c.filter_stride, c.psum_stride, c.reduction ? ", reduction" : "");
  }
  return text;
}

// Words below `dead` have no use from operation `next` on; the word `dead`, if there is one, has.
void expect_dead(std::int32_t dead, const std::vector<int>& last_use, int next) {
  for (std::size_t w = 0; w < static_cast<std::size_t>(dead); ++w) EXPECT_LT(last_use.at(w), next);
  if (static_cast<std::size_t>(dead) < last_use.size()) {
    EXPECT_GE(last_use[static_cast<std::size_t>(dead)], next);
  }
}

// Step k of the PE's present run is the MAC `op`.
void expect_step(const PeCore& pe, const Operation& op, int k) {
  const MacRun& run = *pe.run;
  const Counter& inner = pe.table->inner();
  ASSERT_TRUE(op.mac);
  EXPECT_EQ(pe.ifmap_base + run.ifmap + k * inner.ifmap_stride, op.ifmap);
  EXPECT_EQ(pe.filter_base + run.filter + k * inner.filter_stride, op.filter);
  EXPECT_EQ(pe.psum_base + run.psum + k * inner.psum_stride, op.psum);
  EXPECT_EQ(run.fresh && pe.first_visit && (k == 0 || !pe.table->sums_inside()), op.starts);
  EXPECT_EQ(run.leaves && pe.last_visit, op.leaves);
}

void expect_script(const PassProgram& program, const Pe& limits, std::int64_t most_runs) {
  const Script script = test::write_script(program, 1, limits.adders);
  const RunTable table(program, limits, most_runs);
  PeCore pe;
  pe.start(table);
  std::size_t next = 0;
  while (!pe.exhausted && !testing::Test::HasFailure()) {
    for (int k = 0; k < pe.run->steps; ++k) expect_step(pe, script.operations.at(next++), k);
    expect_dead(pe.ifmap_dead(), script.last_ifmap, static_cast<int>(next));
    expect_dead(pe.filter_dead(), script.last_filter, static_cast<int>(next));
    const bool window_ends = pe.next_run();
    const std::size_t before = next;
    while (next < script.operations.size() && !script.operations[next].mac) ++next;
    if (limits.adders == 1) {
      EXPECT_EQ(window_ends, next > before);
    }
  }
  EXPECT_EQ(next, script.operations.size());
}

TEST(RunTable, HasTheStepsOfTheProgramHoweverItIsCutIntoBlocks) {
  for (std::uint64_t seed = 1; seed <= 2000; ++seed) {
    Rng rng(seed);
    const PassProgram program = random_program(rng);
    Pe limits;
    limits.ifmap_spad_words = rng.in(1, 20);
    limits.filter_spad_words = rng.in(1, 20);
    limits.adders = rng.in(1, 2);
    for (const std::int64_t most_runs : {1, 7, 4096}) {
      expect_script(program, limits, most_runs);
      ASSERT_FALSE(HasFailure()) << "seed " << seed << ", blocks of " << most_runs
                                 << " runs, spads " << limits.ifmap_spad_words << ' '
                                 << limits.filter_spad_words << ", adders " << limits.adders << ", "
                                 << to_string(program);
    }
  }
}

}  // namespace
}  // namespace orrery
