// How an integer stands in a field of an operand word.
//
//   kTwos        1..16 bits  two's complement
//   kUnsigned    1..15 bits  binary
//   kTernary     2 bits      {negative, nonzero}: 00 is 0, 01 is +1, 11 is -1; 10 is 0 too
//   kFiveLevel   3 bits      {negative, nonzero, shift}: 0, or +/-(1 << shift)
//   kPowerOfTwo  4 bits      {negative, k[2:0]}: k = 0 is 0, else +/-2^(k-1): up to 64
//   kSign        1 bit       0 is -1, 1 is +1; there is no zero
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace orrery {

enum class Coding : std::uint8_t { kTwos, kUnsigned, kTernary, kFiveLevel, kPowerOfTwo, kSign };
inline constexpr std::array<std::string_view, 6> kCodingNames{
    "twos", "unsigned", "ternary", "five_level", "power_of_two", "sign"};
constexpr std::string_view name(Coding c) { return kCodingNames[static_cast<std::size_t>(c)]; }

struct Code {
  Coding coding = Coding::kTwos;
  int bits = 16;
  bool operator==(const Code&) const = default;
};

inline constexpr Code kTernaryCode{Coding::kTernary, 2};
inline constexpr Code kFiveLevelCode{Coding::kFiveLevel, 3};
inline constexpr Code kPowerOfTwoCode{Coding::kPowerOfTwo, 4};
inline constexpr Code kSignCode{Coding::kSign, 1};

// Whether the coding has fields of that many bits.
constexpr bool is_valid(Code code) {
  switch (code.coding) {
    case Coding::kTwos:
      return code.bits >= 1 && code.bits <= 16;
    case Coding::kUnsigned:
      return code.bits >= 1 && code.bits <= 15;
    case Coding::kTernary:
      return code == kTernaryCode;
    case Coding::kFiveLevel:
      return code == kFiveLevelCode;
    case Coding::kPowerOfTwo:
      return code == kPowerOfTwoCode;
    case Coding::kSign:
      return code == kSignCode;
  }
  return false;
}

// The integer in the low `code.bits` of `field`; what stands above them does not matter.
constexpr int decode(Code code, int field) {
  const unsigned f = static_cast<unsigned>(field) & ((1U << code.bits) - 1);
  const auto value = static_cast<int>(f);
  const auto with_sign = [f](unsigned sign, int magnitude) {
    return (f & sign) != 0 ? -magnitude : magnitude;
  };
  switch (code.coding) {
    case Coding::kTwos:
      return value - (f >> (code.bits - 1) != 0 ? 1 << code.bits : 0);
    case Coding::kUnsigned:
      return value;
    case Coding::kTernary:
      return with_sign(2, value & 1);
    case Coding::kFiveLevel:
      return (f & 2) == 0 ? 0 : with_sign(4, 1 << (value & 1));
    case Coding::kPowerOfTwo:
      return (f & 7) == 0 ? 0 : with_sign(8, 1 << ((value & 7) - 1));
    case Coding::kSign:
      return 2 * value - 1;
  }
  return 0;
}

// Bits of a field of which one is set unless the number is 0; signs have no such bits.
constexpr int magnitude_mask(Code code) {
  switch (code.coding) {
    case Coding::kTernary:
      return 1;
    case Coding::kFiveLevel:
      return 2;
    case Coding::kPowerOfTwo:
      return 7;
    case Coding::kTwos:
    case Coding::kUnsigned:
    case Coding::kSign:
      break;
  }
  return (1 << code.bits) - 1;
}

// The smallest and the largest integer of the code.
int least(Code code);
int most(Code code);
bool representable(Code code, int value);

// The field of `value`, zero-extended; decode() reads it back. Throws std::logic_error where the
// code has no such value.
int encode(Code code, int value);

// "twos of 8 bits", "ternary".
std::string to_string(Code code);

// `lanes` fields in one word, lane 0 in the low bits. lanes * code.bits <= 16. A single field of
// kTwos fills the word: sign-extended, the word is the integer.
constexpr int field(Code code, std::int16_t word, int lane) {
  return (static_cast<std::uint16_t>(word) >> (lane * code.bits)) & ((1 << code.bits) - 1);
}
constexpr int decode_lane(Code code, std::int16_t word, int lane) {
  return decode(code, field(code, word, lane));
}
// A word whose only field is `value`.
std::int16_t word_of(Code code, int value);

}  // namespace orrery
