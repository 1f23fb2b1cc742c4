#include "reports/json.h"

#include <fmt/ranges.h>

#include <boost/json.hpp>
#include <cmath>
#include <optional>

#include "reports/figures.h"

namespace orrery {
namespace {

namespace json = boost::json;

json::value to_value(const Value& value) {
  return std::visit([](const auto& x) { return json::value(x); }, value);
}

template <class Figures, class Source>
void add_figures(json::object& object, const Figures& figures, const Source& source) {
  for (const auto& figure : figures) object[figure.name] = to_value(figure.of(source));
}

template <class Names, class Numbers>
json::object named(const Names& names, const Numbers& numbers) {
  json::object object;
  for (std::size_t i = 0; i < names.size(); ++i) object[names[i]] = numbers[i];
  return object;
}

// {structure: {tensor: {action: n}}}
json::object counts_object(const Counts& counts) {
  json::object structures;
  for (std::size_t i = 0; i < kActions.size(); ++i) {
    const ActionName& a = kActions[i];
    json::value& tensors = structures.emplace(a.structure, json::object()).first->value();
    json::value& actions = tensors.as_object().emplace(a.tensor, json::object()).first->value();
    actions.as_object()[a.action] = counts.value[i];
  }
  return structures;
}

// {level: {tensor: energy}}; null where there is none in this unit.
json::value energy_value(const std::optional<Energy>& energy, EnergyUnit unit) {
  if (!energy || energy->unit != unit) return {};
  json::object levels;
  for (std::size_t i = 0; i < kEnergyLevels; ++i) {
    json::object& tensors = levels[name(static_cast<EnergyLevel>(i))].emplace_object();
    for (std::size_t j = 0; j < kEnergyTensors; ++j) {
      tensors[name(static_cast<EnergyTensor>(j))] = energy->at[i][j];
    }
  }
  return levels;
}

json::value bounds_value(const LayerResult& layer) {
  if (!layer.bounds) return {};
  const Bounds& bounds = *layer.bounds;
  json::object object;
  object["cycles"] = named(kLimitNames, bounds.cycles);
  object["binds"] = kLimitNames[static_cast<std::size_t>(bounds.binds())];
  object["least_cycles"] = bounds.least_cycles;
  object["dram_words"] = dram_words(layer.counts);
  object["compulsory_dram_words"] = bounds.compulsory_dram_words;
  object["least_dram_words"] = bounds.least_dram_words;
  return object;
}

// What a layer and the total have in common.
json::object figures_object(const LayerResult& layer) {
  json::object object;
  object["name"] = layer.name;
  add_figures(object, kLayerFigures, layer);
  object["stalls"] = named(kStallNames, layer.stalls);
  object["pe_cycles"] = named(kPeStateNames, layer.pe_cycles);
  object["pe_cycles_before_mac"] = named(kBeforeMacNames, layer.before_mac);
  object["counts"] = counts_object(layer.counts);
  object["energy_pj"] = energy_value(layer.energy, EnergyUnit::kPj);
  object["energy_mac"] = energy_value(layer.energy, EnergyUnit::kMac);
  object["bounds"] = bounds_value(layer);
  object["check"] = name(layer.check);
  return object;
}

json::object layer_object(const LayerResult& layer) {
  json::object object = figures_object(layer);
  add_figures(object, kLayerTexts, layer);
  // A pooling layer has no loop nest, so nothing to show.
  object["mapping"] = layer.mapping.nest.empty() ? "" : to_yaml({{layer.name, layer.mapping}});
  return object;
}

json::object beside_object(const Beside& row) {
  const PublishedValue& value = row.value;
  const bool has_window = value.has_window();
  json::object object;
  object["layer"] = value.layer;
  object["figure"] = row.figure.figure;
  object["unit"] = row.figure.unit;
  object["ours"] = row.ours;
  object["published"] = value.value;
  object["ratio"] = row.ratio();
  object["least"] = has_window ? json::value(value.value - value.slack()) : json::value();
  object["most"] = has_window ? json::value(value.value + value.slack()) : json::value();
  object["inside"] = has_window ? json::value(row.inside()) : json::value();
  object["source"] = row.figure.source;
  return object;
}

void print(std::string& out, const json::value& value, int indent);

// A one-line form is preferred where it is this short.
constexpr std::size_t kLineWidth = 100;

// Printed members between brackets: on one line, or one a line.
void print_members(std::string& out, char open, char close, const std::vector<std::string>& members,
                   int indent) {
  std::size_t width = static_cast<std::size_t>(indent) + 2;
  bool breaks = false;
  for (const std::string& member : members) {
    width += member.size() + 2;
    breaks = breaks || member.find('\n') != std::string::npos;
  }
  breaks = breaks || width > kLineWidth;
  const std::string margin(static_cast<std::size_t>(indent) + 2, ' ');
  out += open;
  for (std::size_t i = 0; i < members.size(); ++i) {
    if (i > 0) out += ',';
    if (breaks) {
      out += '\n' + margin;
    } else if (i > 0) {
      out += ' ';
    }
    out += members[i];
  }
  if (breaks) out += '\n' + margin.substr(2);
  out += close;
}

void print_object(std::string& out, const json::object& object, int indent) {
  std::vector<std::string> members;
  for (const auto& [key, value] : object) {
    std::string member = json::serialize(json::string(key)) + ": ";
    print(member, value, indent + 2);
    members.push_back(std::move(member));
  }
  print_members(out, '{', '}', members, indent);
}

void print_array(std::string& out, const json::array& array, int indent) {
  std::vector<std::string> members;
  for (const json::value& value : array) {
    std::string& member = members.emplace_back();
    print(member, value, indent + 2);
  }
  print_members(out, '[', ']', members, indent);
}

void print(std::string& out, const json::value& value, int indent) {
  if (value.is_object()) return print_object(out, value.get_object(), indent);
  if (value.is_array()) return print_array(out, value.get_array(), indent);
  if (!value.is_double()) {
    out += json::serialize(value);
  } else if (std::isfinite(value.get_double())) {
    // Boost.JSON writes every double with an exponent; people read these files too.
    out += to_text(value.get_double());
  } else {
    out += "null";
  }
}

}  // namespace

std::string to_json(const NetworkResult& result, const std::vector<Beside>& rows) {
  json::object root;
  root["schema"] = kJsonSchema;
  add_figures(root, kRunFigures, result);
  root["set"] = json::array(result.set.begin(), result.set.end());
  json::array& layers = root["layers"].emplace_array();
  for (const LayerResult& layer : result.layers) layers.push_back(layer_object(layer));
  root["total"] = figures_object(total(result));
  json::array& besides = root["beside"].emplace_array();
  for (const Beside& row : rows) besides.push_back(beside_object(row));
  std::string text;
  print(text, root, 0);
  return text + "\n";
}

std::string to_json(const NetworkResult& result, const std::string& members) {
  // A result's text is an object whose members begin on its second line.
  std::string text = to_json(result);
  text.insert(text.find('\n') + 1, members);
  text.pop_back();
  return text;
}

std::string runs_to_json(const std::vector<std::string>& objects) {
  return fmt::format("{{\n\"schema\": {},\n\"runs\": [\n{}\n]\n}}\n", kJsonSchema,
                     fmt::join(objects, ",\n"));
}

}  // namespace orrery
