// Layers on lanes: values equal to the golden reference, counts to plain ones, both players alike.
#include "sim/sparse/run.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <random>

#include "sim/cycle/lane_module.h"
#include "workloads/input/input_error.h"
#include "workloads/input/override.h"
#include "workloads/network/widths.h"
#include "workloads/tensor/operands.h"

namespace orrery {
namespace {

const std::filesystem::path kArch = std::filesystem::path(ORRERY_SOURCE_DIR) / "arch";
const char* const kWalkers[] = {"eie", "cnvlutin"};

Machine machine_of(const std::string& name, const std::vector<std::string>& set) {
  Node file = parse_yaml(kArch / (name + ".yaml"));
  override_values(file, set);
  return read_machine(file);
}

struct Case {
  unsigned seed;
  std::string machine;
  std::vector<std::string> set;
  Layer layer;
  std::string text;
};

// Shapes that a walker of columns takes: one window, or filters of 1 x 1.
void shape(Layer& layer, bool columns, const std::function<int(int, int)>& pick) {
  const int groups = columns ? 1 : pick(1, 2), taps = pick(1, 3);
  const int planes = columns && taps > 1 ? 1 : pick(1, 4);
  layer.bounds = {groups, pick(1, 2), pick(1, 40), pick(1, 40), planes, planes, taps, taps};
  layer.ifmap_rows = layer.ifmap_cols = planes + taps - 1;
}

Case random_case(unsigned seed) {
  std::mt19937 random(seed);
  const auto pick = [&](int least, int most) {
    return std::uniform_int_distribution<int>(least, most)(random);
  };
  Case c{seed, kWalkers[pick(0, 1)], {}, {}, ""};
  const bool columns = c.machine == kWalkers[0];
  c.set = {fmt::format("array.rows={}", pick(1, 12)),
           fmt::format("lanes.queue_items={}", pick(1, 6)),
           fmt::format("lanes.latency_cycles={}", pick(0, 3)),
           fmt::format("lanes.index_bits={}", pick(1, 4)),
           fmt::format("pe.psum_spad_words={}", columns ? pick(1, 5) : 0)};
  if (columns) c.set.push_back(fmt::format("pe.ifmap_spad_words={}", pick(1, 20)));
  if (!columns) c.set.push_back(fmt::format("array.cols={}", pick(1, 30)));
  Layer& layer = c.layer;
  layer.name = "RANDOM";
  layer.input = pick(0, 3) == 0 ? "" : "BEFORE";
  shape(layer, columns, pick);
  layer.ifmap_zeros = pick(0, 4) / 4.0;
  layer.filter_zeros = pick(0, 4) / 4.0;
  layer.ifmap_pattern.run = pick(0, 1) * 6;
  c.text = fmt::format("seed {}, {} {}, bounds {}", seed, c.machine, fmt::join(c.set, " "),
                       fmt::join(layer.bounds, " "));
  return c;
}

Operands operands(const Machine& machine, Layer& layer, unsigned seed) {
  settle_widths(layer, machine.widths());
  Operands in = synthetic_operands(layer, seed, machine.numbers.psum_bits);
  share_filter_values(machine, layer, in.filter);
  return in;
}

// Pairs of words of which neither is zero (columns), or the ifmap's is not (bricks), tap by tap.
std::int64_t plain_macs(const Machine& machine, const Layer& l, const Operands& in) {
  const bool columns = machine.lanes.walk == LaneWalk::kColumns;
  const bool all = l.input.empty() && !machine.lanes.walks_input;
  std::int64_t macs = 0;
  const Box box = l.box();
  const auto words = [](int a, int b, int c, int d, const std::vector<int>& shape) {
    return static_cast<std::size_t>(((a * shape[1] + b) * shape[2] + c) * shape[3] + d);
  };
  for (int n = 0; n < l.bound(Dim::kN); ++n)
    for (int g = 0; g < l.bound(Dim::kG); ++g)
      for (int m = 0; m < l.bound(Dim::kM); ++m)
        for (int c = 0; c < l.bound(Dim::kC); ++c)
          for (int p = 0; p < l.bound(Dim::kP); ++p)
            for (int q = 0; q < l.bound(Dim::kQ); ++q)
              for (int r = 0; r < box[Dim::kR].hi; ++r)
                for (int s = 0; s < box[Dim::kS].hi; ++s) {
                  const int x =
                      in.ifmap
                          .data[words(n, g * l.bound(Dim::kC) + c, p + r, q + s, in.ifmap.shape)];
                  const int w =
                      in.filter.data[words(g * l.bound(Dim::kM) + m, c, r, s, in.filter.shape)];
                  macs += (all || x != 0) && (!columns || w != 0) ? 1 : 0;
                }
  return macs;
}

TEST(LaneRun, EqualsTheGoldenReferenceByBothPlayersOnRandomLayers) {
  for (unsigned seed = 1; seed <= 500 && !testing::Test::HasFailure(); ++seed) {
    Case c = random_case(seed);
    const Machine machine = machine_of(c.machine, c.set);
    const Operands in = operands(machine, c.layer, seed);
    const LaneResult fast = run_lanes(machine, c.layer, in, play_lanes_fast, Check::kEqual);
    const LaneResult clocked = run_lanes(machine, c.layer, in, play_lanes_on_clocks, Check::kEqual);
    EXPECT_EQ(fast.difference, "") << c.text;
    EXPECT_EQ(clocked.difference, "") << c.text;
    EXPECT_EQ(fast.times, clocked.times) << c.text;
    EXPECT_EQ(fast.ofmap_sha256, clocked.ofmap_sha256) << c.text;
    EXPECT_EQ(fast.macs_played, plain_macs(machine, c.layer, in)) << c.text;
  }
}

Layer fc(int in, int out) {
  Layer layer;
  layer.name = "FC";
  layer.kind = LayerKind::kFc;
  layer.bounds = {1, 1, out, in, 1, 1, 1, 1};
  layer.input = "BEFORE";
  return layer;
}

// The masks of a sparser tensor are parts of those of a denser one with the same seed.
TEST(LaneRun, TakesLongerTheDenserTheWordsAre) {
  for (const char* name : kWalkers) {
    const Machine machine = machine_of(name, {});
    std::int64_t before = 0;
    LaneResult last;
    for (const double zeros : {1.0, 0.9, 0.7, 0.5, 0.3, 0.0}) {
      Layer layer = fc(600, 300);
      layer.ifmap_zeros = layer.filter_zeros = zeros;
      const Operands in = operands(machine, layer, 4);
      last = run_lanes(machine, layer, in, play_lanes_fast, Check::kEqual);
      EXPECT_EQ(last.check, Check::kEqual) << name;
      EXPECT_GE(last.times.cycles, before) << name << " " << zeros;
      before = last.times.cycles;
    }
    EXPECT_GE(last.times.cycles, last.dense_cycles) << name << ": nothing is gained by no zero";
  }
}

TEST(LaneRun, RefusesWhatItsLanesCannotPlay) {
  const Machine columns = machine_of("eie", {}), bricks = machine_of("cnvlutin", {});
  Layer conv = fc(4, 4);
  conv.kind = LayerKind::kConv;
  conv.bounds = {1, 1, 4, 4, 5, 5, 3, 3};
  conv.ifmap_rows = conv.ifmap_cols = 7;
  EXPECT_EQ(lanes_misfit(bricks, conv), "");
  EXPECT_EQ(
      lanes_misfit(columns, conv),
      "its filters of 3 x 3 meet 5 x 5 windows that overlap; lanes that walk columns multiply "
      "a matrix by vectors: fc, gemm, and filters of 1 x 1");
  Layer groups = fc(4, 4);
  groups.bounds[index(Dim::kG)] = 2;
  EXPECT_EQ(lanes_misfit(columns, groups),
            "it has 2 groups; lanes that walk columns have the rows of one matrix");
  Layer pool = fc(4, 4);
  pool.kind = LayerKind::kPool;
  EXPECT_EQ(lanes_misfit(bricks, pool), "it is a pooling layer; lanes multiply");
}

// Two lanes, 16 words of 16 bits between them: 16 bytes each. Lane 0 has 3 of 5 rows of 8 entries,
// 24 entries of 8 bits.
TEST(LaneRun, RefusesFiltersThatTheirStoreCannotHold) {
  const Machine machine = machine_of(
      "eie", {"array.rows=2", "levels.on_chip.spmat.banks=2", "levels.on_chip.spmat.bank_words=8"});
  Layer layer = fc(8, 5);
  const Operands in = operands(machine, layer, 1);
  try {
    run_lanes(machine, layer, in, play_lanes_fast, Check::kOff);
    ADD_FAILURE();
  } catch (const InputError& error) {
    EXPECT_STREQ(error.what(),
                 "layer FC: lane 0 has 24 filter entries of 8 bits, 24 bytes; its part of store "
                 "spmat has 16 bytes");
  }
}

TEST(LaneMachine, ThatContradictsItselfIsAMistake) {
  const std::pair<const char*, const char*> mistakes[] = {
      {"array.cols=2",
       "array.cols is 2; lanes that walk columns are the rows of the array, and it "
       "has one column"},
      {"numbers.overflow=saturate",
       "numbers.overflow is saturate; lanes.walk is columns, whose psums must wrap: their order is "
       "that of the words that are not zero"},
      {"lanes.shared_values=1",
       "lanes.shared_values is 1; zero is one of them, so there must be 2 at least"}};
  for (const auto& [set, sentence] : mistakes) {
    try {
      machine_of("eie", {set});
      ADD_FAILURE() << set;
    } catch (const InputError& error) {
      EXPECT_EQ(std::string(error.what()), fmt::format("--set {}: {}", set, sentence));
    }
  }
}

}  // namespace
}  // namespace orrery
