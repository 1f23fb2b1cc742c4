#include "reports/costs.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "reports/figures.h"
#include "reports/grid.h"

namespace orrery {
namespace {

// Units of a run's energies as they are printed.
struct Units {
  const char* of_energy;  // 10^6 of the table's
  const char* of_mac;
  const char* of_edp;
};

Units units(EnergyUnit unit) {
  switch (unit) {
    case EnergyUnit::kPj:
      return {"uJ", "pJ a\nMAC", "uJ ms"};
    case EnergyUnit::kMac:
      return {"10^6 MAC", "MACs a\nMAC", "10^6 MAC\nms"};
  }
  return {};
}

// With four digits at least that are not leading zeros, and six places at most; "-" for none.
std::string number(double x) {
  if (!std::isfinite(x) || x == 0) return "-";
  const int before_point = static_cast<int>(std::floor(std::log10(std::abs(x)))) + 1;
  return fmt::format("{:.{}f}", x, std::clamp(4 - before_point, 0, 6));
}

// In 10^6 of the table's unit.
std::string millions(double energy) { return number(energy * 1e-6); }

EnergyLevel level_at(std::size_t i) { return static_cast<EnergyLevel>(i); }
EnergyTensor tensor_at(std::size_t i) { return static_cast<EnergyTensor>(i); }

std::vector<std::string> layer_cells(const LayerResult& layer) {
  std::vector<std::string> cells{layer.name};
  for (std::size_t i = 0; i < kEnergyLevels; ++i) {
    cells.push_back(millions(layer.energy->level(level_at(i))));
  }
  cells.push_back(millions(layer.energy->total()));
  cells.push_back(number(energy_per_mac(layer)));
  cells.push_back(number(power_mw(layer, layer.processing_ms)));
  cells.push_back(number(power_mw(layer, layer.latency_ms)));
  cells.push_back(number(edp(layer) * 1e-3));
  return cells;
}

Grid layer_grid(const NetworkResult& result, const LayerResult& sum) {
  const Units unit = units(sum.energy->unit);
  std::vector<std::string> titles{fmt::format("energy, {}", unit.of_energy)};
  for (std::size_t i = 0; i < kEnergyLevels; ++i) titles.emplace_back(name(level_at(i)));
  titles.insert(titles.end(), {"total", unit.of_mac, "chip, mW,\nprocessing", "chip, mW,\nall time",
                               fmt::format("EDP,\n{}", unit.of_edp)});
  Grid grid(titles);
  for (const LayerResult& layer : result.layers) grid.row(layer_cells(layer));
  grid.rule();
  grid.row(layer_cells(sum));
  return grid;
}

Grid tensor_grid(const Energy& energy) {
  std::vector<std::string> titles{fmt::format("total, {}", units(energy.unit).of_energy)};
  for (std::size_t j = 0; j < kEnergyTensors; ++j) titles.emplace_back(name(tensor_at(j)));
  titles.insert(titles.end(), {"total", "of all"});
  Grid grid(titles);
  for (std::size_t i = 0; i < kEnergyLevels; ++i) {
    std::vector<std::string> cells{std::string(name(level_at(i)))};
    for (const double part : energy.at[i]) cells.push_back(millions(part));
    cells.push_back(millions(energy.level(level_at(i))));
    cells.push_back(percent(energy.level(level_at(i)), energy.total()));
    grid.row(std::move(cells));
  }
  std::vector<std::string> sums{"total"}, shares{"of all"};
  for (std::size_t j = 0; j < kEnergyTensors; ++j) {
    sums.push_back(millions(energy.tensor(tensor_at(j))));
    shares.push_back(percent(energy.tensor(tensor_at(j)), energy.total()));
  }
  sums.insert(sums.end(), {millions(energy.total()), ""});
  shares.insert(shares.end(), {"", ""});
  grid.rule();
  grid.row(std::move(sums));
  grid.row(std::move(shares));
  return grid;
}

}  // namespace

std::string to_costs(const NetworkResult& result, int width) {
  const LayerResult sum = total(result);
  if (!sum.energy) return "";
  std::string text = fmt::format("{}\n{}\n", layer_grid(result, sum).to_string(width),
                                 tensor_grid(*sum.energy).to_string(width));
  text += fmt::format("Energy by table {}", result.energy_table);
  if (sum.energy->unit == EnergyUnit::kPj) text += "; power is the chip's, without DRAM";
  text += "; EDP: energy x ms of all time.\n";
  if (result.values != "on") text += "Without all values, energy is that of operands never zero.\n";
  return text;
}

}  // namespace orrery
