// Small passes whose cycles are worked out by hand, by the rules of sim/machine/array.h and pe.h.
// Both the array and its witness play them.
//
// "Sent" is the cycle in which a bus takes a word, "loaded" the one in which it moves from the FIFO
// to the spad; what moves in a cycle is seen in the next. Without latencies a word that is sent in
// cycle k is loaded in k + 1 and used by a MAC in k + 2 at the earliest.
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "sim/random/array_case.h"
#include "tests/sim/small_pass.h"

namespace orrery {
namespace {

using test::add_words;
using test::dot_products;
using test::lone_pe;
using test::PlainRecord;
using test::PlainTiles;
using test::play;
using test::spent;
using test::tiles_of;

struct Change {
  std::string what;
  std::function<void(Machine&)> change;
  std::int64_t cycles;
};

Machine changed(const Change& c) {
  Machine machine = roomy_machine();
  c.change(machine);
  return machine;
}

// Words are sent in cycle 0 and loaded in 1, the MAC issues in 2, the merge in 3, and the psum-out
// bus takes the psum in 4.
TEST(ArrayTiming, OneMacTakesFiveCyclesAndEachDelayOnItsWay) {
  const std::vector<Change> changes{
      {"as it is", [](Machine&) {}, 5},
      {"the merge rides along", [](Machine& m) { m.pe.adders = 2; }, 4},
      {"two more stages", [](Machine& m) { m.pe.pipeline_stages = 3; }, 7},
      {"late ifmap", [](Machine& m) { m.noc.ifmap.latency_cycles = 2; }, 7},
      {"ifmap from afar", [](Machine& m) { m.noc.ifmap.latency_cycles = 100; }, 105},
      {"later filter",
       [](Machine& m) { m.noc.ifmap.latency_cycles = 2, m.noc.filter.latency_cycles = 3; }, 8},
      // The incoming psum is in its FIFO from cycle 1 + latency on, and needed in 3.
      {"psum in time", [](Machine& m) { m.noc.psum_in.latency_cycles = 2; }, 5},
      {"late psum", [](Machine& m) { m.noc.psum_in.latency_cycles = 4; }, 7},
      {"long way out", [](Machine& m) { m.noc.psum_out.latency_cycles = 2; }, 7},
      // A packet is 4 psums; one with a single psum keeps the bus as long as a full one.
      {"narrow way out",
       [](Machine& m) { m.noc.psum_in.words_per_cycle = 4, m.noc.psum_out.words_per_cycle = 2; },
       6},
  };
  for (const Change& c : changes) {
    const Machine machine = changed(c);
    EXPECT_EQ(play(machine, lone_pe(machine, dot_products(1, 1)), true).cycles, c.cycles) << c.what;
  }
}

// Three windows of two MACs, words always there. One adder: MACs in 2 3, 5 6, 8 9 with merges in 4,
// 7, 10; out in 11. Two: MACs in 2 to 7, out in 8.
TEST(ArrayTiming, AMergeTakesASlotOfTheOnlyAdder) {
  Machine machine = roomy_machine();
  const Pass pass = lone_pe(machine, dot_products(3, 2));
  const PlainRecord one = play(machine, pass, true);
  EXPECT_EQ(one.cycles, 12);
  EXPECT_EQ(spent(one, PeState::kMerge), 3u);
  machine.pe.adders = 2;
  const PlainRecord two = play(machine, pass, true);
  EXPECT_EQ(two.cycles, 9);
  EXPECT_EQ(spent(two, PeState::kMerge), 0u);
}

// Eight filter words in packets of four, for eight MACs from cycle 2 on; a merge and the way out
// take 2 more. A FIFO of two packets takes the second in cycle 1. A FIFO of one has it free again
// when the fourth word has been loaded, in cycle 4: the second packet is sent in 5, its first word
// loaded in 6 and used in 7 instead of 6.
TEST(ArrayTiming, FilterPacketsWaitForTheLastWordOfThePacketBefore) {
  Machine machine = roomy_machine();
  machine.noc.filter.words_per_cycle = 4;
  const Pass pass = lone_pe(machine, dot_products(1, 8));
  struct {
    int depth;
    std::int64_t filled, cycles;
    std::uint64_t waits;
  } const expected[]{{2, 2, 12, 0}, {1, 6, 13, 1}};
  for (const auto& e : expected) {
    machine.pe.filter_fifo_packets = e.depth;
    const PlainRecord record = play(machine, pass, false);
    EXPECT_EQ(record.filled_cycle, e.filled);
    EXPECT_EQ(record.cycles, e.cycles);
    EXPECT_EQ(spent(record, PeState::kWaitFilter), e.waits);
    EXPECT_EQ(spent(record, PeState::kWaitIfmap), 2u);  // in 0 and 1: charged before the filter
  }
}

// Four MACs, each on an ifmap word of its own. With one slot a word is loaded in the cycle after
// the MAC on the one before: MACs in 2, 4, 6, 8. With two slots one is always ahead: 2, 3, 4, 5.
TEST(ArrayTiming, ASlotOfTheSpadIsFreeAfterTheLastUseOfItsWord) {
  Machine machine = roomy_machine();
  const Pass pass = lone_pe(machine, dot_products(1, 4));
  machine.pe.ifmap_spad_words = 1;
  EXPECT_EQ(play(machine, pass, false).cycles, 11);
  machine.pe.ifmap_spad_words = 2;
  EXPECT_EQ(play(machine, pass, false).cycles, 8);
}

// PE 0 makes three MACs, PE 1 one; PE 1's ifmap word is the last of the bus. Ifmap FIFOs take one
// word. Filters come 3 cycles late: PE 0 could start in cycle 5, PE 1 in 8.
//
// Ifmap spads of one word: words 0 and 1 are sent in 0 and 2 and fill PE 0 until its first MAC, in
// 5. Word 1 is loaded in 6, so that word 2 is sent in 7 and PE 1's in 8, which is loaded in 9 and
// used in 10; merge in 11, out in 12. Spads of three: PE 0 has its words sent in 0, 2 and 4, PE 1
// in 5; it starts in 8 with its filter; merge in 9, out in 10.
TEST(ArrayTiming, OneFullPeHoldsUpTheBusForAllBehind) {
  Machine machine = roomy_machine();
  machine.array.cols = 2;
  machine.pe.ifmap_fifo_words = 1;
  machine.noc.filter.latency_cycles = 3;
  Pass pass;
  pass.programs = {dot_products(1, 3), dot_products(1, 1)};
  pass.pes = {{}, {.col = 1, .program = 1}};
  for (Stream* stream : {&pass.ifmap, &pass.filter}) {
    add_words(*stream, 3, 1, {0});
    add_words(*stream, 1, 1, {1});
  }
  add_words(pass.psum_out, 1, 1, {0});
  add_words(pass.psum_out, 1, 1, {1});
  machine.pe.ifmap_spad_words = 1;
  const PlainRecord blocked = play(machine, pass, false);
  EXPECT_EQ(blocked.cycles, 13);
  EXPECT_EQ(spent(blocked, PeState::kWaitIfmap), 4u + 10u);  // PE 0 in 0, 1, 6, 8; PE 1 until 9
  machine.pe.ifmap_spad_words = 3;
  const PlainRecord open = play(machine, pass, false);
  EXPECT_EQ(open.cycles, 11);
  EXPECT_EQ(spent(open, PeState::kWaitIfmap), 2u + 7u);
}

// Two PEs in a column, one MAC each in cycle 2, on the same words. The lower one merges in 3, the
// link takes its psum in 4, the upper one merges in 5 + delay, and the psum is out a cycle later.
TEST(ArrayTiming, APsumClimbsTheColumn) {
  const std::vector<Change> changes{
      {"as it is", [](Machine&) {}, 7},
      {"long link", [](Machine& m) { m.noc.psum_link.latency_cycles = 2; }, 9},
      // Packets of two psums take a link of one word two cycles.
      {"narrow link",
       [](Machine& m) { m.noc.psum_in.words_per_cycle = m.noc.psum_out.words_per_cycle = 2; }, 8},
  };
  for (const Change& c : changes) {
    Machine machine = changed(c);
    machine.array.rows = 2;
    Pass pass = lone_pe(machine, dot_products(1, 1));
    pass.pes = {{.psum_source = PsumSource::kBelow},
                {.row = 1, .psum_sink = PsumSink::kAbove, .above = 0}};
    for (Stream* stream : {&pass.ifmap, &pass.filter, &pass.psum_in}) *stream = {};
    add_words(pass.ifmap, 1, 1, {0, 1});
    add_words(pass.filter, 1, 1, {0, 1});
    add_words(pass.psum_in, 1, 1, {1});
    const PlainRecord record = play(machine, pass, true);
    EXPECT_EQ(record.cycles, c.cycles) << c.what;
    EXPECT_EQ(record.counts[Action::noc_psum_hop], 1u);
  }
}

// Three windows of one MAC: MACs in 2, 4, 6, merges in 3, 5, 7. The psum-in FIFO takes two, so the
// third psum can be sent in 4, when the first has been merged, and is merged in 7 if it is sent by
// 6 - latency. The first psum is out in 3 + stages.
//   stages 1, latency 2: the port is taken in 4, so it is sent in 5 and merged in 8, out in 9.
//   stages 2, latency 1: it lands in 5, while the port is taken; merged in 7, out in 9.
TEST(ArrayTiming, WritesGoBeforeReadsAtASharedPsumPort) {
  struct {
    bool shared;
    int stages, latency;
    std::int64_t cycles;
  } const expected[]{{false, 1, 2, 9}, {true, 1, 2, 10}, {false, 2, 1, 10}, {true, 2, 1, 10}};
  for (const auto& e : expected) {
    Machine machine = roomy_machine();
    machine.levels[0].stores[0].shared_port = e.shared;
    machine.pe.pipeline_stages = e.stages;
    machine.pe.psum_in_fifo_packets = 2;
    machine.noc.psum_in.latency_cycles = e.latency;
    const PlainRecord record = play(machine, lone_pe(machine, dot_products(3, 1)), true);
    EXPECT_EQ(record.cycles, e.cycles) << e.shared << ", " << e.stages << " stages";
  }
}

// Three windows of one MAC, a psum-out FIFO of one psum, three stages. The entry is taken from the
// merge on: merges in 3, 7 and 11, psums out in 6, 10 and 14; MACs in 2, 4 and 8.
TEST(ArrayTiming, APsumHasItsPlaceInTheFifoFromItsMergeOn) {
  Machine machine = roomy_machine();
  machine.pe.pipeline_stages = 3;
  machine.pe.psum_out_fifo_packets = 1;
  const PlainRecord record = play(machine, lone_pe(machine, dot_products(3, 1)), false);
  EXPECT_EQ(record.cycles, 15);
  EXPECT_EQ(spent(record, PeState::kWaitPsumOut), 4u);
}

// A FIFO of one word never has room for a packet of two.
TEST(ArrayTiming, APassThatCanNeverEndIsFound) {
  Machine machine = roomy_machine();
  machine.noc.ifmap.words_per_cycle = 2;
  machine.pe.ifmap_fifo_words = 1;
  EXPECT_FALSE(play(machine, lone_pe(machine, dot_products(1, 2)), false).ends);
}

// 6 * 7 on top of 100; a spad holds zero before anything has been loaded.
TEST(ArrayTiming, ALostWordChangesTheResultButNoCycle) {
  struct {
    Tensor tensor;
    int packet;
    std::int32_t psum;
  } const expected[]{{Tensor::kIfmap, -1, 142},
                     {Tensor::kIfmap, 0, 100},
                     {Tensor::kFilter, 0, 100},
                     {Tensor::kPsum, 0, 42}};
  for (const auto& e : expected) {
    const Machine machine = roomy_machine();
    const Pass pass = lone_pe(machine, dot_products(1, 1));
    Array array(machine);
    array.lose({.tensor = e.tensor, .packet = e.packet, .pe = 0});
    PlainTiles tiles = tiles_of(true);
    const auto record = test::play_array(array, machine.arithmetic({}), pass, tiles, 100);
    ASSERT_TRUE(record.has_value());
    EXPECT_EQ(record->cycles, 5);
    EXPECT_EQ(tiles.psum[0], e.psum);
  }
}

// Two windows of one MAC, sent in 0 and 1: MACs issue in 2 and, with one adder, 4; merges in 3 and
// 5. Psums are in the FIFO a cycle after their merge and in the GLB a cycle later. The last
// operation issues in 5, so the next pass may begin in 6, a cycle before this one is over.
TEST(ArrayTiming, APipelinedPassIsHandedOnAfterTheLastOperation) {
  Machine machine = roomy_machine();
  const Pass pass = lone_pe(machine, dot_products(2, 1));
  for (const bool pipelined : {false, true}) {
    machine.array.pipelined = pipelined;
    const PlainRecord record = play(machine, pass, false);
    EXPECT_EQ(record.cycles, 7);
    EXPECT_EQ(record.handed_cycle, pipelined ? 6 : 7);
  }
}

// The same, while psums of the pass before are on their way until cycle 5. With one adder the merge
// of 3 waits until then; with two the MAC of 2 does. Old psums are sent from 5 on, and can be
// merged from 6 on.
TEST(ArrayTiming, PsumsWaitUntilThePassBeforeIsOver) {
  struct {
    int adders;
    bool read;
    std::int64_t cycles;
    std::uint64_t psum_in, psum_out;
  } const expected[]{
      {1, false, 9, 0, 2}, {2, false, 8, 0, 3}, {1, true, 10, 3, 0}, {2, true, 9, 4, 0}};
  for (const auto& e : expected) {
    Machine machine = roomy_machine();
    machine.array.pipelined = true;
    machine.pe.adders = e.adders;
    PlainTiles tiles = tiles_of(e.read);
    tiles.psums_from = 5;
    Array array(machine);
    const PlainRecord record = test::play_both(array, machine, machine.arithmetic({}),
                                               lone_pe(machine, dot_products(2, 1)), tiles);
    EXPECT_EQ(record.cycles, e.cycles);
    EXPECT_EQ(spent(record, PeState::kWaitPsumIn), e.psum_in);
    EXPECT_EQ(spent(record, PeState::kWaitPsumOut), e.psum_out);
  }
}

}  // namespace
}  // namespace orrery
