// What Verilator counted, read from the file that it writes, and summed up.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "sim/twin/rtl.h"

namespace orrery {

// Lets `write` write a file of Verilator's format and reads it back; the file is gone afterwards.
std::vector<CoverPoint> read_coverage(const std::function<void(const char*)>& write);

// Adds the counts of `more`, which has the same points in the same order, to `sum`; an empty `sum`
// becomes `more`.
void add_coverage(std::vector<CoverPoint>& sum, const std::vector<CoverPoint>& more);

struct Coverage {
  std::uint64_t points = 0, reached = 0;
  std::vector<std::string> missed;  // "file:line where", of those not reached

  double share() const {
    return points == 0 ? 1 : static_cast<double>(reached) / static_cast<double>(points);
  }
};

// A line is reached once its block ran. A signal's bit once it rose or fell; cfg_i, which no
// stretch changes on its way, and signals named unused_* are left out.
Coverage coverage_of(const std::vector<CoverPoint>& points, CoverPoint::Kind kind);

}  // namespace orrery
