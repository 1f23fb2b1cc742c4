#include "workloads/tensor/scale.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <numbers>

#include "workloads/tensor/synthetic.h"

namespace orrery {
namespace {

constexpr int kMostProductShift = 30;
constexpr int kMostRequantShift = 31;

int round_up(double x) { return static_cast<int>(std::ceil(x)); }
int round_nearest(double x) { return static_cast<int>(std::lround(x)); }

// log2 of the deviation of a psum before any shift; minus infinity where all products are zero.
double deviation_log2(const Layer& layer, const Magnitudes& m) {
  const double taps =
      static_cast<double>(layer.channels()) * layer.bound(Dim::kR) * layer.bound(Dim::kS);
  return std::log2(taps * m.ifmap_square * m.filter_square) / 2;
}

// The shift at which the largest product, 2^b * 2^filter_bits with every |x| <= 2^b, has
// product_bits.
int whole_products(const Layer& layer, const Magnitudes& m, const Widths& widths) {
  const Code code = layer.ifmap_code();
  const int zero = layer.formats.ifmap_zero;
  const int reach = std::max(most(code) - zero, zero - least(code) - 1);
  return static_cast<int>(std::bit_width(static_cast<unsigned>(reach))) + m.filter_bits -
         (widths.product_bits - 1);
}

int product_shift(const Layer& layer, const Magnitudes& m, const Widths& widths) {
  const double deviation = deviation_log2(layer, m);
  if (!widths.cuts_products || !std::isfinite(deviation)) return 0;
  const int wanted = round_nearest(deviation - (widths.psum_bits - 4));
  return std::clamp(std::max(wanted, whole_products(layer, m, widths)), 0, kMostProductShift);
}

int requant_shift(const Layer& layer, const Magnitudes& m, const Widths& widths) {
  const Code code = layer.ofmap_code();
  if (!widths.requantizes || code.coding == Coding::kSign) return 0;
  double variance = std::exp2(2 * (deviation_log2(layer, m) - layer.product_shift));
  // A uniform word in +-B has a variance of B^2/3.
  if (layer.post.bias) variance += std::exp2(2 * bias_bits(layer, m, widths.psum_bits)) / 3;
  if (variance <= 0) return 0;
  const int wanted =
      round_up(std::log2(variance) / 2 - (std::bit_width(static_cast<unsigned>(most(code))) - 2));
  return std::clamp(wanted, 0, kMostRequantShift);
}

// x below which a standard normal number falls with probability p, 0 < p < 1.
double normal_quantile(double p) {
  double low = -8, high = 8;
  for (int i = 0; i < 60; ++i) {
    const double middle = (low + high) / 2;
    (std::erfc(-middle / std::numbers::sqrt2) / 2 < p ? low : high) = middle;
  }
  return (low + high) / 2;
}

template <class Words>
double mean_square(const Words& words, std::size_t n, int zero) {
  std::uint64_t sum = 0;  // at most 2^31 words of at most 2^32
  for (std::size_t i = 0; i < n; ++i) {
    const std::int64_t x = words[i] - zero;
    sum += static_cast<std::uint64_t>(x * x);
  }
  return n == 0 ? 0 : static_cast<double>(sum) / static_cast<double>(n);
}

}  // namespace

Magnitudes synthetic_magnitudes(const Layer& layer) {
  const Code filter = layer.filter_code();
  const int limit = synthetic_limit(filter);
  const auto widest = static_cast<unsigned>(limit > 0 ? limit - 1 : most(filter));
  return {.ifmap_square = synthetic_square(layer.ifmap_code(), layer.ifmap_zeros),
          .filter_square = synthetic_square(filter, layer.filter_zeros),
          .filter_bits = static_cast<int>(std::bit_width(widest))};
}

Magnitudes magnitudes(const Operands& in, const Formats& formats) {
  const std::size_t image = in.ifmap.data.size() / static_cast<std::size_t>(in.ifmap.shape[0]);
  unsigned largest = 0;
  for (const std::int16_t w : in.filter.data) {
    largest = std::max(largest, static_cast<unsigned>(std::abs(w - formats.filter_zero)));
  }
  return {.ifmap_square = mean_square(in.ifmap.data, image, formats.ifmap_zero),
          .filter_square = mean_square(in.filter.data, in.filter.data.size(), formats.filter_zero),
          .filter_bits = static_cast<int>(std::bit_width(largest))};
}

void settle_shifts(Layer& layer, const Magnitudes& m, const Widths& widths) {
  if (layer.kind == LayerKind::kPool) return;
  if (layer.unstated.product_shift) layer.product_shift = product_shift(layer, m, widths);
  if (layer.unstated.requant_shift) layer.post.requant_shift = requant_shift(layer, m, widths);
}

int bias_bits(const Layer& layer, const Magnitudes& m, int psum_bits) {
  const int most = psum_bits - 4;
  const double deviation = deviation_log2(layer, m) - layer.product_shift;
  return std::isfinite(deviation) ? std::clamp(round_nearest(deviation), 0, most) : most;
}

std::int32_t bias_centre(const Layer& layer, const Magnitudes& m, int psum_bits) {
  const double deviation = deviation_log2(layer, m);
  if (layer.ofmap_zeros <= 0 || !std::isfinite(deviation)) return 0;
  const double variance = std::exp2(2 * (deviation - layer.product_shift)) +
                          std::exp2(2 * bias_bits(layer, m, psum_bits)) / 3;
  const double products = static_cast<double>(layer.channels()) * layer.bound(Dim::kR) *
                          layer.bound(Dim::kS) * (1 - layer.ifmap_zeros) * (1 - layer.filter_zeros);
  const double lost = layer.product_shift > 0 ? products / 2 : 0;
  // Smaller sums are rounded to zero.
  const double least = layer.post.requant_shift > 0 ? std::exp2(layer.post.requant_shift - 1) : 1;
  const double centre = least + lost - normal_quantile(layer.ofmap_zeros) * std::sqrt(variance);
  return static_cast<std::int32_t>(std::lround(std::clamp(centre, -0x1p28, 0x1p28)));
}

}  // namespace orrery
