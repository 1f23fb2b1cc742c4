// INT8 affine quantization: real = scale * (code - zero_point), int32 accumulators, and what brings
// an accumulator back to a code.
//
// Activations have one scale and zero point a tensor; weights are symmetric, one scale a tensor or
// an output channel, codes -127..127. A bias has scale ifmap_scale * filter_scale. Padding is the
// zero point. int16 activations have zero point 0 and 64-bit accumulators and biases.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "workloads/format/fixed_point.h"
#include "workloads/format/rounding.h"

namespace orrery {

struct Affine {
  float scale = 1;  // > 0
  int zero_point = 0;
  bool operator==(const Affine&) const = default;
};

inline constexpr CodeRange kInt8 = signed_range(8);
inline constexpr CodeRange kSymmetricInt8 = symmetric_range(8);
inline constexpr CodeRange kUint8 = unsigned_range(8);
inline constexpr CodeRange kInt16 = signed_range(16);

// The scale and zero point whose codes of `range` reach from min to max, both moved to include 0,
// so that 0 has a code of its own.
Affine affine_for(float min, float max, CodeRange range);

// round(value / scale) + zero_point, saturated; the division is a float's. TensorFlow Lite rounds
// half away from zero, ONNX half to even.
std::vector<std::int16_t> affine_quantize(std::span<const float> values, Affine affine,
                                          CodeRange range, const Rounder& rounder);
std::vector<float> affine_dequantize(std::span<const std::int16_t> codes, Affine affine);

// Symmetric weights [scales.size()][n], one scale a channel: max|w| of the channel has code 127.
struct SymmetricWeights {
  std::vector<std::int16_t> codes;
  std::vector<float> scales;
};
// `channels` divides the number of weights; 1 is "per tensor". A channel of zeros has scale 1.
SymmetricWeights symmetric_weights(std::span<const float> weights, int channels,
                                   const Rounder& rounder);
std::vector<float> symmetric_dequantize(const SymmetricWeights& weights);
// One bias a channel, in units of ifmap_scale * its filter scale (one for all, or one a channel),
// saturated to int32.
std::vector<std::int32_t> affine_biases(std::span<const float> biases, float ifmap_scale,
                                        std::span<const float> filter_scales,
                                        const Rounder& rounder);

// How an accumulator is rescaled.
//   kTflite        fixed-point multiplier, rounded twice (the default build of TensorFlow Lite)
//   kTfliteSingle  fixed-point multiplier, rounded once, halves upwards
//   kOnnx          float multiplier, half to even (ONNX Runtime's QLinearConv)
enum class Requant : std::uint8_t { kTflite, kTfliteSingle, kOnnx };
// "tflite", "tflite_single", "onnx".
std::string_view name(Requant rule);

// What the accumulators of one output channel need.
struct RequantChannel {
  Requant rule = Requant::kTflite;
  FixedMultiplier fixed;  // of the first two rules
  float scale = 1;        // of kOnnx
  int zero_point = 0;
  CodeRange range = kInt8;  // the fused activation's clamp: not always that of the code
  bool operator==(const RequantChannel&) const = default;
};
// The precision of ifmap_scale * filter_scale in a fixed-point multiplier. TensorFlow Lite takes
// kDouble in convolutions with one scale a channel and kFloat in fully connected layers.
enum class ScaleProduct : std::uint8_t { kDouble, kFloat };
// Rescales ifmap_scale * filter_scale to out.scale; all scales > 0. Throws std::invalid_argument
// where the multiplier is 2^30 or more.
RequantChannel requant_channel(Requant rule, float ifmap_scale, float filter_scale, Affine out,
                               CodeRange range, ScaleProduct product = ScaleProduct::kDouble);

// The product of an accumulator and the channel's multiplier, before zero point and clamp.
std::int32_t rescale(std::int32_t accumulator, const RequantChannel& channel);
// The output code of an int32 accumulator.
inline std::int32_t requantize(std::int32_t accumulator, const RequantChannel& channel) {
  return channel.range.clamp(std::int64_t{rescale(accumulator, channel)} + channel.zero_point);
}
// The same of an accumulator of int16 activations and int8 weights, -2^47 <= x < 2^47. Both TFLite
// rules are one here (multiply_wide: the multiplier below 2^7 has 16 bits).
std::int32_t requantize_wide(std::int64_t accumulator, const RequantChannel& channel);

}  // namespace orrery
