#include "reports/figures.h"

#include <fmt/format.h>

namespace orrery {
namespace {

struct ToText {
  std::string operator()(bool x) const { return x ? "true" : "false"; }
  std::string operator()(std::uint64_t x) const { return fmt::format("{}", x); }
  std::string operator()(double x) const {
    std::string digits = fmt::format("{}", x);
    const bool looks_whole = digits.find_first_not_of("-0123456789") == std::string::npos;
    return looks_whole ? digits + ".0" : digits;
  }
  std::string operator()(const std::string& x) const { return x; }
};

}  // namespace

std::string joined(const std::vector<std::string>& texts) {
  return fmt::format("{}", fmt::join(texts, "; "));
}

std::uint64_t glb_array_words(const Counts& counts) {
  return counts[Action::glb_ifmap_array_read] + counts[Action::glb_psum_array_read] +
         counts[Action::glb_psum_array_write];
}

std::uint64_t dram_words(const Counts& counts) {
  std::uint64_t words = 0;
  for (std::size_t i = 0; i < kActions.size(); ++i) {
    if (kActions[i].structure == "dram") words += counts.value[i];
  }
  return words;
}

std::string to_text(const Value& value) { return std::visit(ToText{}, value); }

}  // namespace orrery
