// Binary weights and activations: -1 and +1, one bit each (1 stands for +1), and dot products that
// count bits.
//
// Sources: Courbariaux et al., BinaryNet, 2016 (arXiv 1602.02830); Rastegari et al., XNOR-Net, 2016
// (arXiv 1603.05279).
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "workloads/format/batch_norm.h"
#include "workloads/format/bit_planes.h"
#include "workloads/format/random.h"

namespace orrery {

// +1 where x >= 0. Throws InputError where a value is not finite.
Bits binarize(std::span<const float> values);
// +1 with probability clip((x + 1) / 2, 0, 1); value i draws random.at(i).
Bits binarize_stochastically(std::span<const float> values, const RandomStream& random);
// -1 and +1.
std::vector<std::int16_t> signs(const Bits& bits);

// sum of a[i] * b[i] over -1 and +1: 2 * (equal bits) - n. Equal sizes, else std::invalid_argument.
std::int64_t binary_dot(const Bits& a, const Bits& b);
// The same over the places that `valid` marks.
std::int64_t masked_binary_dot(const Bits& a, const Bits& b, const Bits& valid);
// Activations {0, 1} against weights {-1, +1}: 2 * (common ones) - (ones of the activations).
std::int64_t zero_one_dot(const Bits& activations, const Bits& weights);
// A first layer's unsigned codes (bits 1..15) against weights {-1, +1}, plane by plane.
std::int64_t plane_binary_dot(std::span<const std::int16_t> codes, int bits, const Bits& weights);

// What stands outside of a plane of bits, which has no zero.
//   kMasked    taps outside add nothing: a float reference that pads zeros after sign()
//   kMinusOne  taps outside are -1
//   kNone      there is no padding
enum class BinaryPadding : std::uint8_t { kMasked, kMinusOne, kNone };
// "masked", "minus_one", "none".
std::string_view name(BinaryPadding padding);

struct BinaryConv {
  int channels = 1;
  int rows = 1, cols = 1;  // of the ifmap plane, without padding
  int filters = 1;
  int filter_rows = 1, filter_cols = 1;
  int stride = 1;
  int pad = 0;  // on all four sides; 0 for kNone
  BinaryPadding padding = BinaryPadding::kNone;
  int out_rows() const { return (rows + 2 * pad - filter_rows) / stride + 1; }
  int out_cols() const { return (cols + 2 * pad - filter_cols) / stride + 1; }
};
// ifmap [channels][rows][cols] and filters [filters][channels][filter_rows][filter_cols] of -1
// and +1 (negative is -1, anything else +1), to psums [filters][out_rows][out_cols]. The channels
// of a place lie together in words, whose unused bits are masked. Throws std::invalid_argument for
// other sizes, a window beyond the padded plane, or padding with kNone.
std::vector<std::int32_t> binary_conv(std::span<const std::int16_t> ifmap,
                                      std::span<const std::int16_t> filters,
                                      const BinaryConv& layer);

// XNOR-Net's scale of each filter: alpha = mean |w|; weights [filters][n].
std::vector<float> filter_scales(std::span<const float> weights, int filters);
// XNOR-Net's scale of each ofmap place: K = the mean over channels of |ifmap|, averaged over the
// window (filter_rows * filter_cols taps, those in the padding being 0); [out_rows][out_cols].
std::vector<float> input_scales(std::span<const float> ifmap, const BinaryConv& layer);

// Batch norm, then sign: one comparison of an integer dot product.
//   kAtLeast  +1 where dot >= threshold (gamma > 0)
//   kAtMost   +1 where dot <= threshold (gamma < 0)
//   kAlways, kNever: gamma = 0
enum class SignRule : std::uint8_t { kAtLeast, kAtMost, kAlways, kNever };
struct SignThreshold {
  SignRule rule = SignRule::kAtLeast;
  std::int32_t threshold = 0;
  constexpr bool positive(std::int32_t dot) const {
    switch (rule) {
      case SignRule::kAtLeast:
        return dot >= threshold;
      case SignRule::kAtMost:
        return dot <= threshold;
      case SignRule::kAlways:
        return true;
      case SignRule::kNever:
        return false;
    }
    return false;
  }
  bool operator==(const SignThreshold&) const = default;
};
// The smallest (or greatest) integer dot product whose normalized value is not negative, for a
// product of n terms; beyond -n..n it stops one step outside. Exact but for the square root of the
// variance, which is rounded to double first.
SignThreshold fold_sign(const BatchNorm& norm, std::int32_t n);
// A kAtLeast threshold in equal bits: p >= ceil((threshold + n) / 2).
constexpr std::int32_t popcount_threshold(std::int32_t threshold, std::int32_t n) {
  const std::int32_t sum = threshold + n;
  return sum / 2 + (sum % 2 > 0);
}

}  // namespace orrery
