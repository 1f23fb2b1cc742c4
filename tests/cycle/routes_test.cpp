// Psums that saturate, by each route that keeps one order of additions.
#include <gtest/gtest.h>

#include "sim/cycle/engine.h"
#include "tests/cycle/small_layers.h"
#include "workloads/tensor/operands.h"

namespace orrery::test {
namespace {

using enum Dim;
using enum Place;

// Products have up to 12 bits and psums 13: most sums of 16 channels saturate on their way.
Machine narrow_machine(PsumRoute route) {
  Machine m = machine_named("tutorial_4x4");
  m.numbers.product_bits = m.numbers.psum_bits = 13;
  m.numbers.overflow = Overflow::kSaturate;
  m.array.psum_route = route;
  m.levels[0].stores[0].accumulates = route == PsumRoute::kSpill;
  return m;
}

TEST(Routes, AddSaturatingPsumsInTheOrderThatTheyPrint) {
  struct {
    PsumRoute route;
    std::vector<Loop> spatial;
    std::string order;
  } const expected[]{
      {PsumRoute::kColumn, {{kM, 1, kCols}, {kC, 2, kRows}}, "passes C/8; chain C/2 rev; PE C"},
      {PsumRoute::kInPlace, {{kM, 1, kCols}, {kQ, 1, kRows}}, "passes C/8; PE C"},
      {PsumRoute::kSpill, {{kC, 4, kCols}, {kM, 1, kRows}}, "passes C/8; chain C/4; PE C"},
      {PsumRoute::kSpill, {{kC, 4, kCols}, {kC, 2, kRows}}, "passes C/8; chain C/4, C/2; PE C"},
  };
  const Layer layer = conv({1, 1, 4, 16, 1, 4, 1, 1});
  const Operands in = synthetic_operands(layer, 1, 13);
  const Arithmetic saturating = narrow_machine(PsumRoute::kSpill).arithmetic(layer);
  const std::string in_one_go = sha256(golden_ofmap(layer, in, saturating, plain_reduction()));
  for (const auto& e : expected) {
    Mapping mapping{.dataflow = "saturating", .nest = {{kC, 8, kGlb}}, .keep = {}};
    mapping.nest.insert(mapping.nest.end(), e.spatial.begin(), e.spatial.end());
    for (const Dim d : {kQ, kC, kM}) mapping.nest.push_back({d, 1, kPe});
    const LayerResult r = run_layer(narrow_machine(e.route), layer, mapping, in);
    EXPECT_EQ(r.check, Check::kEqual) << e.order << ": " << r.difference;
    EXPECT_EQ(r.reduction, e.order);
    EXPECT_NE(r.ofmap_sha256, in_one_go) << "the order does not matter here";
  }
}

}  // namespace
}  // namespace orrery::test
