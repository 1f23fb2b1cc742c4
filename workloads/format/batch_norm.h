// Batch normalization on inference: folded into weights and bias, or as shifts.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "workloads/format/rounding.h"

namespace orrery {

// y = gamma * (x - mean) / sqrt(variance + epsilon) + beta, of one channel.
struct BatchNorm {
  float gamma = 1, beta = 0;
  float mean = 0, variance = 1;  // variance + epsilon > 0
  float epsilon = 0;
  double deviation() const;  // sqrt(variance + epsilon)
  double apply(double x) const;
  bool operator==(const BatchNorm&) const = default;
};

// w' = w * gamma / sigma and b' = beta + (b - mean) * gamma / sigma, in double, rounded once.
// weights [channels][n], as many biases and norms as channels. Scales of the result differ by
// channel, so that it wants one scale a channel. Throws std::invalid_argument for other sizes.
void fold(std::span<float> weights, std::span<float> biases, std::span<const BatchNorm> norms);

// Shift-based normalization of one channel's batch (Courbariaux et al., BinaryNet, 2016, algorithm
// 3): with C = x - mean and AP2 = nearest_power_of_two,
//   variance = mean of C * AP2(C),  y = AP2(gamma) * C * AP2(1 / sqrt(variance + epsilon)) + beta.
// Every product is by a power of 2. Throws std::invalid_argument where variance + epsilon is 0.
std::vector<float> shift_batch_norm(std::span<const float> values, float gamma, float beta,
                                    float epsilon);

// The same with known statistics, on integers: y = +-((x - mean) * 2^shift) + beta.
struct ShiftNorm {
  std::int32_t mean = 0;
  std::int32_t beta = 0;
  int shift = 0;  // -62..30: AP2 of gamma times AP2 of 1 / sigma
  int sign = 1;   // of gamma: -1, 0 or 1
  bool operator==(const ShiftNorm&) const = default;
};
// mean and beta are rounded half to even. Accumulators count in units of `in_scale`, results in
// units of `out_scale`, both powers of 2 (else std::invalid_argument).
ShiftNorm shift_norm(const BatchNorm& norm, double in_scale, double out_scale);
std::int64_t apply(std::int32_t x, const ShiftNorm& norm, Rounding rounding,
                   std::uint64_t draw = 0);

}  // namespace orrery
