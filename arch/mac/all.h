// The one list of MAC datapaths, and what each states.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "arch/mac/mac_binary.h"
#include "arch/mac/mac_int16.h"
#include "arch/mac/mac_int16_dfp.h"
#include "arch/mac/mac_int8.h"
#include "arch/mac/mac_lut.h"
#include "arch/mac/mac_shift.h"
#include "arch/mac/mac_ternary.h"
#include "arch/mac/mac_zero_gated.h"
#include "arch/mac/mac_zero_skip.h"

namespace orrery {

struct Mac {
  std::string_view name;
  MacTraits traits;
  // Fields of a word, and cycles that a pair of words takes.
  int (*lanes)(const MacRegisters&);
  int (*cycles)(const MacRegisters&);
  // The term that a pair of words adds to the psum, before any cut; and what it does in its slot,
  // where its ifmap word is that of the pair before.
  std::int32_t (*product)(std::int16_t ifmap, std::int16_t filter, const MacRegisters&);
  MacAction (*action)(std::int16_t ifmap, std::int16_t filter, const MacRegisters&);

  bool gates() const { return traits.gating != Gating::kNone; }
};

template <class Kind>
constexpr Mac describe_mac() {
  Mac mac{Kind::kName, Kind::kTraits, nullptr, nullptr, Kind::product, Kind::action};
  if constexpr (requires(MacRegisters r) { Kind::lanes(r); }) {
    mac.lanes = Kind::lanes;
  } else if constexpr (requires { Kind::kLanes; }) {
    mac.lanes = [](const MacRegisters&) { return Kind::kLanes; };
  } else {
    mac.lanes = [](const MacRegisters&) { return 1; };
  }
  if constexpr (requires(MacRegisters r) { Kind::cycles(r); }) {
    mac.cycles = Kind::cycles;
  } else {
    mac.cycles = [](const MacRegisters&) { return 1; };
  }
  return mac;
}

template <class... Kinds>
constexpr std::array<Mac, sizeof...(Kinds)> list_macs() {
  return {describe_mac<Kinds>()...};
}
inline constexpr auto kMacs = list_macs<MacInt8, MacInt16, MacInt16Dfp, MacZeroGated, MacZeroSkip,
                                        MacLut, MacBinary, MacTernary, MacShift>();

// The datapath of that name, or null.
constexpr const Mac* find_mac(std::string_view name) {
  for (const Mac& mac : kMacs) {
    if (mac.name == name) return &mac;
  }
  return nullptr;
}

inline std::vector<std::string> mac_names() {
  std::vector<std::string> names;
  for (const Mac& mac : kMacs) names.emplace_back(mac.name);
  return names;
}

// The term of a pair as it reaches the adder.
inline std::int32_t term(const Mac& mac, std::int16_t ifmap, std::int16_t filter,
                         const MacRegisters& r) {
  const std::int32_t full = mac.product(ifmap, filter, r);
  return mac.traits.cuts ? cut(full, r.arithmetic) : full;
}

// Why the datapath cannot be set so; empty: it can. Operands are one clause each, to follow the
// name of the datapath.
std::string why_not(const Mac& mac, const MacRegisters& r);

}  // namespace orrery
