// Fields of operand words against the tables of code.h.
#include "workloads/format/code.h"

#include <gtest/gtest.h>

#include <map>
#include <stdexcept>
#include <vector>

namespace orrery {
namespace {

std::vector<Code> all_codes() {
  std::vector<Code> codes{kTernaryCode, kFiveLevelCode, kPowerOfTwoCode, kSignCode};
  for (int bits = 1; bits <= 16; ++bits) codes.push_back({Coding::kTwos, bits});
  for (int bits = 1; bits <= 15; ++bits) codes.push_back({Coding::kUnsigned, bits});
  return codes;
}

TEST(Codes, EveryNumberIsReadBackFromItsField) {
  for (const Code code : all_codes()) {
    for (int value = -65536; value <= 65536; ++value) {
      if (!representable(code, value)) continue;
      const int f = encode(code, value);
      ASSERT_EQ(decode(code, f), value) << to_string(code);
      ASSERT_EQ(f >> code.bits, 0) << to_string(code) << " " << value;
      ASSERT_EQ(decode(code, f | 1 << code.bits), value) << "bits above the field, " << value;
    }
  }
}

TEST(Codes, EveryFieldIsARepresentableNumber) {
  for (const Code code : all_codes()) {
    for (int f = 0; f < 1 << code.bits; ++f) {
      const int value = decode(code, f);
      ASSERT_TRUE(representable(code, value)) << to_string(code) << " field " << f;
      ASSERT_GE(value, least(code));
      ASSERT_LE(value, most(code));
    }
  }
}

TEST(Codes, NarrowFieldsMeanWhatTheirTablesSay) {
  const std::vector<std::pair<Code, std::vector<int>>> tables{
      {kTernaryCode, {0, 1, 0, -1}},
      {kFiveLevelCode, {0, 0, 1, 2, 0, 0, -1, -2}},
      {kPowerOfTwoCode, {0, 1, 2, 4, 8, 16, 32, 64, 0, -1, -2, -4, -8, -16, -32, -64}},
      {kSignCode, {-1, 1}},
      {{Coding::kTwos, 2}, {0, 1, -2, -1}},
      {{Coding::kTwos, 1}, {0, -1}},
      {{Coding::kUnsigned, 2}, {0, 1, 2, 3}}};
  for (const auto& [code, values] : tables) {
    for (std::size_t f = 0; f < values.size(); ++f)
      EXPECT_EQ(decode(code, static_cast<int>(f)), values[f]) << to_string(code) << " field " << f;
  }
}

TEST(Codes, NumbersThatTheyLackAreRefused) {
  const std::vector<std::pair<Code, int>> lacking{{kSignCode, 0},
                                                  {kTernaryCode, 2},
                                                  {kFiveLevelCode, 3},
                                                  {kPowerOfTwoCode, 3},
                                                  {kPowerOfTwoCode, 128},
                                                  {{Coding::kTwos, 8}, 128},
                                                  {{Coding::kUnsigned, 8}, -1}};
  for (const auto& [code, value] : lacking) {
    EXPECT_FALSE(representable(code, value)) << to_string(code) << " " << value;
    EXPECT_THROW(encode(code, value), std::logic_error) << to_string(code) << " " << value;
  }
}

TEST(Codes, AWordOfASingleIntegerIsTheInteger) {
  EXPECT_EQ(word_of({Coding::kTwos, 8}, -3), -3);
  EXPECT_EQ(word_of({Coding::kUnsigned, 8}, 200), 200);
  EXPECT_EQ(word_of(kTernaryCode, -1), 3);
}

TEST(Codes, LanesLieFromTheLowBitsOn) {
  const auto word = static_cast<std::int16_t>(0x8f01);
  const std::vector<int> nibbles{1, 0, -1, -8};
  for (int lane = 0; lane < 4; ++lane)
    EXPECT_EQ(decode_lane({Coding::kTwos, 4}, word, lane), nibbles[static_cast<std::size_t>(lane)]);
}

}  // namespace
}  // namespace orrery
