#include "workloads/format/dorefa.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace orrery {
namespace {

int greatest_code(int bits) {
  if (bits < 1 || bits > 8) throw std::invalid_argument("DoReFa codes have 1 to 8 bits");
  return (1 << bits) - 1;
}

DorefaWeights sign_weights(std::span<const float> weights) {
  DorefaWeights out{std::vector<std::int16_t>(weights.size()), 1, 0};
  double sum = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    out.codes[i] = weights[i] >= 0;
    sum += std::abs(static_cast<double>(weights[i]));
  }
  if (!weights.empty()) out.scale = static_cast<float>(sum / static_cast<double>(weights.size()));
  return out;
}

}  // namespace

DorefaWeights dorefa_weights(std::span<const float> weights, int bits, const Rounder& rounder) {
  const int most = greatest_code(bits);
  require_finite(weights);
  if (bits == 1) return sign_weights(weights);
  double reach = 0;
  for (const float w : weights) reach = std::max(reach, std::tanh(std::abs(double{w})));
  if (reach == 0) reach = 1;
  DorefaWeights out{std::vector<std::int16_t>(weights.size()), bits, 1};
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const double unit_weight = std::tanh(double{weights[i]}) / (2 * reach) + 0.5;
    out.codes[i] = static_cast<std::int16_t>(
        to_code(most * unit_weight, {0, most}, rounder.rounding, rounder.draw(i)));
  }
  return out;
}

std::vector<float> dorefa_dequantize(const DorefaWeights& weights) {
  const int most = greatest_code(weights.bits);
  std::vector<float> values;
  values.reserve(weights.codes.size());
  for (const std::int16_t code : weights.codes) {
    values.push_back(static_cast<float>(weights.scale * (2.0 * code - most) / most));
  }
  return values;
}

std::vector<std::int16_t> dorefa_activations(std::span<const float> values, int bits,
                                             const Rounder& rounder) {
  const int most = greatest_code(bits);
  std::vector<std::int16_t> codes(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    codes[i] = static_cast<std::int16_t>(
        to_code(double{values[i]} * most, {0, most}, rounder.rounding, rounder.draw(i)));
  }
  return codes;
}

std::vector<float> dorefa_dequantize_activations(std::span<const std::int16_t> codes, int bits) {
  const auto most = static_cast<float>(greatest_code(bits));
  std::vector<float> values;
  values.reserve(codes.size());
  for (const std::int16_t code : codes) values.push_back(static_cast<float>(code) / most);
  return values;
}

double dorefa_value(std::int64_t corrected, const DorefaWeights& weights, int activation_bits) {
  const double unit = greatest_code(weights.bits) * greatest_code(activation_bits);
  return weights.scale * static_cast<double>(corrected) / unit;
}

int dorefa_requantize(std::int64_t corrected, const DorefaRequant& layer, std::uint64_t draw) {
  const int most = greatest_code(layer.out_bits);
  const double unit = greatest_code(layer.weight_bits) * greatest_code(layer.activation_bits);
  const double code = layer.scale * (static_cast<double>(corrected) * most) / unit;
  return to_code(code, {0, most}, layer.rounding, draw);
}

}  // namespace orrery
