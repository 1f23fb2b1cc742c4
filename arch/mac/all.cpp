#include "arch/mac/all.h"

#include <fmt/format.h>

namespace orrery {
namespace {

std::string known_codings(const OperandRule& rule) {
  std::string text;
  for (std::size_t c = 0; c < kCodingNames.size(); ++c) {
    if ((rule.codings >> c & 1) == 0) continue;
    text += fmt::format("{}{}", text.empty() ? "" : " or ", kCodingNames[c]);
  }
  return (rule.codings & kIntegers) == 0
             ? text
             : fmt::format("{} of at most {} bits", text, rule.most_bits);
}

std::string operand_misfit(const Mac& mac, const OperandRule& rule, std::string_view operand,
                           Code code, int zero_point) {
  if (!rule.takes(code)) {
    return fmt::format("{} takes {}s in {}, not in {}", mac.name, operand, known_codings(rule),
                       to_string(code));
  }
  if (zero_point != 0 && !rule.zero_point)
    return fmt::format("{} subtracts no zero point from {}s", mac.name, operand);
  if (zero_point != 0 && !representable(code, zero_point)) {
    return fmt::format("the {}s' zero point {} is no number of their code, {}", operand, zero_point,
                       to_string(code));
  }
  return {};
}

}  // namespace

std::string why_not(const Mac& mac, const MacRegisters& r) {
  std::string why = operand_misfit(mac, mac.traits.ifmap, "ifmap", r.ifmap, r.ifmap_zero);
  if (why.empty()) why = operand_misfit(mac, mac.traits.filter, "filter", r.filter, r.filter_zero);
  return why;
}

}  // namespace orrery
