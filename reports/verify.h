// What `orrery verify` found, as a table and as JSON.
#pragma once

#include <string>
#include <vector>

#include "sim/twin/verify.h"

namespace orrery {

// A row for each twin, then the first mismatch of each that has one, what was not reached of their
// lines, and "N twins, N pairs, N mismatches".
std::string to_table(const std::vector<TwinReport>& reports, int width);

// docs/verify.md lists the keys.
std::string to_json(const std::vector<TwinReport>& reports, std::uint64_t seed);

}  // namespace orrery
