// Results as JSON; every key stands in docs/json.md.
#pragma once

#include <string>
#include <vector>

#include "reports/beside.h"
#include "sim/result/result.h"

namespace orrery {

// Raised whenever a key is removed or changes its meaning; added keys leave it.
inline constexpr int kJsonSchema = 1;

// One object, indented, in a fixed order of keys. Integers are exact; a double has the fewest
// digits that read back to the same value.
// `rows` are what the result was put beside.
std::string to_json(const NetworkResult& result, const std::vector<Beside>& rows = {});

// The same with `members`, lines of "key": value, in front of its own.
std::string to_json(const NetworkResult& result, const std::string& members);

// One object of several results.
std::string runs_to_json(const std::vector<std::string>& objects);

}  // namespace orrery
