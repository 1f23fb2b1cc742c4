#include "dataflows/mapping/check_mac.h"

#include <fmt/format.h>

#include <bit>

#include "arch/mac/all.h"

namespace orrery {
namespace {

bool is_integer(Code code) {
  return code.coding == Coding::kTwos || code.coding == Coding::kUnsigned;
}

std::string check_bits(const Layer& layer, const Machine& machine, const Mac& mac) {
  int bits = layer.ifmap_code().bits;
  const bool multiplies = mac.traits.cuts || mac.traits.singles;
  if (multiplies && is_integer(layer.filter_code()))
    bits = std::max(bits, layer.filter_code().bits);
  if (bits <= machine.numbers.operand_bits) return {};
  return fmt::format("the layer has {}-bit operands; the machine multiplies {} bits", bits,
                     machine.numbers.operand_bits);
}

// Why the PEs of an array cannot pass over zeros. Lanes can, which play no mapping.
std::string_view why_slots(const Machine& machine) {
  if (machine.array.delivery == Delivery::kSystolic)
    return "in a systolic array words meet because each moves on a PE in every cycle, and a PE "
           "that passed over a pair would lose the next";
  if (machine.array.pace == Pace::kLockStep)
    return "PEs in lock step take the same step of a pass at once, and a zero in one is none in "
           "the others";
  return "a PE takes the steps of its pass one by one, by counters that see no words";
}

// What no PE of any machine does.
std::string check_pace_of(const Mac& mac, const MacRegisters& registers, const Machine& machine) {
  if (mac.traits.skips) {
    return fmt::format(
        "{} passes over zeros: {}; mac_zero_gated rests in the slots of zeros, and lanes "
        "(lanes.walk) pass over them",
        mac.name, why_slots(machine));
  }
  if (mac.cycles(registers) == 1) return {};
  return fmt::format(
      "{} takes {} cycles a pair of words with organisation {}, and PEs here issue one in each "
      "cycle",
      mac.name, mac.cycles(registers),
      kLutOrganisationNames[static_cast<std::size_t>(registers.lut)]);
}

// The words of signs count the lanes without a channel too.
std::string check_signs(const Layer& layer, const Machine& machine) {
  if (layer.ifmap_code().coding != Coding::kSign) return {};
  const bool pads = layer.pad_top + layer.pad_bottom + layer.pad_left + layer.pad_right > 0;
  if (pads && layer.formats.sign_padding == SignPadding::kMasked)
    return "the layer leaves products of padding out; padding of signs here is -1, and counts";
  const std::int64_t signs = layer.packing.lanes * std::int64_t{layer.bound(Dim::kC)} *
                             layer.bound(Dim::kR) * layer.bound(Dim::kS);
  const int bits = static_cast<int>(std::bit_width(static_cast<std::uint64_t>(signs))) + 1;
  if (bits <= machine.numbers.psum_bits) return {};
  return fmt::format("a sum of {} signs needs {} bits; psums have {}", signs, bits,
                     machine.numbers.psum_bits);
}

}  // namespace

std::string check_mac(const Layer& layer, const Machine& machine) {
  const Mac& mac = *find_mac(machine.mac);
  const MacRegisters registers = machine.registers(layer);
  std::string sentence = check_bits(layer, machine, mac);
  if (!sentence.empty() || layer.kind == LayerKind::kPool) return sentence;
  sentence = why_not(mac, registers);
  if (sentence.empty()) sentence = check_pace_of(mac, registers, machine);
  if (sentence.empty()) sentence = check_signs(layer, machine);
  if (sentence.empty() && layer.product_shift > 0 && !mac.traits.cuts)
    sentence = fmt::format("the layer shifts products by {}; {} does not shift them",
                           layer.product_shift, mac.name);
  return sentence;
}

}  // namespace orrery
