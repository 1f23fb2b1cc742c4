// The settings of operand registers under which the twins are played.
#include <algorithm>

#include "sim/twin/stimulus.h"

namespace orrery {
namespace {

constexpr int kEnumeratedBits = 8;  // of a field, without a zero point

// Zero points at both ends of the code and inside: the differences of two 8-bit numbers are all
// that 9 bits hold but the least.
std::vector<int> zero_points(const OperandRule& rule, Code code) {
  if (!rule.zero_point) return {0};
  return {least(code), most(code), 0, code.coding == Coding::kTwos ? -3 : 128};
}

std::vector<Code> codes(const OperandRule& rule) {
  std::vector<Code> list;
  for (const Coding coding : {Coding::kTwos, Coding::kUnsigned}) {
    const int most = coding == Coding::kTwos ? 16 : 15;
    if (!rule.takes({coding, 1})) continue;
    // Small ones of every size; of the others bytes and the largest.
    for (int bits = 1; bits <= std::min(most, rule.most_bits); ++bits) {
      const bool small = rule.most_bits <= MacLut::kMostBits;
      if (small || bits == kEnumeratedBits || bits == std::min(most, rule.most_bits))
        list.push_back({coding, bits});
    }
  }
  for (const Code code : {kTernaryCode, kFiveLevelCode, kPowerOfTwoCode, kSignCode}) {
    if (rule.takes(code)) list.push_back(code);
  }
  return list;
}

std::vector<LutOrganisation> organisations(const Mac& mac) {
  if (!mac.traits.tables) return {LutOrganisation::kProductTable};
  return {LutOrganisation::kProductTable, LutOrganisation::kSharedTable,
          LutOrganisation::kBitSerial};
}

// Every setting of codes, zero points and organisation that the datapath takes.
std::vector<MacRegisters> settings(const Mac& mac) {
  std::vector<MacRegisters> all;
  for (const LutOrganisation lut : organisations(mac)) {
    for (const Code x : codes(mac.traits.ifmap)) {
      for (const Code w : codes(mac.traits.filter)) {
        for (const int zx : zero_points(mac.traits.ifmap, x)) {
          for (const int zw : zero_points(mac.traits.filter, w)) {
            const MacRegisters r{{}, x, w, zx, zw, lut};
            if (why_not(mac, r).empty()) all.push_back(r);
          }
        }
      }
    }
  }
  return all;
}

Order order_of_all(const Mac& mac, const MacRegisters& r) {
  if (r.ifmap.coding == Coding::kSign) return Order::kEverySign;
  return mac.lanes(r) > 1 ? Order::kEveryLane : Order::kEvery;
}

std::uint64_t pairs_of_all(const Mac& mac, const MacRegisters& r) {
  switch (order_of_all(mac, r)) {
    case Order::kEvery:
      return std::uint64_t{1} << (r.ifmap.bits + r.filter.bits);
    case Order::kEveryLane:
      return static_cast<std::uint64_t>(mac.lanes(r)) << (r.ifmap.bits + r.filter.bits);
    case Order::kEverySign:
      return std::uint64_t{1} << mac.lanes(r);
    case Order::kRandom:
      break;
  }
  return 0;
}

bool is_small(const MacRegisters& r) {
  return r.ifmap.bits <= kEnumeratedBits && r.filter.bits <= kEnumeratedBits;
}

}  // namespace

std::vector<Sweep> sweeps(const Mac& mac, std::uint64_t random) {
  std::vector<Sweep> list;
  const std::vector<MacRegisters> all = settings(mac);
  for (const MacRegisters& r : all) {
    if (is_small(r)) list.push_back({r, order_of_all(mac, r), pairs_of_all(mac, r)});
  }
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::uint64_t share = random / all.size() + (i < random % all.size() ? 1 : 0);
    if (share > 0) list.push_back({all[i], Order::kRandom, share});
  }
  return list;
}

std::string_view enumerated(const Mac& mac) {
  const std::vector<MacRegisters> all = settings(mac);
  if (order_of_all(mac, all.front()) == Order::kEverySign) return "every xnor";
  return std::ranges::all_of(all, is_small) ? "every pair" : "every 8-bit pair";
}

}  // namespace orrery
