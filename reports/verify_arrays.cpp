#include "reports/verify_arrays.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "reports/grid.h"

namespace orrery {
namespace {

namespace json = boost::json;

constexpr int kJsonSchema = 1;  // of this file; docs/verify.md

struct Sums {
  std::uint64_t cases = 0, passes = 0, psums = 0, differences = 0;
  std::int64_t cycles = 0;
};
Sums sums(const ArraysReport& report) {
  Sums s;
  for (const ArrayReport& r : report.arrays) {
    s.cases += r.cases;
    s.passes += r.passes;
    s.psums += r.psums;
    s.cycles += r.cycles;
    s.differences += r.first_difference.empty() ? 0 : 1;
  }
  return s;
}

std::string name_of(ArrayKind kind) {
  return std::string(kArrayKindNames[static_cast<std::size_t>(kind)]);
}

std::string share(const Coverage& c) {
  return fmt::format("{} of {} ({})", grouped(c.reached), grouped(c.points),
                     percent(static_cast<double>(c.reached), static_cast<double>(c.points)));
}

json::object coverage_object(const Coverage& c) {
  return {{"points", c.points}, {"reached", c.reached}, {"missed", json::value_from(c.missed)}};
}

json::object to_object(const ArrayReport& r) {
  json::object object;
  object["array"] = name_of(r.kind);
  object["mac"] = r.mac;
  object["cases"] = r.cases;
  object["deadlocks"] = r.deadlocks;
  object["refused"] = r.refused;
  object["passes"] = r.passes;
  object["cycles"] = r.cycles;
  object["psums"] = r.psums;
  object["first_difference"] =
      r.first_difference.empty() ? json::value() : json::value(r.first_difference);
  object["waves"] = r.waves.empty() ? json::value() : json::value(r.waves.string());
  object["seconds"] = r.seconds;
  return object;
}

}  // namespace

std::string to_table(const ArraysReport& report, int width) {
  Grid grid({"array", "MAC", "cases", "refused", "deadlocks", "passes", "cycles", "psums",
             "differences", "seconds"});
  std::string below;
  for (const ArrayReport& r : report.arrays) {
    grid.row({name_of(r.kind), r.mac, grouped(r.cases), grouped(r.refused), grouped(r.deadlocks),
              grouped(r.passes), grouped(static_cast<std::uint64_t>(r.cycles)), grouped(r.psums),
              r.first_difference.empty() ? "0" : "1", fmt::format("{:.1f}", r.seconds)});
    if (!r.first_difference.empty())
      below += fmt::format("{}, {}: {}\n  waves: {}\n", name_of(r.kind), r.mac, r.first_difference,
                           r.waves.string());
  }
  const Sums s = sums(report);
  if (report.counted && s.differences == 0) {  // else the rest was not played
    for (const std::string& line : report.lines.missed)
      below += fmt::format("not reached: {}\n", line);
    below += fmt::format("lines: {}\ntoggles: {}\n", share(report.lines), share(report.toggles));
  }
  return fmt::format("{}\n{}{} cases, {} passes, {} cycles, {} psums, {} differences\n",
                     grid.to_string(width), below, s.cases, s.passes, s.cycles, s.psums,
                     s.differences);
}

std::string to_json(const ArraysReport& report, std::uint64_t seed) {
  const Sums s = sums(report);
  json::array arrays;
  for (const ArrayReport& r : report.arrays) arrays.emplace_back(to_object(r));
  const json::object object{
      {"schema", kJsonSchema},
      {"seed", seed},
      {"arrays", std::move(arrays)},
      {"cases", s.cases},
      {"passes", s.passes},
      {"cycles", s.cycles},
      {"psums", s.psums},
      {"differences", s.differences},
      {"lines", report.counted ? coverage_object(report.lines) : json::value()},
      {"toggles", report.counted ? coverage_object(report.toggles) : json::value()}};
  return json::serialize(object) + "\n";
}

}  // namespace orrery
