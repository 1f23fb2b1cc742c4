// The orders of a bus, packet by packet.
#include <gtest/gtest.h>

#include "dataflows/pass/pass.h"
#include "tests/dataflows/packets.h"
#include "tests/dataflows/shapes.h"

namespace orrery {
namespace {

using test::Packet;
using test::packets;
using test::shape;

// The one pass of `layer` on 2 x 2 PEs, whose buses are a word wide and serve in the given order.
Pass pass_of(const Layer& layer, const std::vector<Loop>& nest, BusOrder order) {
  Machine m = test::machines()[1];
  for (Bus* bus : {&m.noc.ifmap, &m.noc.filter, &m.noc.psum_in, &m.noc.psum_out})
    *bus = {{.words_per_cycle = 1}, order};
  const Mapping mapping{.dataflow = "by hand", .nest = nest, .keep = {}};
  EXPECT_EQ(check(mapping, layer, m), "");
  std::array<TileLayout, kTensors> layout;
  for (const Tensor t : kAllTensors) layout[index(t)] = tile_layout(layer, layer.box(), t);
  return compile_pass(layer, m, mapping, layer.box(), layout);
}

struct Expected {
  BusOrder order;
  std::vector<Packet> packets;
};

// Four filters of one channel and two taps: filter m has words 2m and 2m + 1. Each PE takes two of
// them tap by tap: at its steps (tap, filter) PE 0 wants 0 2 1 3 and PE 1 wants 4 6 5 7.
TEST(BusOrder, ServesFiltersByStepInPlaceOrBackwardsOrPeAfterPe) {
  const Layer layer = shape("taps", {1, 1, 4, 1, 1, 1, 1, 2});
  const std::vector<Loop> nest{
      {Dim::kM, 2, Place::kCols}, {Dim::kS, 1, Place::kPe}, {Dim::kM, 1, Place::kPe}};
  const Packet a0{{0}, {0}}, a1{{2}, {0}}, a2{{1}, {0}}, a3{{3}, {0}};
  const Packet b0{{4}, {1}}, b1{{6}, {1}}, b2{{5}, {1}}, b3{{7}, {1}};
  for (const Expected& e : {Expected{BusOrder::kStep, {a0, b0, a1, b1, a2, b2, a3, b3}},
                            {BusOrder::kStepReversed, {b0, a0, b1, a1, b2, a2, b3, a3}},
                            {BusOrder::kPe, {a0, a1, a2, a3, b0, b1, b2, b3}}}) {
    EXPECT_EQ(packets(pass_of(layer, nest, e.order).filter), e.packets);
  }
}

// Two ofmap columns on two PEs that walk over three taps, channel by channel: PE 0 wants columns 0
// 1 2 of the ifmap, PE 1 wants 1 2 3; the second channel has words 4 to 7. They share 1, 2, 5
// and 6. Within a channel words go by their place, so no two words have one step to be reversed in.
// PE after PE, PE 0 goes ahead to 4, but gets 5 only when PE 1 has its 3 behind it.
TEST(BusOrder, SendsWhatOverlappingWindowsShareOnceUnderEveryOrder) {
  const Layer layer = shape("windows", {1, 1, 1, 2, 1, 2, 1, 3});
  const std::vector<Loop> nest{
      {Dim::kQ, 1, Place::kCols}, {Dim::kC, 1, Place::kPe}, {Dim::kS, 1, Place::kPe}};
  const auto shared = [](int word) { return Packet{{word}, {0, 1}}; };
  const Packet a0{{0}, {0}}, a4{{4}, {0}}, b3{{3}, {1}}, b7{{7}, {1}};
  const std::vector<Packet> by_step{a0, shared(1), shared(2), b3, a4, shared(5), shared(6), b7};
  for (const Expected& e :
       {Expected{BusOrder::kStep, by_step},
        {BusOrder::kStepReversed, by_step},
        {BusOrder::kPe, {a0, shared(1), shared(2), a4, b3, shared(5), shared(6), b7}}}) {
    EXPECT_EQ(packets(pass_of(layer, nest, e.order).ifmap), e.packets);
  }
}

}  // namespace
}  // namespace orrery
