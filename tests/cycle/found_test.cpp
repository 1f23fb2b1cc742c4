// Faults that were found once, each with its smallest case.
#include <gtest/gtest.h>

#include "sim/cycle/engine.h"
#include "tests/cycle/small_layers.h"
#include "workloads/tensor/operands.h"

namespace orrery::test {
namespace {

using enum Dim;
using enum Place;

LayerResult run(const Machine& m, const Layer& layer, const Mapping& mapping) {
  return run_layer(m, layer, mapping, synthetic_operands(layer, 1, m.numbers.psum_bits));
}

Mapping nest(std::vector<Loop> loops, Keep keep = {}) {
  return {.dataflow = "found", .nest = std::move(loops), .keep = keep};
}

// The last PE of the chain has one channel and no reduction left; it cut its psums into other
// windows than the PE above.
TEST(Found, PesOfAChainCutTheirPsumsAlikeAtARaggedEnd) {
  const Keep keep{.glb = {true, false, true}, .pe = {true, true, true}};
  const Mapping mapping = nest({{kC, 2, kRows}, {kQ, 1, kPe}, {kC, 1, kPe}, {kM, 1, kPe}}, keep);
  const LayerResult r = run(machine_named("tutorial_4x4"), conv({1, 1, 8, 3, 1, 1, 1, 1}), mapping);
  EXPECT_EQ(r.check, Check::kEqual) << r.difference;
}

// Three filters on two rows: the PE with one filter wanted the same two words under another key.
TEST(Found, AWordThatARaggedBlockSharesIsSentOnce) {
  const Mapping mapping = nest({{kM, 2, kRows}, {kM, 1, kPe}, {kQ, 1, kPe}});
  const LayerResult r = run(machine_named("tutorial_2x2"), conv({1, 1, 3, 1, 1, 2, 1, 1}), mapping);
  EXPECT_EQ(r.counts[Action::noc_ifmap_bus_word], 2u);
}

// P = 8 in blocks of 4 by columns, then of 2 by rows, is 2 x 2 PEs; rows were always cut first.
TEST(Found, ColumnsMayStandOutsideRows) {
  const Mapping mapping = nest({{kP, 4, kCols}, {kP, 2, kRows}, {kP, 1, kPe}});
  const Layer layer = conv({1, 1, 1, 1, 8, 1, 1, 1});
  EXPECT_EQ(check(mapping, layer, machine_named("tutorial_2x2")), "");
  EXPECT_EQ(run(machine_named("tutorial_2x2"), layer, mapping).active_pes, 4);
}

// The channels of a pass are 2, 2, 1 and then 2, 1: in a pass of one, the second row of each tap
// would stand idle inside the chain.
TEST(Found, AGapInAPsumChainIsRefusedWhateverPassMakesIt) {
  const Mapping mapping =
      nest({{kC, 5, kGlb}, {kC, 2, kGlb}, {kS, 1, kRows}, {kC, 1, kRows}, {kQ, 1, kPe}});
  EXPECT_EQ(check(mapping, conv({1, 1, 1, 8, 1, 3, 1, 2}), machine_named("tutorial_4x4")),
            "a pass over 1 channels and 1 x 2 taps leaves a gap in the psum chain of the rows");
}

// A row loop that turns once inside a reduction ended the chain: no PE handed its psums on.
TEST(Found, ALoopThatTurnsOnceDoesNotPartAPsumChain) {
  const Mapping mapping = nest({{kC, 1, kRows}, {kM, 2, kRows}, {kM, 1, kPe}});
  const LayerResult r = run(machine_named("tutorial_4x4"), conv({1, 1, 2, 3, 1, 1, 1, 1}), mapping);
  EXPECT_EQ(r.check, Check::kEqual) << r.difference;
  EXPECT_EQ(r.counts[Action::noc_psum_hop], 8u);  // two psums of two words over two links
}

// Psum buses went by ofmap row and the ifmap bus by step: one column filled its FIFOs and starved
// the other.
TEST(Found, BusesKeepColumnsOfOneLayerAtOnePace) {
  const Mapping mapping = nest({{kP, 8, kCols}, {kP, 1, kPe}, {kQ, 1, kPe}, {kR, 1, kPe}});
  for (const char* machine : {"tutorial_2x2", "tutorial_4x4"}) {
    const LayerResult r = run(machine_named(machine), conv({1, 1, 1, 1, 16, 4, 2, 1}), mapping);
    EXPECT_EQ(r.check, Check::kEqual) << machine << ": " << r.difference;
  }
}

// Reads were put off while a write held the shared port, and packets that landed in such a cycle
// were lost.
TEST(Found, PacketsLandBehindASharedPort) {
  Machine m = machine_named("tutorial_2x2");
  ASSERT_TRUE(m.store_of(Tensor::kPsum).shared_port);
  m.noc.psum_in.latency_cycles = 2;
  const Mapping mapping = nest({{kC, 1, kGlb}, {kQ, 1, kPe}, {kM, 1, kPe}});
  const LayerResult r = run(m, conv({1, 1, 2, 2, 1, 64, 1, 1}), mapping);
  EXPECT_EQ(r.check, Check::kEqual) << r.difference;
}

// A deadlock was an error inside SystemC, and the process could run no other layer after it.
TEST(Found, APassThatCanNeverEndIsAnAnswerAndTheNextLayerRuns) {
  Machine m = machine_named("tutorial_4x4");
  const Mapping mapping = nest({{kQ, 1, kPe}, {kM, 1, kPe}});
  const Layer layer = conv({1, 1, 2, 1, 1, 3, 1, 1});
  m.pe.filter_fifo_packets = 0;
  EXPECT_THROW(run(m, layer, mapping), InputError);
  EXPECT_EQ(run(machine_named("tutorial_4x4"), layer, mapping).check, Check::kEqual);
}

}  // namespace
}  // namespace orrery::test
