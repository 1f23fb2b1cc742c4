#include "workloads/format/ternary.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "workloads/format/rounding.h"

namespace orrery {
namespace {

std::vector<std::int16_t> codes_beyond(std::span<const float> weights, double delta) {
  require_finite(weights);
  std::vector<std::int16_t> codes(weights.size());
  for (std::size_t i = 0; i < weights.size(); ++i) {
    codes[i] = static_cast<std::int16_t>((weights[i] > delta) - (weights[i] < -delta));
  }
  return codes;
}

}  // namespace

TernaryWeights twn(std::span<const float> weights, double factor) {
  double sum = 0;
  for (const float w : weights) sum += std::abs(double{w});
  const double mean = weights.empty() ? 0 : sum / static_cast<double>(weights.size());
  TernaryWeights out{codes_beyond(weights, factor * mean)};
  double kept = 0;
  double count = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (out.codes[i] == 0) continue;
    kept += std::abs(double{weights[i]});
    ++count;
  }
  const auto alpha = static_cast<float>(count == 0 ? 0 : kept / count);
  out.positive_scale = out.negative_scale = alpha;
  return out;
}

TernaryWeights ttq(std::span<const float> weights, float positive_scale, float negative_scale,
                   double fraction) {
  double most = 0;
  for (const float w : weights) most = std::max(most, std::abs(double{w}));
  return {codes_beyond(weights, fraction * most), positive_scale, negative_scale};
}

std::vector<float> ternary_dequantize(const TernaryWeights& weights) {
  std::vector<float> values;
  values.reserve(weights.codes.size());
  for (const std::int16_t code : weights.codes) {
    values.push_back(code == 0 ? 0 : code > 0 ? weights.positive_scale : -weights.negative_scale);
  }
  return values;
}

double TernaryDot::value(const TernaryWeights& weights) const {
  return double{weights.positive_scale} * static_cast<double>(positive) -
         double{weights.negative_scale} * static_cast<double>(negative);
}

TernaryDot ternary_dot(std::span<const std::int16_t> operands,
                       std::span<const std::int16_t> codes) {
  if (operands.size() != codes.size()) {
    throw std::invalid_argument("operands must have equal lengths");
  }
  TernaryDot sum;
  for (std::size_t i = 0; i < codes.size(); ++i) {
    if (codes[i] > 0) sum.positive += operands[i];
    if (codes[i] < 0) sum.negative += operands[i];
  }
  return sum;
}

}  // namespace orrery
