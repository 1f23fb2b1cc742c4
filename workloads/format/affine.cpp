#include "workloads/format/affine.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace orrery {
namespace {

float greatest_magnitude(std::span<const float> values) {
  float most = 0;
  for (const float v : values) most = std::max(most, std::abs(v));
  return most;
}

// A float that may lie outside of int32.
std::int32_t to_int32(float x) {
  if (x >= 0x1p31F) return std::numeric_limits<std::int32_t>::max();
  if (x < -0x1p31F) return std::numeric_limits<std::int32_t>::min();
  return static_cast<std::int32_t>(x);
}

}  // namespace

Affine affine_for(float min, float max, CodeRange range) {
  min = std::min(min, 0.0F);
  max = std::max(max, 0.0F);
  if (!std::isfinite(max - min)) throw std::invalid_argument("a range of values must be finite");
  const auto scale = static_cast<float>((static_cast<double>(max) - min) /
                                        (static_cast<double>(range.most) - range.least));
  if (scale == 0) return {1, range.clamp(0)};
  const double zero_point = range.least - static_cast<double>(min) / scale;
  return {scale, to_code(zero_point, range, Rounding::kHalfAway)};
}

std::vector<std::int16_t> affine_quantize(std::span<const float> values, Affine affine,
                                          CodeRange range, const Rounder& rounder) {
  const CodeRange around{range.least - affine.zero_point, range.most - affine.zero_point};
  std::vector<std::int16_t> codes(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    const float ratio = values[i] / affine.scale;
    codes[i] = static_cast<std::int16_t>(to_code(ratio, around, rounder.rounding, rounder.draw(i)) +
                                         affine.zero_point);
  }
  return codes;
}

std::vector<float> affine_dequantize(std::span<const std::int16_t> codes, Affine affine) {
  std::vector<float> values(codes.size());
  for (std::size_t i = 0; i < codes.size(); ++i) {
    values[i] = affine.scale * static_cast<float>(codes[i] - affine.zero_point);
  }
  return values;
}

SymmetricWeights symmetric_weights(std::span<const float> weights, int channels,
                                   const Rounder& rounder) {
  const auto count = static_cast<std::size_t>(channels);
  if (channels < 1 || weights.size() % count != 0) {
    throw std::invalid_argument("channels must divide the number of weights");
  }
  SymmetricWeights out{std::vector<std::int16_t>(weights.size()), std::vector<float>(count)};
  const std::size_t words = weights.size() / count;
  for (std::size_t c = 0; c < count; ++c) {
    const float most = greatest_magnitude(weights.subspan(c * words, words));
    out.scales[c] = most / 127;
    if (out.scales[c] == 0) out.scales[c] = 1;
    for (std::size_t i = c * words; i < (c + 1) * words; ++i) {
      out.codes[i] = static_cast<std::int16_t>(
          to_code(weights[i] / out.scales[c], kSymmetricInt8, rounder.rounding, rounder.draw(i)));
    }
  }
  return out;
}

std::vector<float> symmetric_dequantize(const SymmetricWeights& weights) {
  const std::size_t words = weights.codes.size() / weights.scales.size();
  std::vector<float> values(weights.codes.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = weights.scales[i / words] * static_cast<float>(weights.codes[i]);
  }
  return values;
}

std::vector<std::int32_t> affine_biases(std::span<const float> biases, float ifmap_scale,
                                        std::span<const float> filter_scales,
                                        const Rounder& rounder) {
  if (filter_scales.size() != 1 && filter_scales.size() != biases.size()) {
    throw std::invalid_argument("biases have one filter scale, or one each");
  }
  constexpr CodeRange kInt32{std::numeric_limits<int>::min(), std::numeric_limits<int>::max()};
  std::vector<std::int32_t> codes(biases.size());
  for (std::size_t i = 0; i < biases.size(); ++i) {
    const double scale = double{ifmap_scale} * filter_scales[i % filter_scales.size()];
    codes[i] = to_code(biases[i] / scale, kInt32, rounder.rounding, rounder.draw(i));
  }
  return codes;
}

std::string_view name(Requant rule) {
  constexpr std::array<std::string_view, 3> kNames{"tflite", "tflite_single", "onnx"};
  return kNames.at(static_cast<std::size_t>(rule));
}

RequantChannel requant_channel(Requant rule, float ifmap_scale, float filter_scale, Affine out,
                               CodeRange range, ScaleProduct product) {
  const float in_float = ifmap_scale * filter_scale;
  const double scale =
      product == ScaleProduct::kFloat ? in_float : static_cast<double>(ifmap_scale) * filter_scale;
  return {rule, fixed_multiplier(scale / out.scale), in_float / out.scale, out.zero_point, range};
}

std::int32_t rescale(std::int32_t accumulator, const RequantChannel& channel) {
  switch (channel.rule) {
    case Requant::kTflite:
      return multiply_twice_rounded(accumulator, channel.fixed);
    case Requant::kTfliteSingle:
      return multiply_once_rounded(accumulator, channel.fixed);
    case Requant::kOnnx:
      return to_int32(std::nearbyint(static_cast<float>(accumulator) * channel.scale));
  }
  return 0;
}

std::int32_t requantize_wide(std::int64_t accumulator, const RequantChannel& channel) {
  const std::int32_t rescaled =
      channel.rule == Requant::kOnnx
          ? to_int32(std::nearbyint(static_cast<float>(accumulator) * channel.scale))
          : multiply_wide(accumulator, channel.fixed);
  return channel.range.clamp(std::int64_t{rescaled} + channel.zero_point);
}

}  // namespace orrery
