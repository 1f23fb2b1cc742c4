// Codes that leave zeros out: back to the tensor, and of exactly the size that counting says.
#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>

#include "tests/workloads/sparse/sparse_case.h"
#include "workloads/sparse/bitmask.h"
#include "workloads/sparse/rlc.h"
#include "workloads/sparse/structured.h"

namespace orrery {
namespace {

constexpr WordForm kBytes{{Coding::kTwos, 8}, 0}, kShorts{{Coding::kTwos, 16}, 0};
using Words = std::vector<std::int16_t>;

std::int64_t non_zeros(const Words& words, int zero) {
  return std::ranges::count_if(words, [&](int word) { return word != zero; });
}

// Each stretch of zeros before a word takes a pair for every 32 of them, on top of the word's own;
// the last stretch a pair for every 32 begun.
std::int64_t plain_pairs(const Words& words, int zero, int reach) {
  const std::vector<std::int64_t> lengths = gaps(words, zero);
  std::int64_t pairs = (lengths.back() + reach - 1) / reach;
  for (std::size_t i = 0; i + 1 < lengths.size(); ++i) pairs += 1 + lengths[i] / reach;
  return pairs;
}

TEST(Rlc, GivesTheTensorBackInAsManyBitsAsAPlainCountSays) {
  for (const SparseCase& c : sparse_cases()) {
    for (const RlcForm rlc : {RlcForm{5, 3}, RlcForm{1, 1}, RlcForm{4, 5}}) {
      const Words words = words_of(c);
      const WordForm form{kBytes.code, c.zero};
      const SparseStream stream = encode_rlc(words, form, rlc);
      const std::int64_t pairs = plain_pairs(words, c.zero, 1 << rlc.run_bits);
      EXPECT_EQ(decode_rlc(stream, c.words, form, rlc), words) << c;
      EXPECT_EQ(stream.entries, pairs) << c;
      EXPECT_EQ(stream.padding, pairs - non_zeros(words, c.zero)) << c;
      const std::int64_t link_words = (pairs + rlc.pairs - 1) / rlc.pairs;
      EXPECT_EQ(stream.bits, link_words * (rlc.pairs * (rlc.run_bits + 8) + 1)) << c;
      EXPECT_EQ(rlc_bits(words, form, rlc), stream.bits) << c;
      EXPECT_EQ(std::ssize(stream.words), (stream.bits + 63) / 64) << c;
    }
  }
}

// The example of JSSC 52(1), Fig. 8: 0, 0, 12, 0, 0, 0, 0, 53, 0, 0, 22 are the pairs (2, 12),
// (4, 53), (2, 22), here with a fourth that begins another word.
TEST(Rlc, OfEyerissHoldsThreePairsAndAnEndInAWord) {
  const Words words{0, 0, 12, 0, 0, 0, 0, 53, 0, 0, 22, -1};
  const SparseStream stream = encode_rlc(words, kShorts);
  const auto pair = [](std::uint64_t run, std::uint64_t level) { return run | level << 5; };
  const std::uint64_t first = pair(2, 12) | pair(4, 53) << 21 | pair(2, 22) << 42;
  const std::uint64_t second = pair(0, 0xffff) | std::uint64_t{1} << 63;
  EXPECT_EQ(stream.words, (std::vector<std::uint64_t>{first, second}));
  EXPECT_EQ(stream.bits, 128);
}

// 31 zeros and a word are one pair; 32 zeros need a zero as level; a tensor's end likewise.
TEST(Rlc, CutsRunsThatTheirFieldCannotHold) {
  const std::pair<int, int> pairs_of_zeros[] = {{30, 1}, {31, 1}, {32, 2}, {63, 2}, {64, 3}};
  for (const auto& [zeros, pairs] : pairs_of_zeros) {
    Words words(static_cast<std::size_t>(zeros), 0);
    EXPECT_EQ(encode_rlc(words, kShorts).entries, (zeros + 31) / 32) << zeros;
    words.push_back(7);
    EXPECT_EQ(encode_rlc(words, kShorts).entries, pairs) << zeros;
    EXPECT_EQ(encode_rlc(words, kShorts).padding, pairs - 1) << zeros;
  }
}

TEST(Rlc, RefusesAStreamOfAnotherTensor) {
  const Words words{0, 5, 0, 6, 7, 8};
  const SparseStream stream = encode_rlc(words, kShorts);
  EXPECT_THROW(decode_rlc(stream, 5, kShorts), std::logic_error);
  EXPECT_THROW(decode_rlc(stream, 9, kShorts), std::logic_error) << "two pairs fill the word";
  SparseStream broken = stream;
  broken.words[0] ^= std::uint64_t{1} << 63;  // ends before its second word
  EXPECT_THROW(decode_rlc(broken, 6, kShorts), std::logic_error);
  EXPECT_THROW(encode_rlc(words, kShorts, {5, 4}), std::logic_error) << "85 bits";
}

TEST(Bitmask, GivesTheTensorBackAndStoresNoZero) {
  for (const SparseCase& c : sparse_cases()) {
    const Words words = words_of(c);
    const WordForm form{kBytes.code, c.zero};
    const SparseStream stream = encode_bitmask(words, form);
    EXPECT_EQ(decode_bitmask(stream, c.words, form), words) << c;
    EXPECT_EQ(stream.bits, c.words + 8 * non_zeros(words, c.zero)) << c;
    EXPECT_EQ(stream.padding, 0) << c;
    EXPECT_THROW(decode_bitmask(stream, stream.bits + 1, form), std::logic_error) << c;
  }
}

TEST(Structured, GivesTheTensorBackWhereItFitsAndRefusesItElsewhere) {
  const Structure structures[] = {{1, 1}, {2, 4}, {1, 4}, {4, 8}, {3, 5}, {1, 64}};
  for (const SparseCase& c : sparse_cases()) {
    for (const Structure& s : structures) {
      Words words = words_of(c);
      const WordForm form{kBytes.code, c.zero};
      int most = 0, stored = 0;
      for (int at = 0; at < c.words; at += s.m) {
        const int end = std::min(at + s.m, c.words);
        most = std::max(
            most, static_cast<int>(non_zeros({words.begin() + at, words.begin() + end}, c.zero)));
        stored += std::min(s.n, end - at);
      }
      EXPECT_EQ(fits(words, s, c.zero), most <= s.n) << c;
      if (most > s.n) {
        EXPECT_THROW(encode_structured(words, form, s), std::logic_error) << c;
        continue;
      }
      const SparseStream stream = encode_structured(words, form, s);
      EXPECT_EQ(decode_structured(stream, c.words, form, s), words) << c;
      EXPECT_EQ(stream.bits, stored * (8 + s.place_bits())) << c;
      EXPECT_EQ(stream.padding, stored - non_zeros(words, c.zero)) << c;
    }
  }
}

// 0 0 3 0 | 5 0 0 6: of the first group the place 0 is stored beside the 3.
TEST(Structured, TwoOfFourStoresTwoPlacesOfTwoBits) {
  const Words words{0, 0, 3, 0, 5, 0, 0, 6};
  const SparseStream stream = encode_structured(words, kBytes, {2, 4});
  const auto pair = [](std::uint64_t place, std::uint64_t word) { return place | word << 2; };
  EXPECT_EQ(stream.words.front(),
            pair(0, 0) | pair(2, 3) << 10 | pair(0, 5) << 20 | pair(3, 6) << 30);
  EXPECT_EQ(stream.bits, 40);
}

TEST(Codes, OfFewLevelsKeepTheirFields) {
  const Words words{0, 1, -1, 0, 0, 1};
  const WordForm ternary{kTernaryCode, 0};
  EXPECT_EQ(decode_rlc(encode_rlc(words, ternary), 6, ternary), words);
  EXPECT_EQ(decode_bitmask(encode_bitmask(words, ternary), 6, ternary), words);
  EXPECT_EQ(encode_bitmask(words, ternary).bits, 6 + 3 * 2);
}

}  // namespace
}  // namespace orrery
