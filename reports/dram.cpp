#include "reports/dram.h"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <iterator>

#include "reports/grid.h"

namespace orrery {
namespace {

namespace json = boost::json;

struct Part {
  const char* name;
  double (*of)(const DramEnergy&);
};
constexpr Part kParts[] = {
    {"activate", [](const DramEnergy& e) { return e.activate; }},
    {"read", [](const DramEnergy& e) { return e.read; }},
    {"write", [](const DramEnergy& e) { return e.write; }},
    {"refresh", [](const DramEnergy& e) { return e.refresh; }},
    {"open", [](const DramEnergy& e) { return e.open; }},
    {"closed", [](const DramEnergy& e) { return e.closed; }},
    {"open_down", [](const DramEnergy& e) { return e.open_down; }},
    {"closed_down", [](const DramEnergy& e) { return e.closed_down; }},
    {"io", [](const DramEnergy& e) { return e.io; }},
};
constexpr double kQuantiles[] = {0.5, 0.9, 0.99, 0.999};

double ratio(double part, double whole) { return whole > 0 ? part / whole : 0; }

double bits(const DramResult& r) { return 8.0 * static_cast<double>(r.bytes()); }

double gigabytes_per_second(const DramResult& r) {
  return ratio(static_cast<double>(r.bytes()) * 1e-9, r.seconds());
}

double peak_gigabytes_per_second(const DramResult& r) {
  const DramOrganization& o = r.setup.standard.organization;
  const double channel =
      o.channel_bits / 8.0 * o.beats_per_clock * 1000.0 / r.setup.standard.tck_ps;
  return channel * r.setup.channels;
}

double total_pj(const DramResult& r, DramEnergyModel model) {
  if (model == DramEnergyModel::kFlat) return bits(r) * r.setup.standard.flat_pj_per_bit;
  return r.energy().total();
}

std::string head(const DramResult& r) {
  const DramSetup& s = r.setup;
  const double ms = r.seconds() * 1e3;
  return fmt::format(
      "{}, policy {}, mapping {}, {} channel{}, {} rank{}\n"
      "{} cycles of {:g} ns = {:.4g} ms; {} reads, {} writes of {} bytes; {:.3f} GB/s of {:.1f} "
      "({})\n\n",
      s.standard.description, s.policy.name, s.mapping, s.channels, s.channels == 1 ? "" : "s",
      s.ranks, s.ranks == 1 ? "" : "s", grouped(static_cast<std::uint64_t>(r.cycles)),
      s.standard.tck_ps / 1000.0, ms, grouped(r.reads), grouped(r.writes),
      s.standard.organization.burst_bytes(), gigabytes_per_second(r), peak_gigabytes_per_second(r),
      percent(gigabytes_per_second(r), peak_gigabytes_per_second(r)));
}

std::string rows_table(const DramCounts& c, int width) {
  const auto bursts = static_cast<double>(c.hits + c.misses + c.conflicts);
  Grid grid({"rows", "bursts", "share"});
  const std::pair<const char*, std::uint64_t> rows[] = {
      {"hit", c.hits}, {"miss (closed)", c.misses}, {"conflict", c.conflicts}};
  for (const auto& [name, n] : rows) {
    grid.row({name, grouped(n), percent(static_cast<double>(n), bursts)});
  }
  if (c.forwarded > 0) grid.row({"read from a waiting write", grouped(c.forwarded), "-"});
  if (c.merged > 0) grid.row({"shared a burst", grouped(c.merged), "-"});
  return grid.to_string(width);
}

std::string latency_table(const DramResult& r, int width) {
  Grid grid({"latency, cycles", "requests", "mean", "50 %", "90 %", "99 %", "99.9 %", "most"});
  const std::pair<const char*, const DramLatencies*> rows[] = {{"read", &r.read_latency},
                                                               {"write", &r.write_latency}};
  for (const auto& [name, l] : rows) {
    std::vector<std::string> cells{name, grouped(l->n()), fmt::format("{:.1f}", l->mean())};
    for (const double q : kQuantiles) cells.push_back(fmt::format("{}", l->quantile(q)));
    cells.push_back(fmt::format("{}", l->most()));
    grid.row(cells);
  }
  return grid.to_string(width);
}

std::string command_table(const DramCounts& c, int width) {
  std::vector<std::string> titles{"commands"}, cells{"issued"};
  for (std::size_t i = 0; i < kDramCommands; ++i) {
    if (c.commands[i] == 0) continue;
    titles.push_back(name(static_cast<DramCommand>(i)));
    cells.push_back(grouped(c.commands[i]));
  }
  Grid grid(titles);
  grid.row(cells);
  return grid.to_string(width);
}

std::string energy_table(const DramResult& r, DramEnergyModel model, int width) {
  const double total = total_pj(r, model), all_bits = bits(r);
  Grid grid({"energy", "uJ", "share", "pJ/bit"});
  const auto row = [&](const char* name, double pj) {
    grid.row({name, fmt::format("{:.3f}", pj * 1e-6), percent(pj, total),
              fmt::format("{:.3f}", ratio(pj, all_bits))});
  };
  if (model == DramEnergyModel::kCurrents) {
    const DramEnergy e = r.energy();
    for (const Part& part : kParts) {
      if (part.of(e) > 0) row(part.name, part.of(e));
    }
    grid.rule();
  }
  row(model == DramEnergyModel::kFlat ? "total, flat" : "total", total);
  return grid.to_string(width) +
         fmt::format("{:.1f} mW mean power\n", ratio(total * 1e-9, r.seconds()));
}

json::object counts_object(const DramCounts& c) {
  json::object commands;
  for (std::size_t i = 0; i < kDramCommands; ++i) {
    commands[name(static_cast<DramCommand>(i))] = c.commands[i];
  }
  return {{"commands", commands},
          {"row_hits", c.hits},
          {"row_misses", c.misses},
          {"row_conflicts", c.conflicts},
          {"begun_as_hits", c.begun_hits},
          {"begun_as_misses", c.begun_misses},
          {"begun_as_conflicts", c.begun_conflicts},
          {"forwarded", c.forwarded},
          {"merged", c.merged}};
}

json::object energy_object(const DramEnergy& e) {
  json::object parts;
  for (const Part& part : kParts) parts[part.name] = part.of(e);
  parts["total"] = e.total();
  return parts;
}

json::object latency_object(const DramLatencies& l) {
  json::array classes;
  for (std::size_t i = 0; i < DramLatencies::kClasses; ++i) {
    if (l.count(i) > 0) classes.push_back(json::array{DramLatencies::least(i), l.count(i)});
  }
  return {{"requests", l.n()}, {"mean", l.mean()}, {"most", l.most()}, {"histogram", classes}};
}

json::object channel_object(const DramChannelResult& c, DramEnergyModel model) {
  json::array ranks;
  for (const DramStateCycles& r : c.ranks) {
    ranks.push_back(json::object{{"open", r.open},
                                 {"closed", r.closed},
                                 {"open_down", r.open_down},
                                 {"closed_down", r.closed_down}});
  }
  json::object object = counts_object(c.counts);
  object["rank_cycles"] = ranks;
  if (model == DramEnergyModel::kCurrents) object["energy_pj"] = energy_object(c.energy);
  return object;
}

}  // namespace

std::string dram_table(const DramResult& r, DramEnergyModel model, int width) {
  const DramCounts c = r.counts();
  return head(r) + rows_table(c, width) + '\n' + latency_table(r, width) + '\n' +
         command_table(c, width) + '\n' + energy_table(r, model, width);
}

std::string dram_json(const DramResult& r, DramEnergyModel model) {
  const DramSetup& s = r.setup;
  json::object object{{"schema", kDramJsonSchema},
                      {"standard", s.standard.name},
                      {"policy", s.policy.name},
                      {"mapping", s.mapping},
                      {"channels", s.channels},
                      {"ranks", s.ranks},
                      {"derating", r.derating},
                      {"tck_ps", s.standard.tck_ps},
                      {"cycles", r.cycles},
                      {"seconds", r.seconds()},
                      {"reads", r.reads},
                      {"writes", r.writes},
                      {"bytes", r.bytes()},
                      {"bytes_per_second", ratio(static_cast<double>(r.bytes()), r.seconds())},
                      {"peak_bytes_per_second", peak_gigabytes_per_second(r) * 1e9}};
  for (auto& [key, value] : counts_object(r.counts())) object[key] = value;
  object["read_latency"] = latency_object(r.read_latency);
  object["write_latency"] = latency_object(r.write_latency);
  if (model == DramEnergyModel::kCurrents) {
    object["energy_pj"] = energy_object(r.energy());
  } else {
    object["energy_pj"] = json::object{{"total", total_pj(r, model)}};
  }
  object["pj_per_bit"] = ratio(total_pj(r, model), bits(r));
  json::array channels;
  for (const DramChannelResult& c : r.channels) channels.push_back(channel_object(c, model));
  object["by_channel"] = channels;
  return json::serialize(object) + "\n";
}

std::string dram_commands_title() { return "cycle,command,channel,rank,group,bank,row,column\n"; }

void append_dram_commands(std::string& out, const DramSetup& setup, int channel,
                          const std::vector<DramIssued>& commands) {
  const DramOrganization& o = setup.standard.organization;
  for (const DramIssued& c : commands) {
    const int rank = c.bank / o.banks(), bank = c.bank % o.banks();
    auto to = std::back_inserter(out);
    fmt::format_to(to, "{},{},{},{},", c.at, name(c.command), channel, rank);
    const bool of_rank = c.command == DramCommand::kPreAll || c.command == DramCommand::kRef ||
                         c.command == DramCommand::kPowerDown || c.command == DramCommand::kPowerUp;
    const bool of_bank = c.command == DramCommand::kRefBank || c.command == DramCommand::kPre;
    if (of_rank) {
      out += ",,,\n";
      continue;
    }
    fmt::format_to(to, "{},{},", bank / o.banks_per_group, bank % o.banks_per_group);
    if (of_bank) {
      out += ",\n";
    } else if (c.command == DramCommand::kAct) {
      fmt::format_to(to, "{},\n", c.row);
    } else {
      fmt::format_to(to, "{},{}\n", c.row, c.column);
    }
  }
}

}  // namespace orrery
