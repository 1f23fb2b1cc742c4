#include "reports/bounds.h"

#include <fmt/format.h>

#include <cmath>
#include <functional>

#include "reports/figures.h"
#include "reports/grid.h"

namespace orrery {
namespace {

std::string whole(double cycles) {
  return grouped(static_cast<std::uint64_t>(std::llround(std::ceil(cycles))));
}

std::string times(double of, double bound) {
  return bound > 0 ? fmt::format("{:.2f} x", of / bound) : "-";
}

struct Row {
  std::string name;
  std::function<std::string(const LayerResult&)> cell;
};

std::vector<Row> cycle_rows() {
  std::vector<Row> rows;
  for (std::size_t i = 0; i < kLimitNames.size(); ++i) {
    rows.push_back({std::string(kLimitNames[i]),
                    [i](const LayerResult& r) { return whole(r.bounds->cycles[i]); }});
  }
  return rows;
}

std::vector<Row> comparing_rows() {
  return {{"binds",
           [](const LayerResult& r) {
             return std::string(kLimitNames[static_cast<std::size_t>(r.bounds->binds())]);
           }},
          {"least cycles", [](const LayerResult& r) { return whole(r.bounds->least_cycles); }},
          {"cycles", [](const LayerResult& r) { return grouped(r.cycles); }},
          {"of the least", [](const LayerResult& r) {
             return times(static_cast<double>(r.cycles), r.bounds->least_cycles);
           }}};
}

std::vector<Row> dram_rows() {
  return {
      {"DRAM words", [](const LayerResult& r) { return grouped(dram_words(r.counts)); }},
      {"each once", [](const LayerResult& r) { return grouped(r.bounds->compulsory_dram_words); }},
      {"least possible", [](const LayerResult& r) { return grouped(r.bounds->least_dram_words); }},
      {"of the least", [](const LayerResult& r) {
         return times(static_cast<double>(dram_words(r.counts)),
                      static_cast<double>(r.bounds->least_dram_words));
       }}};
}

}  // namespace

std::string to_bounds(const NetworkResult& result, int width) {
  const LayerResult sum = total(result);
  if (!sum.bounds) return "";
  std::vector<std::string> titles{"least cycles for"};
  for (const LayerResult& layer : result.layers) titles.push_back(layer.name);
  titles.emplace_back("total");
  Grid grid(titles);
  const auto add = [&](const std::vector<Row>& rows) {
    for (const Row& row : rows) {
      std::vector<std::string> cells{row.name};
      for (const LayerResult& layer : result.layers) cells.push_back(row.cell(layer));
      cells.push_back(row.cell(sum));
      grid.row(std::move(cells));
    }
  };
  add(cycle_rows());
  grid.rule();
  add(comparing_rows());
  grid.rule();
  add(dram_rows());
  return grid.to_string(width) +
         "Cycles that the array, DRAM, the link, GLB ports and NoC buses need for what they did.\n"
         "In the total, the least cycles are the sum over layers, whatever binds each.\n";
}

}  // namespace orrery
