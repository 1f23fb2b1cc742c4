// Synthetic zeros: how many, how they lie, and that nothing else decides.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tests/workloads/sparse/sparse_case.h"
#include "workloads/input/input_error.h"
#include "workloads/network/network.h"
#include "workloads/tensor/operands.h"

namespace orrery {
namespace {

Layer layer_of(int batch) {
  Layer layer;
  layer.name = "ZEROS";
  layer.bounds = {2, batch, 40, 4, 62, 62, 3, 3};
  layer.ifmap_rows = layer.ifmap_cols = 64;
  return layer;
}

double share(std::span<const std::int16_t> words) {
  return static_cast<double>(std::ranges::count(words, 0)) / static_cast<double>(words.size());
}

double mean_stretch(std::span<const std::int16_t> words) {
  std::vector<std::int64_t> lengths = gaps(words, 0);
  std::erase(lengths, 0);
  double sum = 0;
  for (const std::int64_t length : lengths) sum += static_cast<double>(length);
  return sum / static_cast<double>(lengths.size());
}

// 32,768 words: a share's deviation is below sqrt(0.25 * 2 * 20 / 32768) = 0.018 with stretches of
// 20, a mean length's below 20 / sqrt(32768 * 0.3 / 20) = 0.9.
TEST(Zeros, LieInStretchesOfTheMeanLengthThatIsAskedFor) {
  for (const double run : {0.0, 3.0, 8.0, 20.0}) {
    for (const double zeros : {0.3, 0.6, 0.7}) {
      Layer layer = layer_of(1);
      layer.ifmap_zeros = zeros;
      layer.ifmap_pattern.run = run;
      const auto words = synthetic_operands(layer, 3, 16).ifmap.data;
      EXPECT_NEAR(share(words), zeros, 4 * 0.018) << run;
      EXPECT_NEAR(mean_stretch(words), run == 0 ? 1 / (1 - zeros) : run, 4 * 0.9) << zeros;
    }
  }
}

// With nine zeros to every other word, stretches cannot be shorter than nine. 3,277 of them have a
// mean with a deviation of sqrt(9 * 8 / 3277) = 0.15.
TEST(Zeros, GoIntoLongerStretchesWhereTheyAreTooMany) {
  Layer layer = layer_of(1);
  layer.ifmap_zeros = 0.9;
  layer.ifmap_pattern.run = 2;
  const auto words = synthetic_operands(layer, 3, 16).ifmap.data;
  EXPECT_NEAR(share(words), 0.9, 0.02);
  EXPECT_NEAR(mean_stretch(words), 9, 4 * 0.15);
}

TEST(Zeros, OfEachChannelAreAsManyAsItsShare) {
  Layer layer = layer_of(2);
  layer.ifmap_pattern.channels = {0.1, 0.5, 1.0};
  layer.filter_pattern.channels = {0.0, 0.9};
  for (const double run : {0.0, 5.0}) {
    layer.ifmap_pattern.run = layer.filter_pattern.run = run;
    const Operands in = synthetic_operands(layer, 8, 16);
    for (std::size_t plane = 0; plane < 16; ++plane) {
      const double wanted = layer.ifmap_pattern.channels[plane % 8 % 3];
      EXPECT_NEAR(share(std::span(in.ifmap.data).subspan(plane * 4096, 4096)), wanted, 0.08);
    }
    for (std::size_t filter = 0; filter < 80; filter += 2) {
      EXPECT_EQ(share(std::span(in.filter.data).subspan(filter * 36, 36)), 0) << filter;
      EXPECT_GT(share(std::span(in.filter.data).subspan(filter * 36 + 36, 36)), 0.4) << filter;
    }
  }
}

TEST(Zeros, OfAnImageAreThoseOfAnyBatch) {
  Layer one = layer_of(1), three = layer_of(3);
  for (Layer* layer : {&one, &three}) {
    layer->ifmap_zeros = 0.6;
    layer->ifmap_pattern.run = 7;
  }
  const auto words = synthetic_operands(one, 5, 16).ifmap.data;
  const auto batch = synthetic_operands(three, 5, 16).ifmap.data;
  EXPECT_TRUE(std::equal(words.begin(), words.end(), batch.begin()));
  EXPECT_EQ(synthetic_operands(one, 5, 16).ifmap.data, words);
  EXPECT_NE(synthetic_operands(one, 6, 16).ifmap.data, words);
}

Network network_of(const std::string& keys) {
  const std::string text =
      "name: n\nsource: s\nlayers:\n  - name: A\n    conv: {in: [3, 4, 4], filters: 2, kernel: "
      "1}\n";
  return read_network(parse_yaml_text(text + keys, "n.yaml"));
}

TEST(Zeros, OfANetworkAreReadWithTheMeanOfTheirChannels) {
  const Layer layer =
      network_of(
          "    ifmap_pattern: {run: 4, channels: [0.2, 0.7]}\n    filter_zeros: 0.5\n"
          "    filter_pattern: {run: 2.5}\n")
          .layers[0];
  EXPECT_EQ(layer.ifmap_pattern, (ZeroPattern{4, {0.2, 0.7}}));
  EXPECT_NEAR(layer.ifmap_zeros, (0.2 + 0.7 + 0.2) / 3, 1e-12);
  EXPECT_EQ(layer.filter_pattern, (ZeroPattern{2.5, {}}));
  EXPECT_EQ(layer.filter_zeros, 0.5);
}

TEST(Zeros, ThatContradictAreMistakes) {
  const std::pair<const char*, const char*> mistakes[] = {
      {"    ifmap_pattern: {run: 0.5}\n",
       "n.yaml:6: layers[0].ifmap_pattern.run is 0.5; it must be 0 or at least 1"},
      {"    ifmap_pattern: {channels: []}\n",
       "n.yaml:6: layers[0].ifmap_pattern.channels is empty; it must have a fraction for at least "
       "one channel"},
      {"    filter_zeros: 0.5\n    filter_pattern: {channels: [0.5]}\n",
       "n.yaml:7: layers[0].filter_pattern.channels and layers[0].filter_zeros: one says it all"}};
  for (const auto& [keys, sentence] : mistakes) {
    try {
      network_of(keys);
      ADD_FAILURE() << keys;
    } catch (const InputError& error) {
      EXPECT_STREQ(error.what(), sentence);
    }
  }
}

}  // namespace
}  // namespace orrery
