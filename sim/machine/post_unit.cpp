#include "sim/machine/post_unit.h"

#include <algorithm>
#include <bit>
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

}  // namespace

std::int16_t PostUnit::finish(std::int32_t psum, std::int32_t bias) const {
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
  if (post.requant_shift > 0)
    value = (value + (std::int64_t{1} << (post.requant_shift - 1))) >> post.requant_shift;
  value += layer_.formats.ofmap_zero;
  const int lowest = post.relu ? std::max(layer_.formats.ofmap_zero, least(code)) : least(code);
  return static_cast<std::int16_t>(
      std::clamp(value, std::int64_t{lowest}, std::int64_t{most(code)}));
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
