// How psums meet: small passes whose cycles, counts and psums are worked out by hand.
//
// Products are 6 * 7 = 42 and old psums 100. Words are sent one a cycle; one that is sent in cycle
// k is loaded in k + 1, its MAC issues in k + 2, and with one adder its psum takes a slot in k + 3
// and can leave in k + 4.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "sim/random/array_case.h"
#include "tests/cycle/small_layers.h"
#include "tests/sim/small_pass.h"

namespace orrery {
namespace {

using enum Dim;
using enum Place;
using test::conv;
using test::PlainRecord;

Machine machine_with(PsumRoute route, bool accumulates) {
  Machine m = roomy_machine();
  m.array = {.rows = 3, .cols = 3, .psum_route = route};
  m.levels[0].stores[0].accumulates = accumulates;
  return m;
}

struct Played {
  PlainRecord record;
  std::vector<std::int32_t> psums;
  std::uint64_t count(Action a) const { return record.counts[a]; }
};

// The layer in a single pass.
Played play(const Machine& machine, const Layer& layer, const std::vector<Loop>& nest,
            bool read_psums) {
  const Mapping mapping{.dataflow = "small", .nest = nest, .keep = {}};
  EXPECT_EQ(check(mapping, layer, machine), "");
  std::array<TileLayout, kTensors> layout;
  for (const Tensor t : kAllTensors) layout[index(t)] = tile_layout(layer, layer.box(), t);
  const Pass pass = compile_pass(layer, machine, mapping, layer.box(), layout);
  test::PlainTiles tiles = test::tiles_of(read_psums);
  Array array(machine);
  Played played{test::play_both(array, machine, machine.arithmetic({}), pass, tiles), tiles.psum};
  played.psums.resize(static_cast<std::size_t>(layout[index(Tensor::kPsum)].size()));
  return played;
}

struct Traffic {
  std::uint64_t merges, reads, writes, bus_words, hops;
};

void expect_traffic(const Played& p, const Traffic& t) {
  EXPECT_EQ(p.count(Action::adder_none_merge), t.merges);
  EXPECT_EQ(p.count(Action::glb_psum_array_read), t.reads);
  EXPECT_EQ(p.count(Action::glb_psum_array_write), t.writes);
  EXPECT_EQ(p.count(Action::noc_psum_bus_word), t.bus_words);
  EXPECT_EQ(p.count(Action::noc_psum_delivery), t.bus_words);
  EXPECT_EQ(p.count(Action::noc_psum_hop), t.hops);
}

// Three channels, sent in 0, 1 and 2: the PEs of the column have their psums ready in 4, 5 and 6.
// In 6 the sum of the three leaves. An old psum is merged by the first PE, or added by the store.
TEST(ArrayRoutes, ATreeOfThreeSumsThemWhenTheLastIsReady) {
  struct {
    bool accumulates, read;
    std::int32_t psum;
    Traffic traffic;
  } const expected[]{{false, false, 126, {2, 0, 1, 1, 0}},
                     {false, true, 226, {3, 1, 1, 2, 0}},
                     {true, false, 126, {2, 0, 1, 1, 0}},
                     {true, true, 226, {3, 1, 1, 1, 0}}};
  for (const auto& e : expected) {
    const Machine machine = machine_with(PsumRoute::kTree, e.accumulates);
    const Played p = play(machine, conv({1, 1, 1, 3, 1, 1, 1, 1}), {{kC, 1, kRows}}, e.read);
    EXPECT_EQ(p.record.cycles, 7);
    EXPECT_EQ(p.psums, std::vector{e.psum});
    expect_traffic(p, e.traffic);
  }
}

// Two channels on two columns, two ofmap words. Ifmap words are sent in 0 to 3, channel after
// channel: the first PE has its psums ready in 4 and 6, the second in 5 and 7. The bus takes the
// first word of both, then the second of both: in 4, 5, 6 and 7. Where a packet of two psums takes
// it two cycles: from 4, 6, 8 and 10 on.
TEST(ArrayRoutes, SpilledPsumsOfTwoPesMeetInTheStoreOneAfterTheOther) {
  struct {
    bool read;
    int packet;
    std::int64_t cycles;
    std::int32_t psum;
    Traffic traffic;
  } const expected[]{{false, 1, 8, 84, {2, 2, 4, 4, 0}},
                     {true, 1, 8, 184, {4, 4, 4, 4, 0}},
                     {false, 2, 12, 84, {2, 2, 4, 4, 0}}};
  for (const auto& e : expected) {
    Machine machine = machine_with(PsumRoute::kSpill, true);
    machine.noc.psum_in.words_per_cycle = e.packet;
    const Played p =
        play(machine, conv({1, 1, 1, 2, 1, 2, 1, 1}), {{kC, 1, kCols}, {kQ, 1, kPe}}, e.read);
    EXPECT_EQ(p.record.cycles, e.cycles);
    EXPECT_EQ(p.psums, (std::vector{e.psum, e.psum}));
    expect_traffic(p, e.traffic);
  }
}

// Two channels on two rows, sent in 0 and 1. The lower PE has its psum ready in 5, the link takes
// it, the upper one merges in 6, and it leaves in 7. Either the old psum goes to the lower PE, or
// the store adds it: the same time, the same additions, a word less on the bus.
TEST(ArrayRoutes, AStoreThatAccumulatesAddsWhatClimbsTheColumn) {
  struct {
    bool accumulates, read;
    std::int32_t psum;
    Traffic traffic;
  } const expected[]{{false, true, 184, {2, 1, 1, 2, 1}},
                     {true, true, 184, {2, 1, 1, 1, 1}},
                     {true, false, 84, {1, 0, 1, 1, 1}}};
  for (const auto& e : expected) {
    const Machine machine = machine_with(PsumRoute::kColumn, e.accumulates);
    const Played p = play(machine, conv({1, 1, 1, 2, 1, 1, 1, 1}), {{kC, 1, kRows}}, e.read);
    EXPECT_EQ(p.record.cycles, 8);
    EXPECT_EQ(p.psums, std::vector{e.psum});
    expect_traffic(p, e.traffic);
  }
}

// One psum, ready in 4. Its packet has room for four psums and holds bus and ports as long as four
// would: as the slowest of them needs, or, behind a shared port, for the read and then the write.
TEST(ArrayRoutes, AStoreThatAccumulatesHoldsThePacketForItsPorts) {
  struct {
    int write_words;
    bool shared;
    std::int64_t cycles;
  } const expected[]{{4, false, 5}, {4, true, 6}, {2, false, 6}, {2, true, 7}, {1, true, 9}};
  for (const auto& e : expected) {
    Machine machine = machine_with(PsumRoute::kColumn, true);
    machine.noc.psum_in.words_per_cycle = machine.noc.psum_out.words_per_cycle = 4;
    machine.levels[0].stores[0].write_words_per_cycle = e.write_words;
    machine.levels[0].stores[0].shared_port = e.shared;
    for (const bool read : {false, true}) {
      const Played p = play(machine, conv({1, 1, 1, 1, 1, 1, 1, 1}), {}, read);
      EXPECT_EQ(p.record.cycles, e.cycles) << e.write_words << (e.shared ? ", shared" : "");
    }
  }
}

// Two filters on two rows of one column, on one ifmap word; the second filter word is sent in 1.
// Each PE has its own psum, ready in 4 and 5.
TEST(ArrayRoutes, PsumsInPlaceComeAndGoPeByPe) {
  struct {
    bool accumulates, read;
    std::int32_t psum;
    Traffic traffic;
  } const expected[]{{false, false, 42, {0, 0, 2, 2, 0}},
                     {false, true, 142, {2, 2, 2, 4, 0}},
                     {true, true, 142, {2, 2, 2, 2, 0}}};
  for (const auto& e : expected) {
    const Machine machine = machine_with(PsumRoute::kInPlace, e.accumulates);
    const Played p = play(machine, conv({1, 1, 2, 1, 1, 1, 1, 1}), {{kM, 1, kRows}}, e.read);
    EXPECT_EQ(p.record.cycles, 6);
    EXPECT_EQ(p.psums, (std::vector{e.psum, e.psum}));
    expect_traffic(p, e.traffic);
  }
}

// Nothing is read or written in a spad that is not there.
TEST(ArrayRoutes, PsumsThatPassNeedNoSpad) {
  Machine machine = machine_with(PsumRoute::kColumn, false);
  machine.pe.psum_spad_words = 0;
  const Played p = play(machine, conv({1, 1, 1, 1, 1, 2, 1, 1}), {{kQ, 1, kPe}}, true);
  EXPECT_EQ(p.psums, (std::vector{142, 142}));
  EXPECT_EQ(p.count(Action::spad_psum_first_write), 0u);
  EXPECT_EQ(p.count(Action::spad_psum_drain_read), 0u);
}

}  // namespace
}  // namespace orrery
