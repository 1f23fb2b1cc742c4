#include "reports/lanes.h"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "reports/figures.h"
#include "reports/grid.h"

namespace orrery {
namespace {

namespace json = boost::json;

std::string count(std::int64_t n) { return grouped(static_cast<std::uint64_t>(n)); }

std::string times_table(const LanesRun& run, int width) {
  Grid grid({"layer", "filters\nnot zero", "ifmap\nnot zero", "MACs\nplayed", "padding\nzeros",
             "cycles", "us", "balanced\nus", "dense\ncycles", "speedup", "check"});
  for (const LaneResult& r : run.layers) {
    grid.row({r.layer, percent(r.filter_density, 1), percent(r.ifmap_density, 1),
              count(r.macs_played), count(r.times[LaneState::kPadding]), count(r.times.cycles),
              fmt::format("{:.2f}", r.microseconds()),
              fmt::format("{:.2f}", r.balanced_microseconds()), count(r.dense_cycles),
              fmt::format("{:.3f}", r.speedup()), std::string(name(r.check))});
  }
  return grid.to_string(width);
}

std::string states_table(const LanesRun& run, int width) {
  std::vector<std::string> titles{"lane cycles"};
  titles.insert(titles.end(), kLaneStateNames.begin(), kLaneStateNames.end());
  titles.emplace_back("balance");
  Grid grid(titles);
  for (const LaneResult& r : run.layers) {
    const auto all = static_cast<double>(r.times.cycles * r.lanes);
    std::vector<std::string> cells{r.layer};
    for (const std::int64_t n : r.times.lane_cycles)
      cells.push_back(percent(static_cast<double>(n), all));
    cells.push_back(percent(r.balance(), 1));
    grid.row(cells);
  }
  return grid.to_string(width);
}

json::object to_object(const LaneResult& r) {
  json::object o;
  o["name"] = r.layer;
  o["cycles"] = r.times.cycles;
  o["microseconds"] = r.microseconds();
  o["balanced_cycles"] = r.balanced_cycles;
  o["dense_cycles"] = r.dense_cycles;
  o["items"] = r.times.items;
  o["ifmap_density"] = r.ifmap_density;
  o["filter_density"] = r.filter_density;
  o["macs"] = r.macs;
  o["macs_played"] = r.macs_played;
  o["filter_entries"] = r.filter_entries;
  o["filter_padding"] = r.filter_padding;
  json::object& states = o["lane_cycles"].emplace_object();
  for (std::size_t i = 0; i < kLaneStateNames.size(); ++i)
    states[kLaneStateNames[i]] = r.times.lane_cycles[i];
  o["balance"] = r.balance();
  o["ofmap_sha256"] = r.ofmap_sha256;
  o["check"] = name(r.check);
  o["difference"] = r.difference;
  return o;
}

}  // namespace

std::string lanes_table(const LanesRun& run, int width) {
  return fmt::format("{} on {}: batch {}, {} data, seed {}, {} engine{}{}\n\n{}\n{}", run.network,
                     run.machine, run.batch, run.data, run.seed, run.engine,
                     run.pruning.empty() ? "" : ", pruned by " + run.pruning,
                     run.set.empty() ? "" : "; set " + joined(run.set), times_table(run, width),
                     states_table(run, width));
}

std::string lanes_json(const LanesRun& run) {
  json::object o;
  o["schema"] = kLanesJsonSchema;
  o["orrery_version"] = run.version;
  o["machine"] = run.machine;
  o["set"] = json::value_from(run.set);
  o["network"] = run.network;
  o["engine"] = run.engine;
  o["data"] = run.data;
  o["pruning"] = run.pruning;
  o["batch"] = run.batch;
  o["seed"] = run.seed;
  json::array& layers = o["layers"].emplace_array();
  for (const LaneResult& r : run.layers) layers.push_back(to_object(r));
  return json::serialize(o) + "\n";
}

}  // namespace orrery
