#include "reports/beside.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <limits>
#include <optional>

#include "reports/figures.h"
#include "reports/grid.h"

namespace orrery {
namespace {

double megabytes_of(std::uint64_t words, const NetworkResult& run) {
  return static_cast<double>(words) * run.word_bits / 8 * 1e-6;
}

double quotient(double a, double b) { return b > 0 ? a / b : 0; }

// Of all energy but DRAM's, that of some levels; not a number where nothing was priced.
double chip_share(const LayerResult& r, std::initializer_list<EnergyLevel> levels) {
  if (!r.energy) return std::numeric_limits<double>::quiet_NaN();
  double part = 0;
  for (const EnergyLevel level : levels) part += r.energy->level(level);
  return quotient(part, r.energy->total() - r.energy->level(EnergyLevel::kDram));
}

// What follows from the counts and the times of a layer of a run, or of a sum of layers.
struct Derived {
  std::string_view name;
  double (*of)(const LayerResult&, const NetworkResult& run);
};
constexpr std::array kDerived{
    Derived{"gated_fraction",
            [](const LayerResult& r, const NetworkResult&) {
              return quotient(static_cast<double>(r.macs_gated), static_cast<double>(r.macs));
            }},
    Derived{"glb_array_mb",
            [](const LayerResult& r, const NetworkResult& run) {
              return megabytes_of(glb_array_words(r.counts), run);
            }},
    Derived{"dram_mb",
            [](const LayerResult& r, const NetworkResult& run) {
              return megabytes_of(dram_words(r.counts), run);
            }},
    Derived{"dram_plain_mb",
            [](const LayerResult& r, const NetworkResult&) {
              return static_cast<double>(r.plain_link_bytes) * 1e-6;
            }},
    Derived{"frames_per_s",
            [](const LayerResult& r, const NetworkResult& run) {
              return quotient(1000.0 * run.batch, r.latency_ms);
            }},
    Derived{"pe_energy_share",
            [](const LayerResult& r, const NetworkResult&) {
              return chip_share(r, {EnergyLevel::kSpad, EnergyLevel::kMac});
            }},
    Derived{"noc_energy_share",
            [](const LayerResult& r, const NetworkResult&) {
              return chip_share(r, {EnergyLevel::kNoc});
            }},
    Derived{"glb_energy_share",
            [](const LayerResult& r, const NetworkResult&) {
              return chip_share(r, {EnergyLevel::kGlb});
            }},
    Derived{"control_energy_share", [](const LayerResult& r, const NetworkResult&) {
              return chip_share(r, {EnergyLevel::kControl});
            }}};

std::string count_name(const ActionName& a) {
  return fmt::format("{}_{}_{}", a.structure, a.tensor, a.action);
}

struct ToNumber {
  double operator()(bool x) const { return x ? 1 : 0; }
  double operator()(std::uint64_t x) const { return static_cast<double>(x); }
  double operator()(double x) const { return x; }
  double operator()(const std::string&) const { return 0; }
};

// `figure` is one of figures_of_a_layer().
double ours(const std::string& figure, const LayerResult& layer, const NetworkResult& run) {
  for (const Derived& derived : kDerived) {
    if (derived.name == figure) return derived.of(layer, run);
  }
  for (const auto& known : kLayerFigures) {
    if (known.name == figure) return std::visit(ToNumber{}, known.of(layer));
  }
  const auto action = std::find_if(kActions.begin(), kActions.end(),
                                   [&](const ActionName& a) { return count_name(a) == figure; });
  return static_cast<double>(
      layer.counts.value[static_cast<std::size_t>(action - kActions.begin())]);
}

// The layer's result, or the sum of all; nothing where it did not run.
std::optional<LayerResult> find(const NetworkResult& run, const std::string& layer,
                                const std::vector<std::string>& all) {
  NetworkResult part = run;
  const auto is_meant = [&](const LayerResult& r) {
    if (layer != kAllLayers) return r.name == layer;
    return std::find(all.begin(), all.end(), r.name) != all.end();
  };
  std::erase_if(part.layers, [&](const LayerResult& r) { return !is_meant(r); });
  if (layer == kAllLayers) {
    return part.layers.size() == all.size() ? std::optional(total(part)) : std::nullopt;
  }
  return part.layers.empty() ? std::nullopt : std::optional(part.layers[0]);
}

// With the digits of what is published.
std::string published_text(const Beside& row) {
  return row.value.decimals > 0 ? fmt::format("{:.{}f}", row.value.value, row.value.decimals)
                                : fmt::format("{}", row.value.value);
}

// With a digit more, which shows by how much it is rounded.
std::string our_text(const Beside& row) {
  if (!std::isfinite(row.ours)) return "-";
  const bool whole = row.ours == std::floor(row.ours) && row.value.decimals == 0;
  return whole ? fmt::format("{}", row.ours)
               : fmt::format("{:.{}f}", row.ours, row.value.decimals + 1);
}

std::string window_text(const PublishedValue& value) {
  if (value.percent >= 0) return fmt::format("+-{}%", value.percent);
  return value.plus_minus >= 0 ? fmt::format("+-{}", value.plus_minus) : "-";
}

std::string verdict(const Beside& row) {
  if (!row.value.has_window()) return "-";
  return row.inside() ? "inside" : "outside";
}

// Is the row the first of its figure from its source?
bool is_first(const std::vector<Beside>& rows, std::size_t i) {
  return i == 0 || rows[i].figure.figure != rows[i - 1].figure.figure ||
         rows[i].figure.source != rows[i - 1].figure.source;
}

std::string notes(const std::vector<Beside>& rows) {
  std::string text;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (!is_first(rows, i)) continue;
    const PublishedFigure& f = rows[i].figure;
    text += fmt::format("{}: {}{}{}\n", f.figure, f.source, f.note.empty() ? "" : ". ", f.note);
  }
  return text;
}

}  // namespace

std::vector<std::string> figures_of_a_layer() {
  std::vector<std::string> names;
  for (const Derived& derived : kDerived) names.emplace_back(derived.name);
  for (const auto& figure : kLayerFigures) names.emplace_back(figure.name);
  for (const ActionName& action : kActions) names.push_back(count_name(action));
  return names;
}

bool Beside::inside() const { return std::abs(ours - value.value) <= value.slack(); }

std::vector<Beside> beside(const NetworkResult& result, const Published& published) {
  std::vector<Beside> rows;
  for (const PublishedFigure& figure : published.figures) {
    for (const PublishedValue& value : figure.values) {
      const auto layer = find(result, value.layer, published.layers);
      if (layer) rows.push_back({figure, value, ours(figure.figure, *layer, result)});
    }
  }
  return rows;
}

std::string to_text(const std::vector<Beside>& rows, const Published& published, int width) {
  const std::string title = fmt::format("beside {}: {}\n\n", published.name, published.source);
  if (rows.empty()) return title + "None of its layers ran.\n";
  Grid grid({"figure", "layer", "unit", "ours", "published", "ratio", "window", "ours is"});
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Beside& row = rows[i];
    const bool first = is_first(rows, i);
    if (first && i > 0) grid.rule();
    grid.row({first ? row.figure.figure : "", row.value.layer, row.figure.unit, our_text(row),
              published_text(row),
              std::isfinite(row.ratio()) ? fmt::format("{:.3f}", row.ratio()) : "-",
              window_text(row.value), verdict(row)});
  }
  return title + grid.to_string(width) + "\n" + notes(rows);
}

}  // namespace orrery
