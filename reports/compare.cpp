#include "reports/compare.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <optional>

#include "reports/bars.h"
#include "reports/figures.h"
#include "reports/grid.h"
#include "reports/json.h"

namespace orrery {
namespace {

constexpr std::array kLevels{EnergyLevel::kMac, EnergyLevel::kSpad, EnergyLevel::kNoc,
                             EnergyLevel::kGlb, EnergyLevel::kDram, EnergyLevel::kControl};
const std::vector<BarPart> kParts{{"MAC", 'M', 37}, {"RF", 'r', 36},   {"array", 'a', 32},
                                  {"GLB", 'g', 33}, {"DRAM", 'D', 31}, {"control", 'c', 35}};

double ratio(double part, double of) { return of > 0 ? part / of : 0; }

ComparedSum sum_if(const ComparedRun& run, std::optional<LayerKind> kind) {
  ComparedSum sum;
  double capacity = 0, used = 0;
  for (std::size_t i = 0; i < run.layers.size(); ++i) {
    if (kind && run.layers[i].kind != *kind) continue;
    const LayerResult& layer = run.result.layers[i];
    sum.energy.unit = run.layers[i].energy.unit;
    sum.energy += run.layers[i].energy;
    sum.macs += layer.macs;
    sum.cycles += layer.cycles;
    sum.dram_words += dram_words(layer.counts);
    capacity += static_cast<double>(layer.cycles) * run.result.pes;
    used += static_cast<double>(layer.counts[Action::mac_none_compute] +
                                layer.counts[Action::mac_none_gate]);
  }
  sum.utilization = ratio(used, capacity);
  return sum;
}

std::string_view unit_of(const ComparedRun& run) {
  return !run.layers.empty() && run.layers.front().energy.unit == EnergyUnit::kMac ? "MAC" : "pJ";
}

std::string number(double x) { return fmt::format("{:.3f}", x); }

Grid dataflow_grid(const ComparedRun& first) {
  const std::string unit = fmt::format("{}/MAC", unit_of(first));
  std::vector<std::string> titles{"dataflow", "energy\n" + unit};
  for (const BarPart& part : kParts) titles.push_back(part.name + "\n" + unit);
  for (const char* tensor : {"ifmap", "filter", "psum"})
    titles.push_back(std::string(tensor) + "\n" + unit);
  for (const char* title : {"cycles", "EDP a\nMAC", "utili-\nzation", "DRAM\nwords/MAC", "layers"})
    titles.emplace_back(title);
  return Grid(titles);
}

std::vector<std::string> row_of(const ComparedRun& run, const ComparedSum& sum, std::size_t ran) {
  const auto macs = static_cast<double>(sum.macs);
  std::vector<std::string> cells{run.result.dataflow, number(sum.energy_per_mac())};
  for (const EnergyLevel level : kLevels) cells.push_back(number(sum.per_mac(level)));
  for (const EnergyTensor t : {EnergyTensor::kIfmap, EnergyTensor::kFilter, EnergyTensor::kPsum})
    cells.push_back(number(ratio(sum.energy.tensor(t), macs)));
  cells.push_back(grouped(sum.cycles));
  // Energy of a MAC times cycles of a MAC: of any number of layers alike.
  cells.push_back(
      fmt::format("{:.5f}", sum.energy_per_mac() * ratio(static_cast<double>(sum.cycles), macs)));
  cells.push_back(percent(sum.utilization, 1));
  cells.push_back(fmt::format("{:.5f}", ratio(static_cast<double>(sum.dram_words), macs)));
  cells.push_back(fmt::format("{}", ran));
  return cells;
}

std::size_t count_of(const ComparedRun& run, std::optional<LayerKind> kind) {
  return static_cast<std::size_t>(std::ranges::count_if(
      run.layers, [&](const ComparedLayer& layer) { return !kind || layer.kind == *kind; }));
}

using Runs = std::vector<const ComparedRun*>;

void add_kind(std::string& text, const Runs& runs, std::optional<LayerKind> kind, int width,
              Ink ink) {
  Grid grid = dataflow_grid(*runs.front());
  std::vector<Bar> bars;
  for (const ComparedRun* run : runs) {
    const ComparedSum sum = sum_if(*run, kind);
    const std::size_t ran = count_of(*run, kind);
    grid.row(row_of(*run, sum, ran));
    Bar& bar = bars.emplace_back(Bar{run->result.dataflow, {}, number(sum.energy_per_mac())});
    for (const EnergyLevel level : kLevels) bar.parts.push_back(sum.per_mac(level));
  }
  text += fmt::format("{} layers\n{}\n{}\n", kind ? name(*kind) : "all", grid.to_string(width),
                      stacked_bars(bars, kParts, width, ink));
}

std::vector<std::string> layer_names(const Runs& runs) {
  std::vector<std::string> names;
  for (const ComparedRun* run : runs) {
    for (const LayerResult& layer : run->result.layers) {
      if (std::ranges::count(names, layer.name) == 0) names.push_back(layer.name);
    }
  }
  return names;
}

void add_layers(std::string& text, const Runs& runs, int width) {
  std::vector<std::string> titles{"layer"};
  for (const ComparedRun* run : runs) titles.push_back(run->result.dataflow);
  Grid grid(titles);
  for (const std::string& layer : layer_names(runs)) {
    std::vector<std::string> cells{layer};
    for (const ComparedRun* run : runs) {
      std::string& cell = cells.emplace_back("-");
      for (std::size_t i = 0; i < run->layers.size(); ++i) {
        const LayerResult& result = run->result.layers[i];
        if (result.name != layer) continue;
        cell = number(ratio(run->layers[i].energy.total(), static_cast<double>(result.macs)));
      }
    }
    grid.row(cells);
  }
  text += fmt::format("energy of a MAC, {}\n{}", unit_of(*runs.front()), grid.to_string(width));
}

void add_refusals(std::string& text, const Runs& runs) {
  for (const ComparedRun* run : runs) {
    for (const Refusal& refusal : run->refused)
      text +=
          fmt::format("{} cannot run {}: {}\n", run->result.dataflow, refusal.layer, refusal.why);
  }
}

std::vector<LayerKind> kinds_of(const Runs& runs) {
  std::vector<LayerKind> kinds;
  for (const ComparedRun* run : runs) {
    for (const ComparedLayer& layer : run->layers) {
      if (std::ranges::count(kinds, layer.kind) == 0) kinds.push_back(layer.kind);
    }
  }
  return kinds;
}

std::string energy_json(const Energy& energy) {
  std::string text = "{";
  for (std::size_t l = 0; l < kEnergyLevels; ++l) {
    text += fmt::format("{}\"{}\": {{", l > 0 ? ", " : "", name(static_cast<EnergyLevel>(l)));
    for (std::size_t t = 0; t < kEnergyTensors; ++t) {
      text += fmt::format("{}\"{}\": {}", t > 0 ? ", " : "", name(static_cast<EnergyTensor>(t)),
                          to_text(Value(energy.at[l][t])));
    }
    text += "}";
  }
  return text + "}";
}

std::string quoted(const std::string& text) {
  return boost::json::serialize(boost::json::string(text));
}

std::string real(double x) { return to_text(Value(x)); }

// The members that a result alone does not have.
std::string members(const ComparedRun& run) {
  const ComparedSum sum = sum_of(run);
  std::string text = fmt::format(
      "  \"energy_table\": {},\n  \"energy_unit\": \"{}\",\n  \"objective\": {},\n  "
      "\"equal_area\": {},\n  \"energy\": {},\n  \"energy_per_mac\": {},\n  \"edp\": {},\n  "
      "\"layer_energy\": [",
      quoted(run.energy_table), unit_of(run), quoted(run.objective), run.equal_area,
      energy_json(sum.energy), real(sum.energy_per_mac()), real(sum.edp()));
  for (std::size_t i = 0; i < run.layers.size(); ++i) {
    text +=
        fmt::format("{}\n    {{\"name\": {}, \"kind\": \"{}\", \"judged\": {}, \"energy\": {}}}",
                    i > 0 ? "," : "", quoted(run.result.layers[i].name), name(run.layers[i].kind),
                    run.layers[i].judged, energy_json(run.layers[i].energy));
  }
  text += "],\n  \"refused\": [";
  for (std::size_t i = 0; i < run.refused.size(); ++i) {
    text += fmt::format("{}\n    {{\"layer\": {}, \"why\": {}}}", i > 0 ? "," : "",
                        quoted(run.refused[i].layer), quoted(run.refused[i].why));
  }
  return text + "],\n";
}

}  // namespace

double ComparedSum::energy_per_mac() const {
  return ratio(energy.total(), static_cast<double>(macs));
}
double ComparedSum::edp() const { return energy.total() * static_cast<double>(cycles); }
double ComparedSum::per_mac(EnergyLevel level) const {
  return ratio(energy.level(level), static_cast<double>(macs));
}

ComparedSum sum_of(const ComparedRun& run) { return sum_if(run, std::nullopt); }
ComparedSum sum_of(const ComparedRun& run, LayerKind kind) { return sum_if(run, kind); }

std::string to_text(const std::vector<ComparedRun>& runs, int width, Colour colour) {
  const Ink ink = colour == Colour::kTerminal ? Ink::kColoured : Ink::kPlain;
  std::string text;
  for (std::size_t begin = 0; begin < runs.size();) {
    const NetworkResult& first = runs[begin].result;
    Runs same;
    for (; begin < runs.size(); ++begin) {
      const NetworkResult& next = runs[begin].result;
      if (next.pes != first.pes || next.batch != first.batch) break;
      same.push_back(&runs[begin]);
    }
    text += fmt::format("{}{} on {}, {} PEs, batch {}, energy of {}, best by {}\n\n",
                        text.empty() ? "" : "\n", first.network, first.machine, first.pes,
                        first.batch, same.front()->energy_table, same.front()->objective);
    const std::vector<LayerKind> kinds = kinds_of(same);
    for (const LayerKind kind : kinds) add_kind(text, same, kind, width, ink);
    if (kinds.size() > 1) add_kind(text, same, std::nullopt, width, ink);
    if (!kinds.empty()) add_layers(text, same, width);
    add_refusals(text, same);
  }
  return text;
}

std::string to_json(const std::vector<ComparedRun>& runs) {
  std::vector<std::string> objects;
  for (const ComparedRun& run : runs) objects.push_back(to_json(run.result, members(run)));
  return runs_to_json(objects);
}

}  // namespace orrery
