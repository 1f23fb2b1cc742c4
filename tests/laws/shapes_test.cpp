// Shapes that AlexNet does not have (workloads/conv_shapes), on each chip by its own dataflow.
#include <cstdlib>
#include <map>
#include <numeric>

#include "tests/laws/expect_counts.h"
#include "tests/laws/published_layers.h"
#include "workloads/network/network.h"

namespace orrery::test {
namespace {

// The most of the array that a layer can use, derived below, and how much of that it reaches.
struct Expectation {
  const char* machine;
  const char* layer;
  double most;   // utilization
  double share;  // of `most`, at least
};

// eyeriss, 12 x 14 PEs. A window of q channels and S columns is merged in a slot of its own, and
// the ifmap spad has 12 words: at most 12 of 13 slots are MACs. The ifmap bus brings one word a
// cycle, so that layers with few MACs for a word wait for it: 64 in REDUCE_1X1; 9 in DEPTHWISE_3X3,
// less where words are padding. STRIDED_1X1 loses a seventh of the PEs to strips of 6 rows, a tenth
// of the rest to ragged tiles of 30 channels and 6 rows, and a seventh of the time to filter loads.
constexpr double kEyerissMacs = 12.0 / 13;
// tpu_v1, 256 x 256 PEs: a row for a channel, a column for a filter, a step for a tap and pixel.
// Filter tiles of 64 KiB come at 34 GB/s, in 1349 cycles of 700 MHz each; STRIDED_1X1 has two of
// 784 steps each, and the last starts when both are there. Depthwise, one PE has all the work.
constexpr double kTpuTile = 1349;
// shidiannao, 8 x 8 PEs on 8 x 8 ofmap words: 28 x 28 words take 4 x 4 blocks. The filters of
// VGG_3X3 and STRIDED_1X1 do not fit the 64 KB of SB and come again for each block. A depthwise
// pass has only 9 steps to hide its two cycles of in and out.
constexpr double kShiDianNaoRagged = 28.0 * 28 / (32 * 32);
// diannao: 16 synapses of 16 neurons. A pass is 56 pixels, and 4 cycles until its psums are out.
// Depthwise, one of the 256 multipliers has work.

constexpr Expectation kExpectations[] = {
    {"eyeriss", "VGG_3X3", kEyerissMacs, 0.8},
    {"eyeriss", "REDUCE_1X1", 64.0 / 168, 0.95},
    {"eyeriss", "STRIDED_1X1", kEyerissMacs, 0.55},
    {"eyeriss", "DEPTHWISE_3X3", 9.0 / 168 * (112 * 112) / (114 * 114), 0.95},
    {"tpu_v1", "VGG_3X3", 64.0 / 256 * 64 / 256, 0.95},
    {"tpu_v1", "REDUCE_1X1", 64.0 / 256 * 3136 / (3136 + kTpuTile), 0.85},
    {"tpu_v1", "STRIDED_1X1", 2 * 784 / (2 * kTpuTile + 784), 0.75},
    {"tpu_v1", "DEPTHWISE_3X3", 1.0 / 65536, 0.95},
    {"shidiannao", "VGG_3X3", 1, 0.8},
    {"shidiannao", "REDUCE_1X1", 1, 0.95},
    {"shidiannao", "STRIDED_1X1", kShiDianNaoRagged, 0.8},
    {"shidiannao", "DEPTHWISE_3X3", 1, 0.8},
    {"diannao", "VGG_3X3", 1, 0.9},
    {"diannao", "REDUCE_1X1", 1, 0.9},
    {"diannao", "STRIDED_1X1", 1, 0.9},
    {"diannao", "DEPTHWISE_3X3", 1.0 / 256, 0.95}};

std::ostream& operator<<(std::ostream& out, const Expectation& x) {
  return out << x.layer << " on " << x.machine;
}

Layer layer_named(const std::string& name, const Machine& m) {
  const Network network = read_network(kRoot / "workloads/conv_shapes");
  return at_widths(select(network, 1, {name}), m.widths()).layers.at(0);
}

template <class Figures>
std::uint64_t sum(const Figures& figures) {
  return std::accumulate(figures.begin(), figures.end(), std::uint64_t{0});
}

std::uint64_t at(const LayerResult& r, PeState s) {
  return r.pe_cycles[static_cast<std::size_t>(s)];
}

void expect_identities(const LayerResult& r, const Machine& m, const Layer& layer) {
  using enum Action;
  EXPECT_EQ(r.macs, static_cast<std::uint64_t>(layer.macs()));
  EXPECT_EQ(r.macs, r.counts[mac_none_compute] + r.counts[mac_none_gate]);
  EXPECT_EQ(r.macs, r.counts[spad_ifmap_operand_read]);
  std::int64_t ofmap_words = layer.macs();
  for (const Dim reduced : {Dim::kC, Dim::kR, Dim::kS}) ofmap_words /= layer.bound(reduced);
  EXPECT_EQ(r.counts[dram_ofmap_write], static_cast<std::uint64_t>(ofmap_words));
  EXPECT_EQ(r.cycles, r.pass_cycles + sum(r.stalls));
  EXPECT_EQ(at(r, PeState::kMac), r.macs);
  EXPECT_LE(sum(r.pe_cycles), r.pass_cycles * static_cast<std::uint64_t>(r.active_pes));
  const double mac_slots = static_cast<double>(r.processing_cycles) * m.pes();
  EXPECT_DOUBLE_EQ(r.utilization, static_cast<double>(r.macs) / mac_slots);
}

// What a layer is cut to in the tests that run always; with ORRERY_ALL they run to the letter.
int plane(int always, int all) { return std::getenv("ORRERY_ALL") != nullptr ? all : always; }

// The layer with at most so many ofmap rows and columns.
Layer cut(Layer layer, int plane) {
  for (const Dim d : {Dim::kP, Dim::kQ}) {
    int& bound = layer.bounds[static_cast<std::size_t>(d)];
    bound = std::min(bound, plane);
  }
  layer.ifmap_rows = layer.ifmap_cols =
      (layer.bound(Dim::kP) - 1) * layer.stride_rows + layer.bound(Dim::kR) - 2 * layer.pad_top;
  return layer;
}

class Shapes : public testing::TestWithParam<Expectation> {};

TEST_P(Shapes, RunAsTheGoldenReferenceSaysAndUseWhatTheyCan) {
  const Machine m = machine_named(GetParam().machine);
  const Layer layer = cut(layer_named(GetParam().layer, m), plane(112, 224));
  const LayerResult r = play(m, layer, find_dataflow(m.native)->map(layer, m));
  expect_identities(r, m, layer);
  EXPECT_LE(r.utilization, GetParam().most);
  EXPECT_GE(r.utilization, GetParam().most * GetParam().share);
}

TEST_P(Shapes, CountAsAnEnumerationOfTheirNestDoes) {
  const Machine m = machine_named(GetParam().machine);
  const Layer layer = cut(layer_named(GetParam().layer, m), plane(4, 7));
  const Mapping mapping = find_dataflow(m.native)->map(layer, m);
  const LayerResult r = play(m, layer, mapping);
  const Operands in = synthetic_operands(layer, 1, m.numbers.psum_bits);
  const Expected expected = expected_counts(m, layer, mapping, in);
  expect_counts(r, expected);
  EXPECT_EQ(r.steps, expected.steps);
}

// On a systolic array that adds psums down its columns, 9 taps of 28 channels stand in 252 rows: 64
// channels take three passes over the ofmap where channels alone take nine. A depthwise filter has
// 9 rows of one column.
TEST(TapsOnRows, UseMoreOfASystolicArray) {
  const Machine m = machine_named("tpu_v1");
  const auto given = read_mappings(kRoot / "workloads/conv_shapes/mappings/tpu_v1-taps.yaml");
  const std::map<std::string, double> most{{"VGG_3X3", 64.0 * 9 / 3 * 64 / 65536},
                                           {"DEPTHWISE_3X3", 9.0 / 65536}};
  ASSERT_EQ(given.size(), most.size());
  for (const NamedMapping& named : given) {
    const Layer layer = cut(layer_named(named.layer, m), plane(112, 224));
    const LayerResult r = play(m, layer, named.mapping);
    expect_identities(r, m, layer);
    EXPECT_LE(r.utilization, most.at(named.layer)) << named.layer;
    EXPECT_GE(r.utilization, most.at(named.layer) * 0.9) << named.layer;
  }
}

INSTANTIATE_TEST_SUITE_P(Chips, Shapes, testing::ValuesIn(kExpectations), [](const auto& test) {
  return fmt::format("{}_{}", test.param.machine, test.param.layer);
});

}  // namespace
}  // namespace orrery::test
