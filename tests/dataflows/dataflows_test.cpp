// Every dataflow on every kind of layer, and what the kinds of output stationary put where.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <set>

#include "dataflows/all.h"
#include "tests/dataflows/nest_walk.h"
#include "tests/dataflows/shapes.h"

namespace orrery {
namespace {

using test::machines;
using test::NestWalk;
using test::Point;
using test::shape;
using test::shapes;

struct Named {
  std::string name;
  std::function<Mapping(const Layer&, const Machine&)> map;
};

// The built-in ones, and those of the files that come with Orrery.
std::vector<Named> all_dataflows() {
  std::vector<Named> all;
  for (const Dataflow& one : kDataflows) all.push_back({std::string(one.name), one.map});
  const std::filesystem::path folder = std::filesystem::path(ORRERY_SOURCE_DIR) / "dataflows";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".yaml") continue;
    const Pattern pattern = read_pattern(entry.path());
    all.push_back({pattern.name, [pattern](const Layer& layer, const Machine& machine) {
                     return fit(pattern, layer, machine);
                   }});
  }
  return all;
}

// Each point of the layer once, each PE in the array.
void expect_walk(const Mapping& mapping, const Layer& layer, const Machine& machine) {
  std::set<Point> points;
  std::int64_t macs = 0;
  NestWalk(mapping, layer)
      .walk({.tile = {}, .pass = {}, .mac = [&](const Point& x, int row, int col) {
               points.insert(x);
               ++macs;
               EXPECT_LT(row, machine.array.rows);
               EXPECT_LT(col, machine.array.cols);
             }});
  EXPECT_EQ(macs, layer.macs());
  EXPECT_EQ(static_cast<std::int64_t>(points.size()), layer.macs());
}

TEST(Dataflows, MapEveryKindOfLayerOrSayWhyNot) {
  ASSERT_GT(all_dataflows().size(), kDataflows.size()) << "no file of a dataflow";
  for (const Named& dataflow : all_dataflows()) {
    for (const Machine& machine : machines()) {
      for (const Layer& layer : shapes()) {
        SCOPED_TRACE(dataflow.name + " of " + layer.name + " on " + machine.name);
        const bool pools = !layer.post.pool.empty() && !machine.post.pooling;
        try {
          const Mapping mapping = dataflow.map(layer, machine);
          EXPECT_EQ(check(mapping, layer, machine),
                    pools ? "the layer ends in pooling; the machine has none" : "")
              << to_string(mapping, layer);
          expect_walk(mapping, layer, machine);
        } catch (const InputError& error) {
          EXPECT_TRUE(pools) << error.what();
          EXPECT_TRUE(std::string(error.what()).starts_with("layer " + layer.name + " "))
              << error.what();
        }
      }
    }
  }
}

// What a pass works on: the points of each PE, in their order.
using PassUse = std::map<std::pair<int, int>, std::vector<Point>>;

void for_each_pass(const Mapping& mapping, const Layer& layer,
                   const std::function<void(const PassUse&)>& look) {
  PassUse use;
  const auto end = [&] {
    if (!use.empty()) look(use);
    use.clear();
  };
  NestWalk(mapping, layer)
      .walk({.tile = {}, .pass = end, .mac = [&](const Point& x, int row, int col) {
               use[{row, col}].push_back(x);
             }});
  end();
}

// The coordinates of a point along `dims`.
Point values(const Point& x, const std::vector<Dim>& dims) {
  Point some{};
  for (const Dim d : dims) some[index(d)] = x[index(d)];
  return some;
}

// What all PEs of a pass, of a row or of a column have in common.
struct Kind {
  const char* name;
  std::vector<Dim> of_pass, of_row, of_col;
};
const std::vector<Kind> kKinds{{"os_a", {Dim::kG, Dim::kN, Dim::kM}, {Dim::kP}, {Dim::kQ}},
                               {"os_b", {Dim::kG, Dim::kN}, {Dim::kP, Dim::kQ}, {Dim::kM}},
                               {"os_c", {Dim::kG, Dim::kN, Dim::kP, Dim::kQ}, {}, {}}};

void expect_kind(const Kind& kind, const PassUse& use) {
  std::map<int, std::set<Point>> rows, cols;
  std::set<Point> pass;
  for (const auto& [pe, points] : use) {
    for (const Point& x : points) {
      pass.insert(values(x, kind.of_pass));
      rows[pe.first].insert(values(x, kind.of_row));
      cols[pe.second].insert(values(x, kind.of_col));
    }
    const Point psum = values(points[0], {Dim::kG, Dim::kN, Dim::kM, Dim::kP, Dim::kQ});
    for (const Point& x : points) {
      EXPECT_EQ(values(x, {Dim::kG, Dim::kN, Dim::kM, Dim::kP, Dim::kQ}), psum)
          << "a PE works on one psum";
    }
    EXPECT_TRUE(std::ranges::is_sorted(points)) << "C outermost, then R, then S";
  }
  EXPECT_EQ(pass.size(), 1U);
  for (const auto& [row, seen] : rows) EXPECT_EQ(seen.size(), 1U) << "row " << row;
  for (const auto& [col, seen] : cols) EXPECT_EQ(seen.size(), 1U) << "column " << col;
}

TEST(OutputStationary, KindsPutPixelsAndChannelsWhereTheyPromise) {
  for (const Kind& kind : kKinds) {
    for (const Machine& machine : machines()) {
      for (const Layer& layer : shapes()) {
        if (!layer.post.pool.empty() && !machine.post.pooling) continue;
        SCOPED_TRACE(std::string(kind.name) + " of " + layer.name + " on " + machine.name);
        const Mapping mapping = find_dataflow(kind.name)->map(layer, machine);
        EXPECT_EQ(mapping.keep.pe, (std::array{false, false, true}));
        for_each_pass(mapping, layer, [&](const PassUse& use) { expect_kind(kind, use); });
      }
    }
  }
}

// On 12 x 14 PEs the kinds busy a: min(P,12) min(Q,14), b: min(Q,12) min(M,14) where Q takes the
// rows, c: min(M,168) of them, as far as M fills rows.
TEST(OutputStationary, ChoosesTheKindThatBusiesMostPes) {
  const Machine eyeriss = machines()[0];
  const std::vector<std::pair<Layer, std::string>> cases{
      {shape("156, 168, 168", {1, 1, 384, 8, 13, 13, 3, 3}), "os_b"},
      {shape("168, 36, 3", {1, 1, 3, 8, 24, 28, 3, 3}), "os_a"},
      {shape("12, 168, 14", {1, 1, 14, 8, 1, 12, 1, 3}), "os_b"},
      {shape("1, 14, 168", {1, 1, 200, 30, 1, 1, 1, 1}), "os_c"},
      {shape("1, 14, 14", {1, 1, 14, 30, 1, 1, 1, 1}), "os_b"},
      {shape("1, 1, 1", {1, 1, 1, 30, 1, 1, 1, 1}), "os_a"}};
  for (const auto& [layer, kind] : cases) {
    EXPECT_EQ(output_stationary(layer, eyeriss), find_dataflow(kind)->map(layer, eyeriss))
        << "PEs " << layer.name;
  }
}

TEST(OutputStationary, SaysWhatDoesNotFitWhereNoKindDoes) {
  Machine tiny = machines()[1];
  tiny.levels.back().stores[0].banks = 1;
  try {
    output_stationary(shape("conv", {1, 1, 2, 2, 3, 3, 3, 3}), tiny);
    FAIL();
  } catch (const InputError& error) {
    EXPECT_STREQ(error.what(),
                 "layer conv cannot be mapped on tutorial_2x2 by os_a: the tiles need 2 banks of "
                 "store fmap (ifmap 1, psum 1); it has 1");
  }
}

TEST(Dataflows, AreFoundByName) {
  for (const Dataflow& one : kDataflows) EXPECT_EQ(find_dataflow(one.name), &one);
  for (const char* none : {"row", "RS", ""}) EXPECT_EQ(find_dataflow(none), nullptr);
}

TEST(Dataflows, AreCalledAsTheirPatternsAre) {
  for (const Dataflow& one : kDataflows) {
    if (one.pattern == nullptr) continue;
    EXPECT_EQ(one.pattern().name, one.name);
    EXPECT_EQ(one.pattern().description, one.description);
  }
}

}  // namespace
}  // namespace orrery
