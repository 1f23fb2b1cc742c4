// Passes without values, of which repetitions are not played, against passes with values, of which
// every cycle is.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <set>

#include "dataflows/row_stationary.h"
#include "sim/random/array_case.h"
#include "sim/schedule/walk.h"
#include "tests/cycle/small_layers.h"
#include "tests/sim/both.h"
#include "workloads/network/network.h"

namespace orrery {
namespace {

using test::machine_named;
using test::PlainTiles;

constexpr std::int64_t kMostCycles = 1'000'000'000;

// Cycles of passes, and those that were skipped; passes, and those of them in which some were.
struct Sum {
  Cycle cycles = 0, skipped = 0;
  int passes = 0, folded = 0;
};

// With words that never gate, or without words.
PlainTiles tiles_of(const Machine& machine, const std::array<TileLayout, kTensors>& layout,
                    bool read_psums) {
  const auto size = [&](Tensor t) { return static_cast<std::size_t>(layout[index(t)].size()); };
  PlainTiles tiles;
  tiles.ifmap.assign(size(Tensor::kIfmap), 1);
  tiles.filter.assign(size(Tensor::kFilter), 1);
  tiles.psum.assign(size(Tensor::kPsum), 0);
  tiles.read_psums = read_psums;
  if (machine.padding == Padding::kStored) return tiles;
  for (std::size_t k = 0; k < tiles.ifmap.size(); ++k) tiles.padding.push_back(k % 3 == 0 ? 1 : 0);
  return tiles;
}

void compare(Array& array, const Machine& machine, const Layer& layer, const Mapping& mapping,
             const Step& step, Sum& sum) {
  std::array<TileLayout, kTensors> layout;
  for (const Tensor t : kAllTensors) layout[index(t)] = tile_layout(layer, step.pass, t);
  const Pass pass = compile_pass(layer, machine, mapping, step.pass, layout);
  const bool read = !step.starts_psums || machine.first_psum == FirstPsum::kRead;
  PlainTiles ones = tiles_of(machine, layout, read);
  PlainTiles none{
      .ifmap = {}, .padding = ones.padding, .filter = {}, .psum = {}, .read_psums = read};
  const Arithmetic arithmetic = machine.arithmetic(layer);
  const auto with = test::play_array(array, arithmetic, pass, ones, kMostCycles);
  EXPECT_EQ(array.skipped(), 0);
  const auto without = test::play_array(array, arithmetic, pass, none, kMostCycles);
  EXPECT_EQ(with.has_value(), without.has_value()) << "one of the two never ends";
  if (!with || !without) return;
  test::expect_equal(*without, *with);
  sum.cycles += without->cycles;
  sum.skipped += array.skipped();
  ++sum.passes;
  sum.folded += array.skipped() > 0 ? 1 : 0;
}

Mapping mapping_of(const Layer& layer, const Machine& machine) {
  const std::string file = "/workloads/alexnet/mappings/eyeriss-table3.yaml";
  if (machine.name == "eyeriss") {
    for (const NamedMapping& m : read_mappings(ORRERY_SOURCE_DIR + file)) {
      if (m.layer == layer.name) return m.mapping;
    }
  }
  return row_stationary(layer, machine);
}

// The passes of a layer that differ in shape or in reading psums, of the first thousand.
void compare_passes(const Machine& machine, const Layer& layer, const Mapping& mapping, Sum& sum) {
  Walk walk(layer, mapping, machine);
  std::set<std::pair<std::vector<int>, bool>> seen;
  Step step;
  for (int n = 0; n < 1000 && walk.next(step) && !testing::Test::HasFailure(); ++n) {
    std::vector<int> shape;
    for (const Range& range : step.pass.range) shape.push_back(range.size());
    if (!seen.emplace(shape, step.starts_psums).second) continue;
    Array array(machine);  // the last pass may have been left half-way
    compare(array, machine, layer, mapping, step, sum);
  }
}

TEST(ArrayFold, ChangesNothingInThePassesOfAlexNetOnAnyMachine) {
  const std::string alexnet = std::string(ORRERY_SOURCE_DIR) + "/workloads/alexnet";
  for (const char* name : {"eyeriss", "tutorial_4x4", "tutorial_2x2"}) {
    const Machine machine = machine_named(name);
    Sum sum;
    for (const Layer& layer : select(read_network(alexnet), 4, {}).layers) {
      if (layer.kind == LayerKind::kPool) continue;
      SCOPED_TRACE(layer.name + " on " + name);
      compare_passes(machine, layer, mapping_of(layer, machine), sum);
    }
    RecordProperty(std::string(name) + " cycles", std::to_string(sum.cycles));
    RecordProperty(std::string(name) + " skipped", std::to_string(sum.skipped));
    EXPECT_GT(sum.skipped, sum.cycles / 10) << name;
  }
}

// The case with more images, which each PE takes one after the other; nothing where that does not
// fit.
std::optional<ArrayCase> with_more_images(ArrayCase c) {
  c.layer.bounds[index(Dim::kN)] = 20;
  std::erase_if(c.mapping.nest, [](const Loop& loop) { return loop.dim == Dim::kN; });
  const auto in_pe = std::ranges::find(c.mapping.nest, Place::kPe, &Loop::place);
  c.mapping.nest.insert(in_pe, {Dim::kN, 1, Place::kPe});
  if (!check(c.mapping, c.layer, c.machine).empty()) return std::nullopt;
  return c;
}

TEST(ArrayFold, ChangesNothingInRandomCasesOfManyImages) {
  const std::uint64_t cases = std::getenv("ORRERY_ALL") != nullptr ? 20'000 : 400;
  Sum sum;
  for (std::uint64_t seed = 1; seed <= cases; ++seed) {
    const auto c = with_more_images(random_array_case(seed));
    if (!c) continue;
    compare_passes(c->machine, c->layer, c->mapping, sum);
    ASSERT_FALSE(HasFailure()) << to_string(*c);
  }
  RecordProperty("passes", sum.passes);
  RecordProperty("folded", sum.folded);
  EXPECT_GT(sum.folded, sum.passes / 8);
}

}  // namespace
}  // namespace orrery
