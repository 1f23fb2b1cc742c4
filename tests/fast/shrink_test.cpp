// What is printed of a case in which the engines differ.
#include "tests/fast/shrink.h"

#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include "tests/cycle/random_case.h"
#include "tests/fast/same.h"

namespace orrery::test {
namespace {

EngineCase engine_case(std::uint64_t seed) {
  const Case c = random_case(seed);
  return {c.machine, c.layer, c.mapping};
}

TEST(Shrink, ACaseReadsBackAsItWasWritten) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE(seed);
    EngineCase c = engine_case(seed);
    EngineCase read = read_case(parse_yaml_text(to_text(document(c)), "case"));
    for (Machine* m : {&c.machine, &read.machine}) {
      m->source = m->description = {};
      m->tags = {};
    }
    EXPECT_EQ(read.machine, c.machine);
    EXPECT_EQ(read.mapping, c.mapping);
    c.layer.ifmap_zeros = c.layer.filter_zeros = 0;
    if (c.layer.kind == LayerKind::kPool) {  // a file says nothing of what is done to its psums
      c.layer.post = read.layer.post;
      c.layer.unstated = read.layer.unstated;
    }
    EXPECT_EQ(read.layer, c.layer) << to_text(document(c));
  }
}

bool is_hit(const Layer& layer) {
  return layer.stride_rows == 2 && layer.bound(Dim::kG) * layer.bound(Dim::kC) > 1;
}

LayerResult with_planted_difference(const EngineCase& c) {
  LayerResult r = folded(c);
  if (is_hit(c.layer)) ++r.cycles;
  return r;
}

// Groups, channels and filters of a grouped layer could only shrink together.
EngineCase first_hit() {
  for (std::uint64_t seed = 1;; ++seed) {
    EngineCase c = engine_case(seed);
    if (c.layer.macs() > 1000 && c.layer.bound(Dim::kG) == 1 && is_hit(c.layer)) return c;
  }
}

TEST(Shrink, LeavesOfAPlantedDifferenceTheSmallestCase) {
  const EngineCase smallest = read_case(shrink(document(first_hit()), [](const EngineCase& c) {
    return !difference_of_engines(c, with_planted_difference).empty();
  }));
  EXPECT_EQ(smallest.layer.macs(), 2);
  EXPECT_TRUE(is_hit(smallest.layer));
  const Layer& layer = smallest.layer;
  EXPECT_EQ(layer.pad_top + layer.pad_bottom + layer.pad_left + layer.pad_right, 0);
  EXPECT_EQ(layer.ifmap_rows * layer.ifmap_cols, 1);
  EXPECT_LE(smallest.mapping.nest.size(), 1u);
  EXPECT_EQ(smallest.machine.pes(), 1);
  EXPECT_EQ(smallest.machine.dma.crossing_cycles, 0);
  EXPECT_EQ(smallest.machine.noc.ifmap, Bus{});
  EXPECT_TRUE(smallest.machine.dma.overlap.empty());
}

TEST(Shrink, IsWhatATestReports) {
  const EngineCase c = first_hit();
  testing::TestPartResultArray failures;
  {
    const testing::ScopedFakeTestPartResultReporter reporter(
        testing::ScopedFakeTestPartResultReporter::INTERCEPT_ONLY_CURRENT_THREAD, &failures);
    expect_same(c, with_planted_difference);
    expect_same(c);
  }
  ASSERT_EQ(failures.size(), 1);
  const std::string said = failures.GetTestPartResult(0).message();
  const std::size_t begin = said.find("machine:");
  ASSERT_NE(begin, std::string::npos) << said;
  EXPECT_TRUE(is_hit(read_case(parse_yaml_text(said.substr(begin), "report")).layer)) << said;
}

}  // namespace
}  // namespace orrery::test
