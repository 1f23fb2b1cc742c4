// Stacked bars in plain text.
#pragma once

#include <string>
#include <vector>

namespace orrery {

struct Bar {
  std::string name;
  std::vector<double> parts;  // not negative
  std::string note;           // behind the bar
};

struct BarPart {
  std::string name;
  char letter;  // that the part is drawn with
  int colour;   // ANSI foreground, 31..37
};

// One line a bar, all to one scale, no longer than `width` (at least 20 columns are drawn), then a
// legend. A part is as many letters as the rounding of its end less that of its begin.
// `coloured`: with ANSI escapes, for terminals.
enum class Ink : unsigned char { kPlain, kColoured };
std::string stacked_bars(const std::vector<Bar>& bars, const std::vector<BarPart>& parts, int width,
                         Ink ink);

}  // namespace orrery
