// What `orrery verify --array` found, as a table and as JSON.
#pragma once

#include <string>

#include "sim/rtl/verify_arrays.h"

namespace orrery {

// A row for each array, then the first difference of each that has one, the lines and a few of the
// signal bits that were not reached, the shares that were, and "N cases, N psums, N differences".
std::string to_table(const ArraysReport& report, int width);

// docs/verify.md lists the keys.
std::string to_json(const ArraysReport& report, std::uint64_t seed);

}  // namespace orrery
