#include "workloads/format/affine_layers.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace orrery {
namespace {

constexpr int kAddShift = 20;
constexpr std::size_t kMostLogits = 4096;  // their sum of exponentials has 12 integer bits

std::int32_t multiply(std::int32_t x, FixedMultiplier m, Requant rule) {
  return rule == Requant::kTfliteSingle ? multiply_once_rounded(x, m)
                                        : multiply_twice_rounded(x, m);
}

float dequantized(std::int32_t code, Affine affine) {
  return static_cast<float>(code - affine.zero_point) * affine.scale;
}

std::int32_t quantized(float value, Affine affine, CodeRange range) {
  const CodeRange around{range.least - affine.zero_point, range.most - affine.zero_point};
  return to_code(value / affine.scale, around, Rounding::kHalfEven) + affine.zero_point;
}

// The part of a window that is inside the plane.
struct Taps {
  Range rows, cols;
};

Taps taps(const PoolWindow& w, int p, int q) {
  const int top = p * w.stride_rows - w.pad_top;
  const int left = q * w.stride_cols - w.pad_left;
  return {{std::max(top, 0), std::min(top + w.size_rows, w.rows)},
          {std::max(left, 0), std::min(left + w.size_cols, w.cols)}};
}

template <class Visit>
void for_each(const Taps& t, const std::int16_t* plane, int cols, Visit visit) {
  for (int row = t.rows.lo; row < t.rows.hi; ++row) {
    for (int col = t.cols.lo; col < t.cols.hi; ++col)
      visit(plane[std::ptrdiff_t{row} * cols + col]);
  }
}

std::int32_t greatest(const Taps& t, const std::int16_t* plane, int cols) {
  std::int32_t most = std::numeric_limits<std::int16_t>::min();
  for_each(t, plane, cols, [&](std::int16_t code) { most = std::max<std::int32_t>(most, code); });
  return most;
}

std::int64_t mean(const Taps& t, const std::int16_t* plane, int cols, Requant rule, Affine affine) {
  const std::int64_t count = std::int64_t{t.rows.size()} * t.cols.size();
  if (rule == Requant::kOnnx) {
    float sum = 0;
    for_each(t, plane, cols, [&](std::int16_t code) { sum += dequantized(code, affine); });
    return quantized(sum / static_cast<float>(count), affine, kInt16);
  }
  std::int64_t sum = 0;
  for_each(t, plane, cols, [&](std::int16_t code) { sum += code; });
  return divide(sum, count, Rounding::kHalfAway);
}

std::vector<std::int16_t> float_softmax(std::span<const std::int16_t> logits, double scale) {
  const std::int16_t most = *std::max_element(logits.begin(), logits.end());
  double sum = 0;
  for (const std::int16_t x : logits) sum += std::exp((x - most) * scale);
  std::vector<std::int16_t> out;
  out.reserve(logits.size());
  for (const std::int16_t x : logits) {
    const double probability = std::exp((x - most) * scale) / sum;
    out.push_back(
        static_cast<std::int16_t>(to_code(probability * 256 - 128, kInt8, Rounding::kHalfEven)));
  }
  return out;
}

// Differences of logits as fixed-point numbers with 5 integer bits. Those below `least` round to a
// probability of zero.
struct Differences {
  FixedMultiplier multiplier;
  std::int32_t least = 0;
  Requant rule;

  Differences(double scale, Requant r) : rule(r) {
    multiplier = fixed_multiplier(std::min(scale * 0x1p26, 0x1p30 - 1));
    const double radius = 31.0 * 0x1p26 / std::ldexp(1.0, multiplier.shift);
    least = static_cast<std::int32_t>(-std::floor(std::min(radius, 65535.0)));
  }
  std::int32_t exp(std::int32_t difference) const {
    return exp_of_negative(multiply(difference, multiplier, rule));
  }
};

std::vector<std::int16_t> fixed_softmax(std::span<const std::int16_t> logits,
                                        const Differences& differences) {
  constexpr int kSumBits = 12;  // integer bits of the sum of exponentials
  const std::int16_t most = *std::max_element(logits.begin(), logits.end());
  std::int32_t sum = 0;
  for (const std::int16_t x : logits) {
    const int difference = x - most;
    if (difference < differences.least) continue;
    sum += divide_by_power(differences.exp(difference), kSumBits);
  }
  const int headroom = std::countl_zero(static_cast<std::uint32_t>(sum));
  const auto fraction = static_cast<std::int32_t>((static_cast<std::uint32_t>(sum) << headroom) -
                                                  (std::uint32_t{1} << 31));
  const std::int32_t reciprocal = one_over_one_plus(fraction);
  const int shift = kSumBits - headroom + 31 - 8;
  std::vector<std::int16_t> out;
  out.reserve(logits.size());
  for (const std::int16_t x : logits) {
    const int difference = x - most;
    std::int32_t code = -128;
    if (difference >= differences.least) {
      code +=
          divide_by_power(doubling_high_product(reciprocal, differences.exp(difference)), shift);
    }
    out.push_back(static_cast<std::int16_t>(kInt8.clamp(code)));
  }
  return out;
}

}  // namespace

AffineAdd affine_add(Requant rule, Affine a, Affine b, Affine out, CodeRange range) {
  const double twice = 2.0 * static_cast<double>(std::max(a.scale, b.scale));
  return {rule,
          a,
          b,
          out,
          fixed_multiplier(a.scale / twice),
          fixed_multiplier(b.scale / twice),
          fixed_multiplier(twice / (std::ldexp(1.0, kAddShift) * out.scale)),
          range};
}

std::int32_t add(std::int32_t a, std::int32_t b, const AffineAdd& layer) {
  if (layer.rule == Requant::kOnnx) {
    return quantized(dequantized(a, layer.a) + dequantized(b, layer.b), layer.out, layer.range);
  }
  const std::int32_t raised_a = (a - layer.a.zero_point) * (1 << kAddShift);
  const std::int32_t raised_b = (b - layer.b.zero_point) * (1 << kAddShift);
  const std::int32_t sum =
      multiply(raised_a, layer.a_fixed, layer.rule) + multiply(raised_b, layer.b_fixed, layer.rule);
  const std::int64_t code = multiply(sum, layer.out_fixed, layer.rule);
  return layer.range.clamp(code + layer.out.zero_point);
}

AffineChange affine_change(Requant rule, Affine from, Affine to, CodeRange range) {
  return {from, to.scale, requant_channel(rule, from.scale, 1, to, range)};
}

std::int32_t change(std::int32_t code, const AffineChange& layer) {
  const RequantChannel& channel = layer.channel;
  if (channel.rule == Requant::kOnnx) {
    return quantized(dequantized(code, layer.from), {layer.to_scale, channel.zero_point},
                     channel.range);
  }
  return requantize(code - layer.from.zero_point, channel);
}

std::vector<std::int16_t> affine_pool(PoolKind kind, std::span<const std::int16_t> planes,
                                      const PoolWindow& window, Requant rule, Affine affine,
                                      CodeRange range) {
  const std::size_t words =
      static_cast<std::size_t>(window.rows) * static_cast<std::size_t>(window.cols);
  if (words == 0 || planes.size() % words != 0) {
    throw std::invalid_argument("the words to pool are not a whole number of planes");
  }
  const std::size_t count = planes.size() / words;
  std::vector<std::int16_t> out;
  out.reserve(count * static_cast<std::size_t>(window.out_rows) *
              static_cast<std::size_t>(window.out_cols));
  for (std::size_t i = 0; i < count; ++i) {
    const std::int16_t* plane = planes.data() + i * words;
    for (int p = 0; p < window.out_rows; ++p) {
      for (int q = 0; q < window.out_cols; ++q) {
        const Taps t = taps(window, p, q);
        const std::int64_t code = kind == PoolKind::kMax
                                      ? greatest(t, plane, window.cols)
                                      : mean(t, plane, window.cols, rule, affine);
        out.push_back(static_cast<std::int16_t>(range.clamp(code)));
      }
    }
  }
  return out;
}

std::vector<std::int16_t> affine_softmax(std::span<const std::int16_t> logits, Affine scale,
                                         double beta, Requant rule) {
  if (logits.empty() || logits.size() >= kMostLogits || !(beta > 0)) {
    throw std::invalid_argument("softmax needs 1 to 4095 logits and a positive beta");
  }
  const double slope = beta * static_cast<double>(scale.scale);
  if (rule == Requant::kOnnx) return float_softmax(logits, slope);
  return fixed_softmax(logits, Differences(slope, rule));
}

}  // namespace orrery
