// Tiles that pass the link as run-length codes, in both engines.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "sim/cycle/engine.h"
#include "sim/machine/tile_code.h"
#include "tests/cycle/random_case.h"
#include "tests/cycle/small_layers.h"
#include "tests/fast/same.h"
#include "workloads/golden/golden.h"
#include "workloads/input/input_error.h"
#include "workloads/tensor/operands.h"

namespace orrery::test {
namespace {

void compress(Machine& machine, std::vector<std::string> tensors) {
  machine.dma.compression = Compression::kRlc;
  machine.dma.compressed = std::move(tensors);
}

// With a MAC whose counts depend on no value; its maps come from another layer.
struct CodedRun {
  Machine machine;
  Layer layer;
  Mapping mapping;
  Operands in;

  LayerResult clocked(OperandTensor* ofmap = nullptr) const {
    RunOptions options;
    options.ofmap = ofmap;
    return run_layer(machine, layer, mapping, in, options);
  }
  LayerResult fast(const OperandTensor& ofmap) const {
    const LinkValues values = link_values(layer, machine, in, ofmap);
    FastOptions options;
    options.values = &values;
    return run_layer_fast(machine, layer, mapping, options);
  }
};

CodedRun random_run(std::uint64_t seed, std::vector<std::string> tensors) {
  Case c = random_case(seed);
  if (c.machine.mac == "mac_zero_gated") c.machine.mac = "mac_int16";
  c.layer.input = "before";
  compress(c.machine, std::move(tensors));
  return {c.machine, c.layer, c.mapping, c.in};
}

const std::vector<std::vector<std::string>> kTensors{{"ifmap", "ofmap"}, {"ifmap"}, {"ofmap"}};

TEST(LinkCode, TakesTheSameInBothEnginesOnRandomCases) {
  int coded = 0;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const CodedRun run = random_run(seed, kTensors[seed % kTensors.size()]);
    SCOPED_TRACE(random_case(seed).text);
    if (run.mapping.nest.empty()) continue;
    OperandTensor ofmap;
    LayerResult clocked;
    try {
      clocked = run.clocked(&ofmap);
    } catch (const InputError& error) {  // a pass that can never end
      OperandTensor none{ofmap_shape(run.layer), {}};
      none.data.resize(static_cast<std::size_t>(elements(none.shape)));
      EXPECT_THROW(run.fast(none), InputError) << error.what();
      continue;
    }
    const LayerResult fast = run.fast(ofmap);
    ASSERT_EQ(clocked.check, Check::kEqual) << clocked.difference;
    ASSERT_EQ(difference(fast, clocked), "") << "seed " << seed;
    ASSERT_EQ(fast.link_code, clocked.link_code) << "seed " << seed;
    ++coded;
  }
  EXPECT_GT(coded, 130);
}

bool of_dram(std::size_t action) { return kActions[action].structure == "dram"; }

TEST(LinkCode, ChangesOfTimesAndCountsOnlyThoseOfTheLink) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    const CodedRun run = random_run(seed, {"ifmap", "ofmap"});
    SCOPED_TRACE(random_case(seed).text);
    // What passes that overlap are charged depends on when their tiles come.
    if (run.mapping.nest.empty() || run.machine.array.pipelined || run.machine.array.shadow_filters)
      continue;
    CodedRun plain = run;
    plain.machine.dma.compression = Compression::kNone;
    LayerResult coded, raw;
    try {
      coded = run.clocked();
      raw = plain.clocked();
    } catch (const InputError&) {
      continue;
    }
    EXPECT_EQ(coded.pass_cycles, raw.pass_cycles);
    EXPECT_EQ(coded.pe_cycles, raw.pe_cycles);
    EXPECT_EQ(coded.ofmap_sha256, raw.ofmap_sha256);
    EXPECT_EQ(coded.plain_link_bytes, raw.link_bytes);
    for (std::size_t i = 0; i < kActions.size(); ++i) {
      if (of_dram(i)) continue;
      EXPECT_EQ(coded.counts.value[i], raw.counts.value[i]) << kActions[i].action;
    }
  }
}

// A layer of one pass whose tile has 6 x 6 words.
CodedRun one_tile(double zeros) {
  Machine machine = machine_named("tutorial_2x2");
  machine.mac = "mac_int16";
  compress(machine, {"ifmap", "ofmap"});
  Layer layer = conv({1, 1, 2, 1, 4, 4, 3, 3});
  layer.input = "before";
  layer.ifmap_zeros = zeros;
  return {machine, layer, in_one_pe(), synthetic_operands(layer, 1, 16)};
}

// 36 words. Pairs: 36 without a zero; of zeros alone one of 31 zeros and a zero, one of the rest.
// Each three take four words of the link.
TEST(LinkCode, TakesFourThirdsOfATileWithoutZerosAndLittleOfOneOfZeros) {
  const std::vector<std::pair<double, std::uint64_t>> cases{{0, 36 / 3 * 4}, {1, 4}};
  for (const auto& [zeros, words] : cases) {
    const CodedRun run = one_tile(zeros);
    OperandTensor ofmap;
    const LayerResult clocked = run.clocked(&ofmap), fast = run.fast(ofmap);
    EXPECT_EQ(clocked.check, Check::kEqual);
    EXPECT_EQ(difference(fast, clocked), "");
    for (const LayerResult& r : {clocked, fast}) {
      EXPECT_EQ(r.counts[Action::dram_ifmap_read], words);
      EXPECT_EQ(r.counts[Action::glb_ifmap_dma_write], 36U);
      EXPECT_EQ(r.link_code.ifmap.zeros, zeros == 0 ? 0U : 36U);
    }
  }
}

// Three pairs, so that none is left that could pass for a zero.
TEST(LinkCode, IsNoTileOfAnotherSizeOrWithAnotherBit) {
  const std::vector<std::int16_t> tile{0, 0, 7, 0, -1, 0, 0, 0, 5};
  SparseStream code = tile_code(tile);
  ASSERT_EQ(code.bits % 64, 0);
  EXPECT_EQ(decoded_tile(code, std::ssize(tile)), tile);
  for (const std::int64_t words : {std::ssize(tile) - 1, std::ssize(tile) + 1})
    EXPECT_THROW(decoded_tile(code, words), std::logic_error) << words;
  code.words[0] ^= 1;  // of the first run
  EXPECT_THROW(decoded_tile(code, std::ssize(tile)), std::logic_error);
}

TEST(LinkCode, MovesFewerWordsInLessTimeTheMoreZerosThereAre) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    std::uint64_t cycles = ~std::uint64_t{0}, words = cycles;
    for (const double zeros : {0.0, 0.2, 0.4, 0.6, 0.8, 0.9, 1.0}) {
      CodedRun run = one_tile(zeros);
      run.machine.dma.compressed = {"ifmap"};
      run.in = synthetic_operands(run.layer, seed, 16);
      const LayerResult r = run.clocked();
      EXPECT_LE(r.cycles, cycles) << zeros << " zeros, seed " << seed;
      EXPECT_LE(r.counts[Action::dram_ifmap_read], words) << zeros << " zeros, seed " << seed;
      cycles = r.cycles;
      words = r.counts[Action::dram_ifmap_read];
    }
  }
}

TEST(LinkCode, LeavesWhatTheNetworkReadsFromOutsideAsItIs) {
  CodedRun run = one_tile(0.9);
  run.layer.input.clear();
  const LayerResult r = run.clocked();
  EXPECT_EQ(r.counts[Action::dram_ifmap_read], 36U);
  EXPECT_EQ(r.link_code.ifmap, CodedWords{});
  EXPECT_EQ(r.link_code.ofmap.words, 32U);
}

TEST(LinkCode, IsRefusedByAnEngineWithoutValues) {
  CodedRun run = one_tile(0.5);
  const auto complaint = [&]() -> std::string {
    try {
      run_layer_fast(run.machine, run.layer, run.mapping);
    } catch (const InputError& error) {
      return error.what();
    }
    return "accepted";
  };
  EXPECT_EQ(complaint(),
            "layer conv: machine tutorial_2x2 has dma.compression rlc: what passes the link "
            "depends on values, and there are none");
  run.machine.dma.compressed = {"ifmap"};
  run.layer.input.clear();
  EXPECT_EQ(complaint(), "accepted");
}

}  // namespace
}  // namespace orrery::test
