#include "workloads/chain/chain.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "workloads/golden/golden.h"
#include "workloads/network/widths.h"
#include "workloads/tensor/operands.h"

namespace orrery {
namespace {

constexpr Widths kSixteen{.operand_bits = 16, .product_bits = 16, .psum_bits = 16};
constexpr Widths kEight{.operand_bits = 8, .product_bits = 32, .psum_bits = 32};

// Reads `input` as an ifmap of channels x rows x cols.
Layer reader(const std::string& name, const std::string& input, int channels, int rows, int cols) {
  Layer layer;
  layer.name = name;
  layer.input = input;
  layer.bounds[index(Dim::kC)] = channels;
  layer.ifmap_rows = rows, layer.ifmap_cols = cols;
  return layer;
}

const OperandTensor kMap{{1, 2, 2, 3}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}};

TEST(Chain, KeepsTheOrderOfWordsAndPutsPaddingAround) {
  const Layer a = reader("A", "", 1, 1, 1);
  Layer b = reader("B", "A", 2, 2, 3);
  b.pad_top = 1, b.pad_left = 2;
  Chain chain({a, b});
  chain.put(a, kMap);
  const OperandTensor ifmap = chain.take_ifmap(b);
  EXPECT_EQ(ifmap.shape, (std::vector{1, 2, 3, 5}));
  EXPECT_EQ(ifmap.data, (std::vector<std::int16_t>{0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 0, 0,  4,  5, 6, 0,
                                                   0, 0, 0, 0, 0, 0, 7, 8, 9, 0, 0, 10, 11, 12}));
}

TEST(Chain, FlattensMapsInTheOrderChannelsRowsColumns) {
  const Layer a = reader("A", "", 1, 1, 1);
  for (const Layer& b : {reader("B", "A", 12, 1, 1), reader("B", "A", 2, 6, 1)}) {
    Chain chain({a, b});
    chain.put(a, kMap);
    EXPECT_EQ(chain.take_ifmap(b).data, kMap.data);
  }
}

TEST(Chain, PoolsWhatIsPooledOffTheAccelerator) {
  Layer a = reader("A", "", 1, 1, 1);
  a.pool_after = {{PoolKind::kMax, 2, 1, 0}};
  const Layer b = reader("B", "A", 2, 1, 2);
  Chain chain({a, b});
  chain.put(a, kMap);
  EXPECT_EQ(chain.take_ifmap(b).data, (std::vector<std::int16_t>{5, 6, 11, 12}));
}

TEST(Chain, ServesEveryReaderAndKeepsNothingAfterTheLast) {
  const Layer a = reader("A", "", 1, 1, 1);
  const Layer b = reader("B", "A", 2, 2, 3), c = reader("C", "A", 12, 1, 1);
  Chain chain({a, b, c});
  EXPECT_TRUE(chain.needs(a));
  EXPECT_FALSE(chain.needs(b));
  EXPECT_THROW(chain.take_ifmap(b), std::logic_error);  // not there yet
  chain.put(a, kMap);
  EXPECT_EQ(chain.take_ifmap(b).data, kMap.data);
  EXPECT_TRUE(chain.needs(a));
  EXPECT_EQ(chain.take_ifmap(c).data, kMap.data);
  EXPECT_FALSE(chain.needs(a));
  EXPECT_THROW(chain.take_ifmap(c), std::logic_error);
}

// A chain by the golden reference alone; `look` sees each layer with its operands and its ofmap.
template <class Look>
void play(const Network& network, const Widths& widths, const Look& look) {
  Chain chain(network.layers);
  for (Layer layer : network.layers) {
    Operands in = synthetic_operands(layer, 1, widths.psum_bits);
    if (!layer.input.empty()) in.ifmap = chain.take_ifmap(layer);
    calibrate(layer, in, widths, 1);
    const Arithmetic arithmetic{layer.product_shift, widths.product_bits, widths.psum_bits};
    OperandTensor ofmap = golden_ofmap(layer, in, arithmetic, plain_reduction());
    look(layer, in, ofmap);
    chain.put(layer, std::move(ofmap));
  }
}

Network alexnet(const Widths& widths, int batch, const std::vector<std::string>& layers) {
  const Network all = read_network(std::string(ORRERY_SOURCE_DIR) + "/workloads/alexnet");
  return at_widths(select(all, batch, layers), widths);
}

// Shares of an ofmap's words, and their deviation from 0.
struct Shape {
  double zeros = 0, saturated = 0, rms = 0;
};

Shape shape_of(const OperandTensor& ofmap, int bits) {
  const int limit = 1 << (bits - 1);
  Shape shape;
  for (const std::int16_t word : ofmap.data) {
    shape.zeros += word == 0;
    shape.saturated += word == -limit || word == limit - 1;
    shape.rms += std::pow(word, 2);
  }
  const auto words = static_cast<double>(ofmap.data.size());
  return {shape.zeros / words, shape.saturated / words, std::sqrt(shape.rms / words)};
}

// Share of the psums that leave psum_bits: those of 32 bits say.
double outside(const Layer& layer, const Operands& in, const Widths& widths) {
  const PsumTensor psums =
      golden_psums(layer, in, {layer.product_shift, widths.product_bits, 32}, plain_reduction());
  const std::int64_t limit = std::int64_t{1} << (widths.psum_bits - 1);
  const auto n = std::ranges::count_if(
      psums.data, [&](std::int64_t psum) { return psum < -limit || psum >= limit; });
  return static_cast<double>(n) / static_cast<double>(psums.data.size());
}

// The table of docs/network.md. ORRERY_ALL=1 prints it.
TEST(Chain, OfAlexNetNeitherDiesOutNorSaturates) {
  for (const Widths& widths : {kSixteen, kEight}) {
    play(alexnet(widths, 1, {}), widths,
         [&](const Layer& layer, const Operands& in, const OperandTensor& ofmap) {
           const Shape shape = shape_of(ofmap, widths.operand_bits);
           const double wrapped = widths.psum_bits == 32 ? 0 : outside(layer, in, widths);
           const std::string row = fmt::format(
               "| {} | {} | {} | {} | {:.1f} % | {:.2f} % | {:.0f} | {:.2g} % |",
               widths.operand_bits, layer.name, layer.product_shift, layer.post.requant_shift,
               100 * shape.zeros, 100 * shape.saturated, shape.rms, 100 * wrapped);
           if (std::getenv("ORRERY_ALL") != nullptr) fmt::print("{}\n", row);
           EXPECT_LT(shape.zeros, 0.8) << row;
           EXPECT_LT(shape.saturated, 0.01) << row;
           EXPECT_LT(wrapped, 0.001) << row;
           EXPECT_GT(shape.rms, 1 << (widths.operand_bits - 6)) << row;
         });
  }
}

TEST(Chain, ImagesDoNotDependOnTheBatch) {
  std::vector<OperandTensor> one, three;
  for (const auto& [batch, ofmaps] : {std::pair{1, &one}, {3, &three}}) {
    Network tutorial = read_network(std::string(ORRERY_SOURCE_DIR) + "/workloads/tutorial");
    tutorial = at_widths(select(tutorial, batch, {}), kEight);
    play(tutorial, kEight,
         [&, into = ofmaps](const Layer&, const Operands&, const OperandTensor& o) {
           into->push_back(o);
         });
  }
  ASSERT_EQ(one.size(), three.size());
  for (std::size_t i = 0; i < one.size(); ++i) {
    EXPECT_TRUE(std::equal(one[i].data.begin(), one[i].data.end(), three[i].data.begin())) << i;
    EXPECT_EQ(three[i].data.size(), 3 * one[i].data.size()) << i;
  }
}

}  // namespace
}  // namespace orrery
