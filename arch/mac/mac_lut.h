// MAC that reads its terms from tables. Operands of 1 to 4 bits each.
//
//   product_table  one table of all pairs, 2^(ka+kw) entries, addressed by {filter, ifmap}
//   shared_table   a row of 2^kw entries, made when a new ifmap word comes: its product with every
//                  filter word. The filter word selects one
//   bit_serial     words of four fields. For a new ifmap word the 2^4 sums of its fields are made;
//                  each bit plane of the filters addresses one of them in a cycle of its own, from
//                  the highest on, and the sums are shifted and added. The top plane of signed
//                  filters is subtracted
// A table is made in the stage before it is read, in one cycle.
#pragma once

#include "arch/mac/registers.h"

namespace orrery {

struct MacLut {
  static constexpr std::string_view kName = "mac_lut";
  static constexpr int kMostBits = 4;
  static constexpr int kSerialLanes = 4;
  static constexpr MacTraits kTraits{.least_bits = 1,
                                     .most_bits = kMostBits,
                                     .ifmap = {kIntegers, kMostBits, false},
                                     .filter = {kIntegers, kMostBits, false},
                                     .tables = true};
  static constexpr int lanes(const MacRegisters& r) {
    return r.lut == LutOrganisation::kBitSerial ? kSerialLanes : 1;
  }
  static constexpr int cycles(const MacRegisters& r) {
    return r.lut == LutOrganisation::kBitSerial ? r.filter.bits : 1;
  }
  static std::int32_t product(std::int16_t x, std::int16_t w, const MacRegisters& r);
  // Of a pair whose ifmap word is that of the pair before. A new one is kTableBuild, but with
  // product_table, whose table never changes.
  static constexpr MacAction action(std::int16_t, std::int16_t, const MacRegisters&) {
    return MacAction::kLutRead;
  }
  static constexpr MacAction action_of_new_ifmap(const MacRegisters& r) {
    return r.lut == LutOrganisation::kProductTable ? MacAction::kLutRead : MacAction::kTableBuild;
  }
};

}  // namespace orrery
