#include "arch/mac/mac_lut.h"

#include <array>

namespace orrery {
namespace {

constexpr std::size_t kEntries = std::size_t{1} << (2 * MacLut::kMostBits);
constexpr std::size_t kPlaces = std::size_t{1} << MacLut::kMostBits;

// Entry {filter field, ifmap field}.
using Products = std::array<std::int16_t, kEntries>;
constexpr std::size_t place(Code code) {
  return (code.coding == Coding::kTwos ? MacLut::kMostBits : 0) +
         static_cast<std::size_t>(code.bits) - 1;
}
constexpr Code code_at(std::size_t place) {
  const bool twos = place >= MacLut::kMostBits;
  return {twos ? Coding::kTwos : Coding::kUnsigned,
          static_cast<int>(place % MacLut::kMostBits) + 1};
}
constexpr std::size_t address(Code ifmap, int x, int w) {
  return static_cast<std::size_t>(w) << ifmap.bits | static_cast<std::size_t>(x);
}

constexpr Products products(Code ifmap, Code filter) {
  Products table{};
  for (int w = 0; w < 1 << filter.bits; ++w) {
    for (int x = 0; x < 1 << ifmap.bits; ++x)
      table[address(ifmap, x, w)] = static_cast<std::int16_t>(decode(ifmap, x) * decode(filter, w));
  }
  return table;
}

// One for each pair of codes: what a ROM of that size holds.
constexpr std::size_t kCodes = std::size_t{2} * MacLut::kMostBits;
constexpr auto kProducts = [] {
  std::array<std::array<Products, kCodes>, kCodes> all{};
  for (std::size_t a = 0; a < kCodes; ++a) {
    for (std::size_t w = 0; w < kCodes; ++w) all[a][w] = products(code_at(a), code_at(w));
  }
  return all;
}();

// The sums of the fields that an address selects, made by adding one field to a smaller sum.
std::array<std::int16_t, kPlaces> sums_of(Code ifmap, std::int16_t word) {
  std::array<std::int16_t, kPlaces> sums{};
  for (unsigned a = 1; a < kPlaces; ++a) {
    const int lane = a >= 8 ? 3 : a >= 4 ? 2 : a >= 2 ? 1 : 0;
    sums[a] = static_cast<std::int16_t>(sums[a & ~(1U << lane)] + decode_lane(ifmap, word, lane));
  }
  return sums;
}

std::int32_t by_bit_planes(std::int16_t x, std::int16_t w, const MacRegisters& r) {
  const auto sums = sums_of(r.ifmap, x);
  std::int32_t total = 0;
  for (int plane = 0; plane < r.filter.bits; ++plane) {
    unsigned selected = 0;
    for (int lane = 0; lane < MacLut::kSerialLanes; ++lane)
      selected |= static_cast<unsigned>(field(r.filter, w, lane) >> plane & 1) << lane;
    const std::int32_t sum = sums[selected] * (1 << plane);
    const bool subtracts = r.filter.coding == Coding::kTwos && plane == r.filter.bits - 1;
    total += subtracts ? -sum : sum;
  }
  return total;
}

}  // namespace

// A row of the shared table is a column of the table of all pairs.
std::int32_t MacLut::product(std::int16_t x, std::int16_t w, const MacRegisters& r) {
  if (r.lut == LutOrganisation::kBitSerial) return by_bit_planes(x, w, r);
  const Products& table = kProducts[place(r.ifmap)][place(r.filter)];
  return table[address(r.ifmap, field(r.ifmap, x, 0), field(r.filter, w, 0))];
}

}  // namespace orrery
