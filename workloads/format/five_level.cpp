#include "workloads/format/five_level.h"

#include <cmath>

#include "workloads/format/rounding.h"

namespace orrery {
namespace {

// Each turn lessens the error or is the last, so no set of levels comes twice; only the rounding of
// alpha could make a weight on a threshold alternate.
constexpr int kMostIterations = 1000;

double mean_magnitude(std::span<const float> weights) {
  double sum = 0;
  for (const float w : weights) sum += std::abs(double{w});
  return weights.empty() ? 0 : sum / static_cast<double>(weights.size());
}

// The alpha of least squares; some level is not 0.
double best_alpha(std::span<const float> weights, std::span<const std::int16_t> levels) {
  double sum = 0;
  double squares = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    sum += double{weights[i]} * levels[i];
    squares += levels[i] * levels[i];
  }
  return sum / squares;
}

}  // namespace

std::vector<std::int16_t> five_levels(std::span<const float> weights, double alpha) {
  std::vector<std::int16_t> levels(weights.size());
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const double ratio = 2 * std::abs(double{weights[i]});
    const int level = (ratio > alpha) + (ratio > 3 * alpha);
    levels[i] = static_cast<std::int16_t>(weights[i] < 0 ? -level : level);
  }
  return levels;
}

FiveLevelWeights five_level(std::span<const float> weights) {
  require_finite(weights);
  FiveLevelWeights out;
  double alpha = mean_magnitude(weights);
  if (alpha == 0) return {std::vector<std::int16_t>(weights.size()), 0, 0};
  out.levels = five_levels(weights, alpha);
  while (++out.iterations < kMostIterations) {
    alpha = best_alpha(weights, out.levels);
    std::vector<std::int16_t> levels = five_levels(weights, alpha);
    if (levels == out.levels) break;
    out.levels = std::move(levels);
  }
  out.alpha = static_cast<float>(alpha);
  return out;
}

std::vector<float> five_level_dequantize(const FiveLevelWeights& weights) {
  std::vector<float> values;
  values.reserve(weights.levels.size());
  for (const std::int16_t level : weights.levels) {
    values.push_back(weights.alpha * static_cast<float>(level));
  }
  return values;
}

}  // namespace orrery
