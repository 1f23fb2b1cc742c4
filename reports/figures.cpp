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

std::string to_text(const Value& value) { return std::visit(ToText{}, value); }

}  // namespace orrery
