// The one list of MAC datapaths. Values and cycles are those of a plain multiplier and adder in
// every one of them; they differ in operand width and in what makes the datapath switch.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace orrery {

// 16-bit operands; switches for every pair.
struct MacInt16 {
  static constexpr std::string_view kName = "mac_int16";
  static constexpr int kOperandBits = 16;
  static constexpr bool kGates = false;
};

// 16-bit operands; an ifmap operand of zero leaves the datapath, the filter spad and the psum spad
// quiet in its slot (Eyeriss, JSSC 2017: the zero buffer of the PE). Saves energy, not cycles.
struct MacZeroGated {
  static constexpr std::string_view kName = "mac_zero_gated";
  static constexpr int kOperandBits = 16;
  static constexpr bool kGates = true;
};

// 8-bit operands, psums of up to 32 bits; switches for every pair.
struct MacInt8 {
  static constexpr std::string_view kName = "mac_int8";
  static constexpr int kOperandBits = 8;
  static constexpr bool kGates = false;
};

struct Mac {
  std::string_view name;
  int operand_bits;
  bool gates;  // an ifmap operand of zero gates its slot
  bool is_gated_by(std::int16_t ifmap) const { return gates && ifmap == 0; }
};

template <class... Kinds>
constexpr std::array<Mac, sizeof...(Kinds)> list_macs() {
  return {Mac{Kinds::kName, Kinds::kOperandBits, Kinds::kGates}...};
}
inline constexpr auto kMacs = list_macs<MacInt16, MacZeroGated, MacInt8>();

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

}  // namespace orrery
