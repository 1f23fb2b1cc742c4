#include "sim/machine/post_unit.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace orrery {
namespace {

// The window's rows (or columns) inside a plane.
Range clipped(int out, const Pool& window, int extent) {
  const int lo = out * window.stride - window.pad;
  return {std::max(lo, 0), std::min(lo + window.size, extent)};
}

// Half away from zero.
std::int32_t mean(std::int64_t sum, std::int64_t n) {
  const std::int64_t magnitude = ((sum < 0 ? -sum : sum) * 2 + n) / (2 * n);
  return static_cast<std::int32_t>(sum < 0 ? -magnitude : magnitude);
}

std::int32_t pool_window(const std::int32_t* plane, int cols, Range rows, Range columns,
                         PoolKind kind) {
  std::int32_t most = std::numeric_limits<std::int32_t>::min();
  std::int64_t sum = 0;
  for (int r = rows.lo; r < rows.hi; ++r) {
    for (int c = columns.lo; c < columns.hi; ++c) {
      const std::int32_t x = plane[r * cols + c];
      most = std::max(most, x);
      sum += x;
    }
  }
  return kind == PoolKind::kMax ? most : mean(sum, std::int64_t{rows.size()} * columns.size());
}

std::int64_t in_int32(std::int64_t x) {
  return std::clamp<std::int64_t>(x, std::numeric_limits<std::int32_t>::min(),
                                  std::numeric_limits<std::int32_t>::max());
}

// x / 2^bits, half away from zero.
std::int64_t shifted(std::int64_t x, int bits) {
  const std::int64_t magnitude = x < 0 ? -x : x;
  const std::int64_t rounded =
      bits == 0 ? magnitude : (magnitude + (std::int64_t{1} << (bits - 1))) >> bits;
  return x < 0 ? -rounded : rounded;
}

// The upper half of a 32 x 32 multiplier, to nearest, halves upwards; -2^31 * -2^31 saturates. Then
// the shifter, which rounds again.
std::int64_t twice_rounded(std::int64_t x, FixedMultiplier m) {
  const std::int64_t raised = in_int32(x * (std::int64_t{1} << std::max(m.shift, 0)));
  const std::int64_t upper = in_int32((raised * m.mantissa + (std::int64_t{1} << 30)) >> 31);
  return shifted(upper, std::max(-m.shift, 0));
}

std::int64_t once_rounded(std::int64_t x, FixedMultiplier m) {
  const std::int64_t product = x * m.mantissa;
  const int bits = 31 - m.shift;
  return in_int32((product >> bits) + (product >> (bits - 1) & 1));
}

// A float's product; the tie between two integers goes to the even one.
std::int64_t by_float(std::int64_t x, float scale) {
  const double product = static_cast<float>(x) * scale;
  if (product >= 0x1p31 || product < -0x1p31) return in_int32(product < 0 ? INT64_MIN : INT64_MAX);
  const double below = std::floor(product);
  const auto whole = static_cast<std::int64_t>(below);
  const double rest = product - below;
  return whole + (rest > 0.5 || (rest == 0.5 && whole % 2 != 0) ? 1 : 0);
}

std::int64_t rescaled(std::int64_t x, const RequantChannel& channel) {
  if (channel.rule == Requant::kOnnx) return by_float(x, channel.scale);
  return channel.rule == Requant::kTflite ? twice_rounded(x, channel.fixed)
                                          : once_rounded(x, channel.fixed);
}

}  // namespace

std::int16_t PostUnit::finish(std::int32_t psum, std::int32_t bias,
                              const RequantChannel* channel) const {
  if (layer_.kind == LayerKind::kPool) {
    const std::int64_t taps = std::int64_t{layer_.bound(Dim::kR)} * layer_.bound(Dim::kS);
    return static_cast<std::int16_t>(layer_.pool.kind == PoolKind::kAverage ? mean(psum, taps)
                                                                            : psum);
  }
  const PostProcess& post = layer_.post;
  const Code code = layer_.ofmap_code();
  std::int64_t value =
      kind_ == PsumKind::kSingle ? static_cast<std::int64_t>(std::bit_cast<float>(psum)) : psum;
  value += post.bias ? bias : 0;
  if (code.coding == Coding::kSign) return value >= 0 ? std::int16_t{1} : std::int16_t{-1};
  if (channel != nullptr) {
    value = rescaled(in_int32(value), *channel);
  } else if (post.requant_shift > 0) {
    value = (value + (std::int64_t{1} << (post.requant_shift - 1))) >> post.requant_shift;
  }
  value += layer_.formats.ofmap_zero;
  const int least = layer_.least_ofmap(), most = layer_.most_ofmap();
  const int lowest = post.relu ? std::clamp(layer_.formats.ofmap_zero, least, most) : least;
  return static_cast<std::int16_t>(std::clamp(value, std::int64_t{lowest}, std::int64_t{most}));
}

Planes PostUnit::pool(const Planes& in, const Pool& window) {
  Planes out{window.out(in.rows), window.out(in.cols), {}};
  const auto size = static_cast<std::size_t>(in.rows) * static_cast<std::size_t>(in.cols);
  for (std::size_t first = 0; first < in.word.size(); first += size) {
    for (int p = 0; p < out.rows; ++p) {
      for (int q = 0; q < out.cols; ++q) {
        out.word.push_back(pool_window(&in.word[first], in.cols, clipped(p, window, in.rows),
                                       clipped(q, window, in.cols), window.kind));
      }
    }
  }
  return out;
}

}  // namespace orrery
