// Layers of other numbers than two's complement: their synthetic words, their golden ofmaps, and
// what a network file says of them.
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <map>

#include "workloads/golden/golden.h"
#include "workloads/input/input_error.h"
#include "workloads/network/widths.h"
#include "workloads/tensor/operands.h"

namespace orrery {
namespace {

Layer large_layer(Code ifmap, Code filter) {
  Layer layer;
  layer.name = "large";
  layer.kind = LayerKind::kFc;
  layer.bounds = {1, 8, 64, 512, 1, 1, 1, 1};
  layer.formats.ifmap = ifmap;
  layer.formats.filter = filter;
  return layer;
}

// TWN: delta = 0.7 E|w| leaves 42.3 % of normal weights zero; the least-squares five levels of a
// normal distribution take 33, 47 and 20 %.
TEST(SyntheticWords, HaveTheFrequenciesOfTheirCodes) {
  const std::vector<std::pair<Code, std::map<int, double>>> wanted{
      {kTernaryCode, {{0, 0.423}, {1, 0.577}}},
      {kFiveLevelCode, {{0, 0.33}, {1, 0.47}, {2, 0.20}}},
      {kSignCode, {{1, 1.0}}},
      {{Coding::kTwos, 2}, {{0, 0}, {1, 2.0 / 3}, {2, 1.0 / 3}}}};
  for (const auto& [code, shares] : wanted) {
    const Operands in = synthetic_operands(large_layer({Coding::kTwos, 8}, code), 5, 32);
    const auto n = static_cast<double>(in.filter.data.size());
    std::map<int, double> found;
    double sum = 0;
    for (const std::int16_t w : in.filter.data) found[std::abs(w)] += 1 / n, sum += w;
    for (const auto& [magnitude, share] : shares)
      EXPECT_NEAR(found[magnitude], share, 0.01) << to_string(code) << " " << magnitude;
    EXPECT_NEAR(sum / n, code.coding == Coding::kTwos ? -2.0 / 3 : 0, 0.02) << to_string(code);
  }
}

TEST(SyntheticWords, LieAroundTheirZeroPoint) {
  for (const int zero : {-128, -3, 0, 100, 127}) {
    Layer layer = large_layer({Coding::kTwos, 8}, {Coding::kTwos, 8});
    layer.formats.ifmap_zero = layer.formats.filter_zero = zero;
    layer.ifmap_zeros = layer.filter_zeros = 0.4;
    const Operands in = synthetic_operands(layer, 7, 32);
    for (const auto* words : {&in.ifmap.data, &in.filter.data}) {
      std::size_t zeros = 0;
      for (const std::int16_t w : *words) {
        EXPECT_TRUE(w >= -128 && w <= 127 && std::abs(w - zero) < 64) << w << " around " << zero;
        zeros += w == zero ? 1 : 0;
      }
      EXPECT_NEAR(static_cast<double>(zeros) / static_cast<double>(words->size()), 0.4, 0.03);
    }
  }
}

// (5 - 3)(7 + 1) + (-128 - 3)(-2 + 1) + (3 - 3)(99 + 1) = 16 + 131.
TEST(GoldenFormats, ProductsAreOfDifferencesFromZeroPoints) {
  Layer layer;
  layer.name = "zeros";
  layer.kind = LayerKind::kFc;
  layer.bounds = {1, 1, 1, 3, 1, 1, 1, 1};
  layer.operand_bits = 8;
  layer.formats.ifmap_zero = 3, layer.formats.filter_zero = -1, layer.formats.ofmap_zero = -20;
  layer.post.requant_shift = 1;
  const Operands in{{{1, 3, 1, 1}, {5, -128, 3}}, {{1, 3, 1, 1}, {7, -2, 99}}, {{1}, {-7}}};
  EXPECT_EQ(golden_psums(layer, in, {}, plain_reduction()).data[0], 147);
  EXPECT_EQ(golden_ofmap(layer, in, {}, plain_reduction()).data[0], 140 / 2 - 20);
  layer.formats.ofmap = {Coding::kUnsigned, 4};
  layer.formats.ofmap_zero = 2;
  EXPECT_EQ(golden_ofmap(layer, in, {}, plain_reduction()).data[0], 15) << "saturates to its code";
}

TEST(GoldenFormats, SignsAreAThresholdOfPsumAndBias) {
  Layer layer;
  layer.name = "signs";
  layer.kind = LayerKind::kFc;
  layer.bounds = {1, 1, 1, 3, 1, 1, 1, 1};
  layer.formats = {.ifmap = kSignCode, .filter = kSignCode, .ofmap = kSignCode};
  for (const int bias : {-2, -1, 0, 1}) {  // the psum is 1
    const Operands in{{{1, 3, 1, 1}, {1, 1, -1}}, {{1, 3, 1, 1}, {1, -1, -1}}, {{1}, {bias}}};
    EXPECT_EQ(golden_ofmap(layer, in, {}, plain_reduction()).data[0], bias >= -1 ? 1 : -1) << bias;
  }
}

// Chains of two: 2^30 + 2^30 wraps to -2^31; 1 + 2^24 is no single and goes to 2^24. In singles
// -2^31 + 2^24 is exact.
TEST(GoldenFormats, ChainsWrapAndSpillIntoSingles) {
  Layer layer;
  layer.name = "chains";
  layer.kind = LayerKind::kFc;
  layer.bounds = {1, 1, 1, 4, 1, 1, 1, 1};
  layer.post.bias = false;
  layer.post.requant_shift = 17;
  const Operands in{{{1, 4, 1, 1}, {-32768, -32768, 1, 4096}},
                    {{1, 4, 1, 1}, {-32768, -32768, 1, 4096}},
                    {{0}, {}}};
  const Arithmetic chains{.chain = 2};
  const auto bits = golden_psums(layer, in, chains, plain_reduction()).data[0];
  EXPECT_EQ(std::bit_cast<float>(bits), -std::ldexp(1.0F, 31) + std::ldexp(1.0F, 24));
  EXPECT_EQ(golden_ofmap(layer, in, chains, plain_reduction()).data[0], -(1 << 14) + (1 << 7));
}

Network network_of(const std::string& layers) {
  return read_network(parse_yaml_text("name: n\nsource: s\nlayers:\n" + layers, "n.yaml"));
}

TEST(NetworkFormats, AreReadAndGivenToTheLayersBefore) {
  const Network network = network_of(
      "- {name: A, fc: {in: 4, out: 8}}\n"
      "- {name: B, fc: {in: 8, out: 8}, ifmap: {coding: unsigned, bits: 4, zero_point: 7}, "
      "filter: {coding: ternary}}\n"
      "- {name: C, fc: {in: 8, out: 8}, ifmap: {coding: sign}, filter: {coding: sign}}\n");
  const std::vector<Layer> layers =
      at_widths(network, {.operand_bits = 8, .product_bits = 18, .psum_bits = 32}).layers;
  EXPECT_EQ(layers[0].ifmap_code(), (Code{Coding::kTwos, 8}));
  EXPECT_EQ(layers[0].ofmap_code(), (Code{Coding::kUnsigned, 4}));
  EXPECT_EQ(layers[0].formats.ofmap_zero, 7);
  EXPECT_EQ(layers[1].filter_code(), kTernaryCode);
  EXPECT_EQ(layers[1].ofmap_code(), kSignCode);
  EXPECT_EQ(layers[1].post.requant_shift, 0);
}

TEST(NetworkFormats, OfMachinesGoToLayersThatStateNone) {
  const Widths signs{.operand_bits = 1,
                     .product_bits = 8,
                     .psum_bits = 16,
                     .cuts_products = false,
                     .ifmap = kSignCode,
                     .filter = kSignCode,
                     .lanes = 16};
  const Network network = network_of("- {name: A, fc: {in: 40, out: 8}}\n");
  const Layer layer = at_widths(network, signs).layers[0];
  EXPECT_EQ(layer.filter_code(), kSignCode);
  EXPECT_EQ(layer.bound(Dim::kC), 3);
  EXPECT_EQ(layer.channels(), 40);
}

TEST(NetworkFormats, MistakesAreToldWithTheirLine) {
  const std::vector<std::pair<std::string, std::string>> mistakes{
      {"ifmap: {coding: twos}", "layers[0].ifmap has 0 bits"},
      {"ifmap: {coding: ternary, bits: 3}", "layers[0].ifmap has 3 bits"},
      {"filter: {coding: twos, bits: 4, zero_point: 8}", "filter.zero_point is 8"},
      {"operand_bits: 8, filter: {coding: sign}", "operand_bits and a code"},
      {"filter: {coding: terary}", "ternary"}};
  for (const auto& [text, part] : mistakes) {
    try {
      network_of("- {name: A, fc: {in: 4, out: 8}, " + text + "}\n");
      ADD_FAILURE() << text;
    } catch (const InputError& error) {
      EXPECT_NE(std::string(error.what()).find(part), std::string::npos) << error.what();
      EXPECT_TRUE(std::string(error.what()).starts_with("n.yaml:4")) << error.what();
    }
  }
  const Network twice = network_of(
      "- {name: A, fc: {in: 4, out: 8}}\n"
      "- {name: B, fc: {in: 8, out: 8}, ifmap: {coding: sign}, filter: {coding: sign}}\n"
      "- {name: C, input: A, fc: {in: 8, out: 8}}\n");
  EXPECT_THROW(at_widths(twice, {}), InputError);
}

}  // namespace
}  // namespace orrery
