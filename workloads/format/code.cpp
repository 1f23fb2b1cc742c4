#include "workloads/format/code.h"

#include <fmt/format.h>

#include <bit>
#include <cstdlib>
#include <stdexcept>

namespace orrery {
namespace {

// {negative, magnitude's code}; 0 for zero.
int with_sign(Code code, int value, int magnitude) {
  return value < 0 ? magnitude | 1 << (code.bits - 1) : magnitude;
}

int field_of(Code code, int value) {
  switch (code.coding) {
    case Coding::kTwos:
      return value & ((1 << code.bits) - 1);
    case Coding::kUnsigned:
      return value;
    case Coding::kTernary:
      return with_sign(code, value, value == 0 ? 0 : 1);
    case Coding::kFiveLevel:
      return with_sign(code, value, value == 0 ? 0 : 1 + std::abs(value));
    case Coding::kPowerOfTwo:
      return with_sign(code, value, std::bit_width(static_cast<unsigned>(std::abs(value))));
    case Coding::kSign:
      return value < 0 ? 0 : 1;
  }
  return 0;
}

}  // namespace

int least(Code code) {
  switch (code.coding) {
    case Coding::kTwos:
      return -(1 << (code.bits - 1));
    case Coding::kUnsigned:
      return 0;
    case Coding::kTernary:
    case Coding::kFiveLevel:
    case Coding::kPowerOfTwo:
    case Coding::kSign:
      return -most(code);
  }
  return 0;
}

int most(Code code) {
  switch (code.coding) {
    case Coding::kTwos:
      return (1 << (code.bits - 1)) - 1;
    case Coding::kUnsigned:
      return (1 << code.bits) - 1;
    case Coding::kTernary:
    case Coding::kSign:
      return 1;
    case Coding::kFiveLevel:
      return 2;
    case Coding::kPowerOfTwo:
      return 64;
  }
  return 0;
}

bool representable(Code code, int value) {
  if (value < least(code) || value > most(code)) return false;
  if (code.coding == Coding::kSign) return value != 0;
  if (code.coding != Coding::kPowerOfTwo || value == 0) return true;
  return std::has_single_bit(static_cast<unsigned>(std::abs(value)));
}

int encode(Code code, int value) {
  if (!representable(code, value))
    throw std::logic_error(fmt::format("{} has no {}", to_string(code), value));
  return field_of(code, value);
}

std::string to_string(Code code) {
  if (code.coding != Coding::kTwos && code.coding != Coding::kUnsigned)
    return std::string(name(code.coding));
  return fmt::format("{} of {} bits", name(code.coding), code.bits);
}

std::int16_t word_of(Code code, int value) {
  const int f = encode(code, value);
  return static_cast<std::int16_t>(code.coding == Coding::kTwos ? value : f);
}

}  // namespace orrery
