// What a machine's MAC means for the numbers of its layers.
#include <fmt/format.h>

#include <algorithm>

#include "arch/mac/all.h"
#include "arch/machine/machine.h"
#include "workloads/input/input_error.h"

namespace orrery {
namespace {

// Bits by which the machine's psum must exceed a term to be wide enough.
constexpr int kSpareBits = 6;
constexpr int kWidePsum = 32;

struct Codes {
  Code ifmap{Coding::kTwos, 0}, filter{Coding::kTwos, 0};
};

// Of layers that state none: the one coding that an operand may have, else two's complement. Tables
// are read by unsigned ifmaps, as ReLU leaves them.
Codes usual_codes(const MacTraits& mac, const Machine& machine) {
  Codes codes;
  const auto only = [](const OperandRule& rule, Code code) {
    return rule.takes(code) && (rule.codings & kIntegers) == 0;
  };
  for (const Code code : {kPowerOfTwoCode, kFiveLevelCode, kTernaryCode, kSignCode}) {
    if (only(mac.ifmap, code)) codes.ifmap = code;
    if (only(mac.filter, code)) codes.filter = code;
  }
  const bool powers = machine.mac_options.filters == ShiftFilters::kPowerOfTwo;
  if (powers && mac.filter.takes(kPowerOfTwoCode)) codes.filter = kPowerOfTwoCode;
  if (!mac.tables) return codes;
  return {{Coding::kUnsigned, machine.numbers.operand_bits},
          {Coding::kTwos, machine.mac_options.filter_bits}};
}

// Bits of the largest sum of lanes that goes to the adder.
int term_bits(const MacTraits& mac, int operand_bits, const Codes& codes) {
  switch (codes.filter.coding) {
    case Coding::kTwos:
    case Coding::kUnsigned:
      return operand_bits + (mac.tables ? codes.filter.bits : operand_bits);
    case Coding::kSign:
      return 6;  // -16 to 16
    case Coding::kTernary:
      return operand_bits + 1;
    case Coding::kFiveLevel:
      return operand_bits + 2;
    case Coding::kPowerOfTwo:
      return operand_bits + 7;
  }
  return operand_bits;
}

// The machine's own where the datapath has it; else 8 bits, or what it has at most.
int operand_bits(const MacTraits& mac, const Numbers& own) {
  const bool multiplies = mac.cuts;
  if (multiplies && own.operand_bits >= mac.least_bits && own.operand_bits <= mac.most_bits)
    return own.operand_bits;
  return std::clamp(8, mac.least_bits, mac.most_bits);
}

}  // namespace

Arithmetic Machine::arithmetic(const Layer& layer) const {
  const MacTraits& traits = find_mac(mac)->traits;
  return {.product_shift = traits.cuts ? layer.product_shift : 0,
          .product_bits = traits.cuts ? numbers.product_bits : 32,
          .psum_bits = numbers.psum_bits,
          .overflow = numbers.overflow,
          .chain = traits.singles ? mac_options.chain : 0};
}

MacRegisters Machine::registers(const Layer& layer) const {
  return {.arithmetic = arithmetic(layer),
          .ifmap = layer.ifmap_code(),
          .filter = layer.filter_code(),
          .ifmap_zero = layer.formats.ifmap_zero,
          .filter_zero = layer.formats.filter_zero,
          .lut = mac_options.organisation};
}

Widths Machine::widths() const {
  const Mac& datapath = *find_mac(mac);
  const Codes codes = usual_codes(datapath.traits, *this);
  return {.operand_bits = numbers.operand_bits,
          .product_bits = numbers.product_bits,
          .psum_bits = numbers.psum_bits,
          .requantizes = post.requantize,
          .cuts_products = datapath.traits.cuts,
          .ifmap = codes.ifmap,
          .filter = codes.filter,
          .lanes = datapath.lanes({.arithmetic = {}, .lut = mac_options.organisation})};
}

std::vector<std::string> mac_overrides(const Machine& machine, const std::string& mac) {
  const Mac* datapath = find_mac(mac);
  if (datapath == nullptr) {
    throw InputError(
        fmt::format("--mac: there is no MAC datapath '{}'{}", mac, did_you_mean(mac, mac_names())));
  }
  if (machine.mac == mac) return {};
  const MacTraits& traits = datapath->traits;
  const Numbers& own = machine.numbers;
  const int bits = operand_bits(traits, own);
  const int term = term_bits(traits, bits, usual_codes(traits, machine));
  // Whole products of 8 bits less their zero points take 18 bits.
  const int whole = bits == 8 && traits.cuts ? 18 : std::clamp(term, 8, 32);
  const bool keeps = traits.cuts && bits == own.operand_bits;
  const int product = keeps ? own.product_bits : whole;
  const bool suffices = !traits.singles && (keeps || own.psum_bits >= term + kSpareBits);
  const int psum = suffices ? std::max(own.psum_bits, product) : kWidePsum;
  return {fmt::format("mac={}", mac), fmt::format("numbers.operand_bits={}", bits),
          fmt::format("numbers.product_bits={}", product),
          fmt::format("numbers.psum_bits={}", psum)};
}

}  // namespace orrery
