// Words of several fields, and what becomes of a layer in them.
#include "workloads/format/pack.h"

#include <gtest/gtest.h>

#include "workloads/golden/golden.h"
#include "workloads/tensor/operands.h"

namespace orrery {
namespace {

// 18 channels: two words of 16 signs, 14 lanes of the second without a channel.
Layer signs() {
  Layer layer;
  layer.name = "signs";
  layer.bounds = {2, 1, 3, 18, 2, 2, 3, 3};
  layer.ifmap_rows = layer.ifmap_cols = 2;
  layer.pad_top = layer.pad_bottom = layer.pad_left = layer.pad_right = 1;
  layer.operand_bits = 1;
  layer.formats.ifmap = layer.formats.filter = layer.formats.ofmap = kSignCode;
  return layer;
}

TEST(Packed, ALayerCountsWordsAndIsItselfAgain) {
  for (const bool bias : {true, false}) {
    Layer layer = signs();
    layer.post.bias = bias;
    const Layer words = packed(layer, 16);
    EXPECT_EQ(words.bound(Dim::kC), 2);
    EXPECT_TRUE(words.post.bias) << "14 x 9 products of empty lanes are given back";
    EXPECT_EQ(words.macs(), layer.macs());
    EXPECT_EQ(words.word_pairs() * 9, layer.macs());
    EXPECT_EQ(unpacked(words), layer);
    EXPECT_EQ(packed(words, 16), words);
  }
}

TEST(Packed, LanesAreConsecutiveChannelsOfAGroup) {
  const Layer layer = signs(), words = packed(layer, 16);
  const Operands in = synthetic_operands(layer, 3, 32), out = pack(words, in);
  EXPECT_EQ(out.ifmap.shape, (std::vector<int>{1, 4, 4, 4}));
  EXPECT_EQ(out.filter.shape, (std::vector<int>{6, 2, 3, 3}));
  for (std::size_t channel = 0; channel < 36; ++channel) {
    const std::size_t word = channel / 18 * 2 + channel % 18 / 16;
    for (std::size_t at = 0; at < 16; ++at) {
      EXPECT_EQ(decode_lane(kSignCode, out.ifmap.data[word * 16 + at],
                            static_cast<int>(channel % 18 % 16)),
                in.ifmap.data[channel * 16 + at]);
    }
  }
  for (const std::size_t tail : {1U, 3U}) EXPECT_EQ(out.ifmap.data[tail * 16] & ~3, 0);
}

// Each of 14 empty lanes adds -1 under each of 9 taps.
TEST(Packed, BiasesGiveBackWhatEmptyLanesAdd) {
  Layer layer = signs();
  Operands in = synthetic_operands(layer, 3, 32);
  const Operands out = pack(packed(layer, 16), in);
  for (std::size_t i = 0; i < in.bias.data.size(); ++i)
    EXPECT_EQ(out.bias.data[i], in.bias.data[i] + 14 * 9);
  layer.post.bias = false;
  in.bias = {};
  EXPECT_EQ(pack(packed(layer, 16), in).bias.data, std::vector<std::int32_t>(6, 14 * 9));
}

TEST(Packed, PaddingIsWhatMeansZeroOrMinusOne) {
  Layer layer = signs();
  EXPECT_EQ(padding_word(packed(layer, 16)), 0);
  EXPECT_EQ(synthetic_operands(layer, 1, 32).ifmap.data[0], -1);
  layer.formats.ifmap = {Coding::kTwos, 8};
  layer.formats.ifmap_zero = -128;
  EXPECT_EQ(padding_word(layer), -128);
  EXPECT_EQ(synthetic_operands(layer, 1, 32).ifmap.data[0], -128);
}

TEST(Packed, WordsFromAMemoryLoseTheSignThatItGave) {
  EXPECT_EQ(as_word({Coding::kUnsigned, 8}, 1, -1), 255);
  EXPECT_EQ(as_word({Coding::kTwos, 8}, 1, -1), -1);
  EXPECT_EQ(as_word(kTernaryCode, 1, 3), 3);
  EXPECT_EQ(as_word(kSignCode, 16, 0xffff), -1);
}

}  // namespace
}  // namespace orrery
