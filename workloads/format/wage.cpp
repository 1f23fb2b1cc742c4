#include "workloads/format/wage.h"

#include <array>
#include <cmath>
#include <stdexcept>

#include "workloads/format/power_of_two.h"

namespace orrery {
namespace {

constexpr double kBeta = 1.5;
constexpr double kLeastAlpha = 1.8;  // of the authors' program

void require_bits(int bits) {
  if (bits < 2 || bits > 16) throw std::invalid_argument("WAGE codes have 2 to 16 bits");
}

}  // namespace

std::string_view name(WageSource source) {
  constexpr std::array<std::string_view, 2> kNames{"paper", "code"};
  return kNames.at(static_cast<std::size_t>(source));
}

Rounding wage_rounding(WageSource source) {
  return source == WageSource::kPaper ? Rounding::kHalfAway : Rounding::kHalfEven;
}

double wage_sigma(int bits) { return std::ldexp(1.0, 1 - bits); }

double wage_shift(double x) { return nearest_power_of_two(x); }

std::vector<std::int16_t> wage_quantize(std::span<const float> values, int bits,
                                        const Rounder& rounder) {
  require_bits(bits);
  std::vector<std::int16_t> codes(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double ratio = std::ldexp(double{values[i]}, bits - 1);
    codes[i] = static_cast<std::int16_t>(
        to_code(ratio, symmetric_range(bits), rounder.rounding, rounder.draw(i)));
  }
  return codes;
}

std::vector<float> wage_dequantize(std::span<const std::int16_t> codes, int bits) {
  require_bits(bits);
  std::vector<float> values;
  values.reserve(codes.size());
  for (const std::int16_t code : codes) {
    values.push_back(std::ldexp(static_cast<float>(code), 1 - bits));
  }
  return values;
}

WageLayer wage_layer(std::int64_t n_in, int weight_bits) {
  require_bits(weight_bits);
  if (n_in < 1) throw std::invalid_argument("a layer has at least one input");
  const double drawn = std::sqrt(6.0 / static_cast<double>(n_in));
  const double least = kBeta * wage_sigma(weight_bits);
  return {std::max(drawn, least), std::max(wage_shift(least / drawn), 1.0)};
}

double wage_weight_limit(WageSource source, const WageWidths& widths) {
  const bool paper = source == WageSource::kPaper;
  return 1 - wage_sigma(paper ? widths.gradient_bits : widths.weight_bits);
}

double wage_weight_divisor(WageSource source, double alpha) {
  return source == WageSource::kCode && alpha > kLeastAlpha ? alpha : 1;
}

double wage_activation_divisor(WageSource source, double alpha) {
  return source == WageSource::kPaper ? alpha : 1;
}

int wage_requantize(std::int64_t accumulator, const WageWidths& widths, double alpha,
                    Rounding rounding, std::uint64_t draw) {
  const int shift = widths.weight_bits - 1 + std::ilogb(alpha);
  return symmetric_range(widths.activation_bits)
      .clamp(shift_right(accumulator, shift, rounding, draw));
}

}  // namespace orrery
