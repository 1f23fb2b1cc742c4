#include "workloads/format/batch_norm.h"

#include <cmath>
#include <limits>
#include <stdexcept>

#include "workloads/format/power_of_two.h"

namespace orrery {
namespace {

constexpr CodeRange kInt32{std::numeric_limits<int>::min(), std::numeric_limits<int>::max()};

void require_power(double scale) {
  if (!(scale > 0) || nearest_power_of_two(scale) != scale) {
    throw std::invalid_argument("a scale of a shift norm must be a power of 2");
  }
}

}  // namespace

double BatchNorm::deviation() const { return std::sqrt(double{variance} + epsilon); }

double BatchNorm::apply(double x) const { return gamma * (x - mean) / deviation() + beta; }

void fold(std::span<float> weights, std::span<float> biases, std::span<const BatchNorm> norms) {
  const std::size_t channels = norms.size();
  if (channels == 0 || biases.size() != channels || weights.size() % channels != 0) {
    throw std::invalid_argument("a channel has one norm, one bias and equally many weights");
  }
  const std::size_t words = weights.size() / channels;
  for (std::size_t c = 0; c < channels; ++c) {
    const double factor = norms[c].gamma / norms[c].deviation();
    for (float& w : weights.subspan(c * words, words)) w = static_cast<float>(w * factor);
    biases[c] = static_cast<float>(norms[c].beta + (double{biases[c]} - norms[c].mean) * factor);
  }
}

std::vector<float> shift_batch_norm(std::span<const float> values, float gamma, float beta,
                                    float epsilon) {
  const auto count = static_cast<double>(values.size());
  double mean = 0;
  for (const float v : values) mean += v / count;
  double variance = 0;
  for (const float v : values) variance += (v - mean) * nearest_power_of_two(v - mean) / count;
  if (!(variance + epsilon > 0)) throw std::invalid_argument("the variance is 0");
  const double factor =
      nearest_power_of_two(gamma) * nearest_power_of_two(1 / std::sqrt(variance + epsilon));
  std::vector<float> out;
  out.reserve(values.size());
  for (const float v : values) out.push_back(static_cast<float>((v - mean) * factor + beta));
  return out;
}

ShiftNorm shift_norm(const BatchNorm& norm, double in_scale, double out_scale) {
  require_power(in_scale);
  require_power(out_scale);
  ShiftNorm out;
  out.mean = to_code(norm.mean / in_scale, kInt32, Rounding::kHalfEven);
  out.beta = to_code(norm.beta / out_scale, kInt32, Rounding::kHalfEven);
  out.sign = (norm.gamma > 0) - (norm.gamma < 0);
  if (out.sign == 0) return out;
  out.shift = rounded_log2(std::abs(norm.gamma)) + rounded_log2(1 / norm.deviation()) +
              std::ilogb(in_scale) - std::ilogb(out_scale);
  if (out.shift < -62 || out.shift > 30) throw std::invalid_argument("a shift leaves -62..30");
  return out;
}

std::int64_t apply(std::int32_t x, const ShiftNorm& norm, Rounding rounding, std::uint64_t draw) {
  const std::int64_t centred = norm.sign * (std::int64_t{x} - norm.mean);
  const std::int64_t shifted = norm.shift >= 0 ? centred * (std::int64_t{1} << norm.shift)
                                               : shift_right(centred, -norm.shift, rounding, draw);
  return shifted + norm.beta;
}

}  // namespace orrery
