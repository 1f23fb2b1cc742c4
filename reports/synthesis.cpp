#include "reports/synthesis.h"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "reports/grid.h"

namespace orrery {
namespace {

namespace json = boost::json;

constexpr int kJsonSchema = 1;  // of this file; docs/synthesis.md

std::vector<std::string> row_of(const Synthesized& s) {
  const Cells& c = s.cells;
  const std::string& setting = s.design.setting;
  return {setting.empty() ? s.design.name : fmt::format("{}, {}", s.design.name, setting),
          fmt::format("{}", c.cells),
          fmt::format("{}", c.registers),
          fmt::format("{}", c.depth),
          fmt::format("{:.0f}", c.area_gates),
          fmt::format("{:.1f}", c.area_um2)};
}

json::object to_object(const Synthesized& s) {
  json::object object;
  object["name"] = s.design.name;
  object["setting"] = s.design.setting.empty() ? json::value() : json::value(s.design.setting);
  object["cells"] = s.cells.cells;
  object["registers"] = s.cells.registers;
  object["depth"] = s.cells.depth;
  object["area_nand2"] = s.cells.area_gates;
  object["area_um2"] = s.cells.area_um2;
  if (s.design.published_um2 > 0) {
    object["published_um2"] = s.design.published_um2;
    object["source"] = s.design.source;
  }
  return object;
}

json::array to_array(const std::vector<Synthesized>& list) {
  json::array array;
  for (const Synthesized& s : list) array.emplace_back(to_object(s));
  return array;
}

}  // namespace

std::string to_table(const std::vector<Synthesized>& twins, const std::vector<Synthesized>& units,
                     int width) {
  Grid of_twins({"twin, setting", "cells", "registers", "depth", "NAND2", "um2"});
  for (const Synthesized& s : twins) of_twins.row(row_of(s));
  Grid of_units({"unit", "cells", "registers", "depth", "NAND2", "um2", "published", "ratio"});
  for (const Synthesized& s : units) {
    std::vector<std::string> row = row_of(s);
    row.push_back(fmt::format("{:.1f}", s.design.published_um2));
    row.push_back(fmt::format("{:.2f}", s.cells.area_um2 / s.design.published_um2));
    of_units.row(std::move(row));
  }
  return fmt::format("{}\n{}", of_twins.to_string(width), of_units.to_string(width));
}

std::string to_json(const std::vector<Synthesized>& twins, const std::vector<Synthesized>& units) {
  const json::object object{
      {"schema", kJsonSchema}, {"twins", to_array(twins)}, {"units", to_array(units)}};
  return json::serialize(object) + "\n";
}

}  // namespace orrery
