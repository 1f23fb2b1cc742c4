#include "sim/rtl/difference.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <vector>

namespace orrery {

std::string to_string(const ArrayDifference& d) {
  std::string text = fmt::format("pass {}, cycle {}", d.pass, d.cycle);
  if (d.pe >= 0) text += fmt::format(", PE {}", d.pe);
  if (!d.steps.empty()) text += fmt::format(" (loops at {})", d.steps);
  return text + fmt::format(": {}: C++ {}, RTL {}", d.what, d.expected, d.got);
}

std::string steps_of(const PassProgram& program, std::int64_t mac) {
  std::vector<std::string> steps(static_cast<std::size_t>(program.counters));
  for (int i = program.counters - 1; i >= 0; --i) {
    const int bound = program.counter[static_cast<std::size_t>(i)].bound;
    steps[static_cast<std::size_t>(i)] = fmt::format("{} of {}", mac % bound, bound);
    mac /= bound;
  }
  return fmt::format("{}", fmt::join(steps, ", "));
}

}  // namespace orrery
