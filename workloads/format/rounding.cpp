#include "workloads/format/rounding.h"

#include <fmt/format.h>

#include <cmath>
#include <string>
#include <vector>

#include "workloads/input/input_error.h"

namespace orrery {
namespace {

double half_up(double x) {
  const double away = std::round(x);
  return x - away == 0.5 ? away + 1 : away;
}

}  // namespace

std::string_view name(Rounding rounding) {
  return kRoundings.at(static_cast<std::size_t>(rounding)).name;
}

Rounding rounding_by_name(std::string_view name) {
  std::vector<std::string> known;
  for (const NamedRounding& named : kRoundings) {
    if (named.name == name) return named.rounding;
    known.emplace_back(named.name);
  }
  throw InputError("no rounding is called '" + std::string(name) + "'" + did_you_mean(name, known));
}

void require_finite(std::span<const float> values) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (std::isfinite(values[i])) continue;
    throw InputError(fmt::format("value {} is {}: only finite values have a code", i, values[i]));
  }
}

double round_real(double x, Rounding rounding, std::uint64_t draw) {
  if (!std::isfinite(x)) return x;
  const double floor = std::floor(x);
  switch (rounding) {
    case Rounding::kFloor:
      return floor;
    case Rounding::kTowardZero:
      return std::trunc(x);
    case Rounding::kHalfUp:
      return half_up(x);
    case Rounding::kHalfAway:
      return std::round(x);
    case Rounding::kHalfEven:
      return std::nearbyint(x);
    case Rounding::kBiased:
      return x - floor >= 0.25 ? floor + 1 : floor;
    case Rounding::kStochastic:
      return unit(draw) < x - floor ? floor + 1 : floor;
  }
  return floor;
}

int to_code(double x, CodeRange range, Rounding rounding, std::uint64_t draw) {
  if (std::isnan(x)) throw InputError("a value is not a number (NaN), which has no code");
  const double rounded = round_real(x, rounding, draw);
  if (rounded <= range.least) return range.least;
  if (rounded >= range.most) return range.most;
  return static_cast<int>(rounded);
}

}  // namespace orrery
