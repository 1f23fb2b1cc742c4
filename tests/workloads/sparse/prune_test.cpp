// What is left of filters, and files that say so.
#include "workloads/sparse/prune.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "workloads/input/input_error.h"
#include "workloads/tensor/operands.h"

namespace orrery {
namespace {

namespace fs = std::filesystem;
using Words = std::vector<std::int16_t>;

const fs::path kAlexNet = fs::path(ORRERY_SOURCE_DIR) / "workloads/alexnet";

std::int64_t non_zeros(const OperandTensor& t) {
  return std::ranges::count_if(t.data, [](int word) { return word != 0; });
}

OperandTensor random_filter(int filters, int channels, int rows, std::uint64_t seed) {
  Layer layer;
  layer.name = "P";
  layer.bounds = {1, 1, filters, channels, 1, 1, rows, rows};
  layer.ifmap_rows = layer.ifmap_cols = rows;
  layer.operand_bits = 8;
  return synthetic_operands(layer, seed, 16).filter;
}

TEST(Prune, ByMagnitudeKeepsTheShareAndNoneSmallerThanOneThatGoes) {
  for (const double keep : {0.0, 0.09, 0.25, 0.5, 1.0}) {
    const OperandTensor before = random_filter(10, 20, 3, 5);
    OperandTensor after = before;
    prune_magnitude(after, keep);
    EXPECT_EQ(non_zeros(after), std::llround(keep * 1800)) << keep;
    int least = 1 << 16, most = 0;
    for (std::size_t i = 0; i < after.data.size(); ++i) {
      const int size = std::abs(before.data[i]);
      after.data[i] != 0 ? least = std::min(least, size) : most = std::max(most, size);
      EXPECT_TRUE(after.data[i] == 0 || after.data[i] == before.data[i]) << i;
    }
    EXPECT_LE(most, least) << keep;
  }
}

TEST(Prune, OfEqualWordsTheFirstStays) {
  OperandTensor filter{{1, 5, 1, 1}, {3, -3, 1, 3, -3}};
  prune_magnitude(filter, 0.4);
  EXPECT_EQ(filter.data, (Words{3, -3, 0, 0, 0}));
}

TEST(Prune, MeasuresFromTheZeroPoint) {
  OperandTensor filter{{1, 4, 1, 1}, {10, 12, -3, 7}};
  prune_magnitude(filter, 0.5, 10);
  EXPECT_EQ(filter.data, (Words{10, 10, -3, 7}));
}

// Channels c of tap t stand at 2 c + t: tap 0 is 1 5 3 4 | 9, tap 1 is 8 2 2 7 | 0.
TEST(Prune, ToTwoOfFourKeepsTheLargestOfNeighbouringChannels) {
  OperandTensor filter{{1, 5, 1, 2}, {1, 8, -5, 2, 3, 2, 4, 7, 9, 0}};
  prune_structure(filter, {2, 4});
  EXPECT_EQ(filter.data, (Words{0, 8, -5, 0, 0, 0, 4, 7, 9, 0}));
}

TEST(Prune, ToAStructureFitsItInEveryFilterAndTap) {
  for (const Structure s : {Structure{2, 4}, Structure{1, 4}, Structure{4, 8}, Structure{3, 5}}) {
    OperandTensor filter = random_filter(6, 22, 1, 9);
    prune_structure(filter, s);
    for (std::size_t f = 0; f < 6; ++f)
      EXPECT_TRUE(fits(std::span(filter.data).subspan(f * 22, 22), s)) << f << " " << s.n;
  }
}

// Two groups of two filters over two channels: sums 1 + 4 and 2 + 2; 7 + 0 and 3 + 3.
TEST(Prune, OfChannelsKeepsThoseOfTheLargestSumInEachGroup) {
  OperandTensor filter{{4, 2, 1, 1}, {1, 2, -4, 2, 7, 3, 0, -3}};
  prune_channels(filter, 0.5, 2);
  EXPECT_EQ(filter.data, (Words{1, 0, -4, 0, 7, 0, 0, 0}));
}

// Deep Compression, Table 4: 11 % of 60,954,656 weights stay.
TEST(Prune, RatesOfDeepCompressionLeaveElevenPercentOfAlexNet) {
  const Network network = read_network(kAlexNet);
  const Pruning pruning = read_pruning(kAlexNet / "pruning/deep-compression.yaml", network);
  double kept = 0, all = 0;
  for (const Layer& layer : network.layers) {
    ASSERT_NE(pruning.find(layer.name), nullptr) << layer.name;
    all += static_cast<double>(layer.filter_words());
    kept += pruning.find(layer.name)->keep * static_cast<double>(layer.filter_words());
  }
  EXPECT_NEAR(kept / all, 0.11, 0.005);
}

class PruningFile : public testing::Test {
 protected:
  ~PruningFile() override { fs::remove(file_); }
  std::string mistake(const std::string& rules) const {
    std::ofstream(file_) << "name: p\nsource: s\nlayers:\n" << rules;
    try {
      read_pruning(file_, network_);
    } catch (const InputError& error) {
      const std::string text = error.what();
      return text.substr(text.find(".yaml:") + 6);
    }
    return "";
  }
  const Network network_ = read_network(kAlexNet);
  const fs::path file_ = fs::temp_directory_path() / fmt::format("pruning_{}.yaml", ::getpid());
};

TEST_F(PruningFile, AnswersMistakesWithTheLineAndTheNearestName) {
  const std::pair<const char*, const char*> mistakes[] = {
      {"- {layer: FC9, keep: 0.5}", "4: there is no layer 'FC9' in alexnet (did you mean 'FC6'?)"},
      {"- {layer: FC6}", "4: layers[0] says nothing; it must have keep, keep_channels, or n and m"},
      {"- {layer: FC6, n: 2}", "4: layers[0] has n alone; n and m go together"},
      {"- {layer: FC6, n: 5, m: 4}", "4: layers[0].n is 5, more than its m of 4"},
      {"- {layer: FC6, keep: 0.5}\n- {layer: FC6, keep: 0.4}", "5: FC6 has two rules"}};
  for (const auto& [rules, sentence] : mistakes) EXPECT_EQ(mistake(rules), sentence);
  EXPECT_EQ(mistake("- {layer: FC6, n: 2, m: 4, keep: 0.3, keep_channels: 0.5}"), "");
}

}  // namespace
}  // namespace orrery
