#include "reports/verify.h"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "reports/grid.h"

namespace orrery {
namespace {

namespace json = boost::json;

constexpr int kJsonSchema = 1;  // of this file; docs/verify.md

std::string how(const TwinReport& r) {
  std::string text = r.enumerated + ", random";
  if (r.proof == Proof::kHolds) text += ", proof";
  if (r.proof == Proof::kFails) text += ", PROOF FAILS";
  return text;
}

struct Sums {
  std::uint64_t pairs = 0, mismatches = 0;
};
Sums sums(const std::vector<TwinReport>& reports) {
  Sums s;
  for (const TwinReport& r : reports) {
    s.pairs += r.pairs;
    s.mismatches += r.mismatches;
  }
  return s;
}

std::string share(const Coverage& c) {
  return percent(static_cast<double>(c.reached), static_cast<double>(c.points));
}

json::object coverage_object(const Coverage& c) {
  return {{"points", c.points}, {"reached", c.reached}};
}

json::object to_object(const TwinReport& r) {
  json::object object;
  object["name"] = r.name;
  object["pairs"] = r.pairs;
  object["mismatches"] = r.mismatches;
  object["enumerated"] = r.enumerated;
  object["proof"] = r.proof == Proof::kNone ? json::value() : r.proof == Proof::kHolds;
  object["proof_says"] = r.proof_says;
  object["lines"] = coverage_object(r.lines);
  object["toggles"] = coverage_object(r.toggles);
  object["missed_lines"] = json::value_from(r.lines.missed);
  object["first_mismatch"] = r.first ? json::value(to_string(*r.first)) : json::value();
  object["wave"] = r.wave.empty() ? json::value() : json::value(r.wave.string());
  object["seconds"] = r.seconds;
  return object;
}

}  // namespace

std::string to_table(const std::vector<TwinReport>& reports, int width) {
  Grid grid({"twin", "pairs", "how", "mismatches", "lines", "toggles", "seconds"});
  std::string below;
  for (const TwinReport& r : reports) {
    grid.row({r.name, grouped(r.pairs), how(r), grouped(r.mismatches), share(r.lines),
              share(r.toggles), fmt::format("{:.1f}", r.seconds)});
    if (!r.proof_says.empty()) below += fmt::format("proof: {}\n", r.proof_says);
    if (r.first) below += fmt::format("{}\n  wave: {}\n", to_string(*r.first), r.wave.string());
    if (r.mismatches > 0) continue;  // the rest was not played
    for (const std::string& line : r.lines.missed)
      below += fmt::format("{}: not reached: {}\n", r.name, line);
  }
  const Sums s = sums(reports);
  return fmt::format("{}\n{}{} twins, {} pairs, {} mismatches\n", grid.to_string(width), below,
                     reports.size(), s.pairs, s.mismatches);
}

std::string to_json(const std::vector<TwinReport>& reports, std::uint64_t seed) {
  const Sums s = sums(reports);
  json::array twins;
  for (const TwinReport& r : reports) twins.emplace_back(to_object(r));
  const json::object object{{"schema", kJsonSchema},
                            {"seed", seed},
                            {"twins", std::move(twins)},
                            {"pairs", s.pairs},
                            {"mismatches", s.mismatches}};
  return json::serialize(object) + "\n";
}

}  // namespace orrery
