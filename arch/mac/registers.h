// What is set before a layer in the registers of a MAC, what a MAC states about itself, and what it
// does in a slot.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "arch/mac/arithmetic.h"
#include "workloads/format/code.h"

namespace orrery {

// Where mac_lut finds its products: in one table of all pairs; in a row made for each ifmap word,
// with its product for every filter word; or, bit plane by bit plane of the filters, in a table of
// the sums of four ifmap fields.
enum class LutOrganisation : std::uint8_t { kProductTable, kSharedTable, kBitSerial };
inline constexpr std::array<std::string_view, 3> kLutOrganisationNames{
    "product_table", "shared_table", "bit_serial"};

struct MacRegisters {
  Arithmetic arithmetic;
  Code ifmap{Coding::kTwos, 16}, filter{Coding::kTwos, 16};  // of a field
  int ifmap_zero = 0, filter_zero = 0;                       // zero points, of their codes
  LutOrganisation lut = LutOrganisation::kProductTable;
  bool operator==(const MacRegisters&) const = default;
};

// What a MAC does with a pair of words. In this order in the twins' action_o.
enum class MacAction : std::uint8_t {
  kCompute,     // multiplies, shifts, counts or adds: the datapath switches
  kGate,        // an operand is zero: the slot passes, datapath quiet
  kSkip,        // an operand is zero: the pair takes no slot
  kLutRead,     // reads its table, and adds
  kTableBuild,  // makes the table of a new ifmap word, reads it, and adds
};
inline constexpr std::array<std::string_view, 5> kMacActionNames{"compute", "gate", "skip",
                                                                 "lut_read", "table_build"};

// By which operand a zero leaves the datapath quiet.
enum class Gating : std::uint8_t { kNone, kIfmap, kFilter };

// What an operand may be.
constexpr unsigned codings(std::initializer_list<Coding> list) {
  unsigned bits = 0;
  for (const Coding c : list) bits |= 1U << static_cast<unsigned>(c);
  return bits;
}
inline constexpr unsigned kIntegers = codings({Coding::kTwos, Coding::kUnsigned});

struct OperandRule {
  unsigned codings = kIntegers;
  int most_bits = 16;  // of a field
  bool zero_point = false;
  constexpr bool takes(Code code) const {
    return is_valid(code) && (codings >> static_cast<unsigned>(code.coding) & 1) != 0 &&
           code.bits <= most_bits;
  }
};

// What a datapath states. Psums are integers of psum_bits that wrap or saturate (arithmetic.h),
// held in 32 bits; where `singles`, IEEE singles of 32 bits.
struct MacTraits {
  // A machine's numbers.operand_bits: of an ifmap operand.
  int least_bits = 8, most_bits = 16;
  OperandRule ifmap{}, filter{};
  int stages = 2;  // cycles from an operand pair to its psum
  Gating gating = Gating::kNone;
  bool skips = false;    // zeros take no slot
  bool cuts = false;     // terms are shifted by product_shift and cut to product_bits
  bool singles = false;  // chains in int32, psums in singles
  bool tables = false;   // reads terms from tables
};

// Pairs of words that a fetch with look-ahead sees in a cycle.
inline constexpr int kLookAhead = 4;

}  // namespace orrery
