#include "reports/figures.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>

namespace orrery {
namespace {

struct ToText {
  std::string operator()(bool x) const { return x ? "true" : "false"; }
  std::string operator()(std::uint64_t x) const { return fmt::format("{}", x); }
  std::string operator()(double x) const {
    if (!std::isfinite(x)) return "";
    std::string digits = fmt::format("{}", x);
    const bool looks_whole = digits.find_first_not_of("-0123456789") == std::string::npos;
    return looks_whole ? digits + ".0" : digits;
  }
  std::string operator()(const std::string& x) const { return x; }
};

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

}  // namespace

std::string energy_unit(const NetworkResult& result) {
  if (result.layers.empty() || !result.layers[0].energy) return "";
  switch (result.layers[0].energy->unit) {
    case EnergyUnit::kPj:
      return "pJ";
    case EnergyUnit::kMac:
      return "MAC";
  }
  return "";
}

double energy(const LayerResult& layer) { return layer.energy ? layer.energy->total() : kNone; }

double energy_per_mac(const LayerResult& layer) {
  return layer.macs > 0 ? energy(layer) / static_cast<double>(layer.macs) : kNone;
}

double edp(const LayerResult& layer) { return energy(layer) * layer.latency_ms * 1e-3; }

double power_mw(const LayerResult& layer, double ms) {
  if (!layer.energy || layer.energy->unit != EnergyUnit::kPj || !(ms > 0)) return kNone;
  constexpr double kMilliwattsOfPjPerMs = 1e-6;
  return (energy(layer) - layer.energy->level(EnergyLevel::kDram)) / ms * kMilliwattsOfPjPerMs;
}

std::string joined(const std::vector<std::string>& texts) {
  return fmt::format("{}", fmt::join(texts, "; "));
}

std::uint64_t glb_array_words(const Counts& counts) {
  return counts[Action::glb_ifmap_array_read] + counts[Action::glb_psum_array_read] +
         counts[Action::glb_psum_array_write];
}

std::string to_text(const Value& value) { return std::visit(ToText{}, value); }

}  // namespace orrery
