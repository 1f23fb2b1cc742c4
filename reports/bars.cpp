#include "reports/bars.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace orrery {
namespace {

constexpr std::size_t kLeast = 20;

std::string painted(const std::string& text, const BarPart& part, Ink ink) {
  if (ink == Ink::kPlain || text.empty()) return text;
  return fmt::format("\x1b[{}m{}\x1b[0m", part.colour, text);
}

}  // namespace

std::string stacked_bars(const std::vector<Bar>& bars, const std::vector<BarPart>& parts, int width,
                         Ink ink) {
  std::size_t names = 0, notes = 0;
  double most = 0;
  for (const Bar& bar : bars) {
    names = std::max(names, bar.name.size());
    notes = std::max(notes, bar.note.size());
    most = std::max(most, std::accumulate(bar.parts.begin(), bar.parts.end(), 0.0));
  }
  const std::size_t taken = names + notes + 3;
  const std::size_t given = width < 1 ? 100 : static_cast<std::size_t>(width);
  const double room = static_cast<double>(given > taken + kLeast ? given - taken : kLeast);
  std::string text;
  for (const Bar& bar : bars) {
    text += fmt::format("{:<{}} |", bar.name, names);
    double end = 0;
    long drawn = 0;
    for (std::size_t i = 0; i < bar.parts.size(); ++i) {
      end += bar.parts[i];
      const long upto = most > 0 ? std::lround(end / most * room) : 0;
      text += painted(std::string(static_cast<std::size_t>(upto - drawn), parts[i].letter),
                      parts[i], ink);
      drawn = upto;
    }
    text += fmt::format(" {}\n", bar.note);
  }
  text += fmt::format("{:<{}}  ", "", names);
  for (const BarPart& part : parts)
    text += painted(fmt::format(" {} {}", std::string(1, part.letter), part.name), part, ink);
  return text + "\n";
}

}  // namespace orrery
