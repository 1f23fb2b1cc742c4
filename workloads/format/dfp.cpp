#include "workloads/format/dfp.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace orrery {
namespace {

constexpr int kMagnitudeBits = 15;

std::int64_t shifted(const DfpTensor& t, std::size_t i, int exponent) {
  return t.codes[i] >> std::min(exponent - t.exponent, kMagnitudeBits + 1);
}

// The sum as int32; counts it where it does not fit.
std::int32_t kept(std::int64_t sum, Overflow overflow, std::uint64_t& overflows) {
  const std::int64_t wrapped = wrap(sum, 32);
  if (wrapped == sum) return static_cast<std::int32_t>(sum);
  ++overflows;
  if (overflow == Overflow::kWrap) return static_cast<std::int32_t>(wrapped);
  return sum < 0 ? std::numeric_limits<std::int32_t>::min()
                 : std::numeric_limits<std::int32_t>::max();
}

}  // namespace

int dfp_exponent(std::span<const float> values, int pre_shift) {
  require_finite(values);
  float most = 0;
  for (const float v : values) most = std::max(most, std::abs(v));
  return most == 0 ? 0 : std::ilogb(most) - (kMagnitudeBits - 1) + pre_shift;
}

DfpTensor dfp_quantize(std::span<const float> values, int pre_shift, const Rounder& rounder) {
  DfpTensor out{std::vector<std::int16_t>(values.size()), dfp_exponent(values, pre_shift)};
  const CodeRange range = symmetric_range(kMagnitudeBits + 1 - pre_shift);
  for (std::size_t i = 0; i < values.size(); ++i) {
    out.codes[i] = static_cast<std::int16_t>(to_code(std::ldexp(double{values[i]}, -out.exponent),
                                                     range, rounder.rounding, rounder.draw(i)));
  }
  return out;
}

std::vector<float> dfp_dequantize(const DfpTensor& tensor) {
  std::vector<float> values(tensor.codes.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = std::ldexp(static_cast<float>(tensor.codes[i]), tensor.exponent);
  }
  return values;
}

DfpSum dfp_dot(std::span<const std::int16_t> a, std::span<const std::int16_t> b, int exponent,
               const DfpChains& chains, DfpSum start) {
  if (a.size() != b.size()) throw std::invalid_argument("operands must have equal lengths");
  if (chains.length < 1) throw std::invalid_argument("a chain has at least one product");
  const auto length = static_cast<std::size_t>(chains.length);
  const int chain_exponent = exponent + chains.a_shift + chains.b_shift;
  for (std::size_t begin = 0; begin < a.size(); begin += length) {
    const std::size_t end = std::min(a.size(), begin + length);
    std::int32_t chain = 0;
    for (std::size_t i = begin; i < end; ++i) {
      const std::int64_t product =
          std::int64_t{a[i] >> chains.a_shift} * std::int64_t{b[i] >> chains.b_shift};
      chain = kept(chain + product, chains.overflow, start.overflows);
    }
    start.value += std::ldexp(static_cast<float>(chain), chain_exponent);
  }
  return start;
}

int dfp_safe_length(int a_shift, int b_shift) {
  const int greatest = (kDfpCodes.most >> a_shift) * (kDfpCodes.most >> b_shift);
  return std::numeric_limits<std::int32_t>::max() / greatest;
}

DfpTensor dfp_narrow(std::span<const std::int32_t> accumulators, int exponent,
                     const Rounder& rounder) {
  std::uint32_t most = 0;
  for (const std::int32_t x : accumulators) {
    most = std::max(most, static_cast<std::uint32_t>(std::abs(std::int64_t{x})));
  }
  const int shift = std::max(0, static_cast<int>(std::bit_width(most)) - kMagnitudeBits);
  DfpTensor out{std::vector<std::int16_t>(accumulators.size()), exponent + shift};
  for (std::size_t i = 0; i < accumulators.size(); ++i) {
    out.codes[i] = static_cast<std::int16_t>(
        kDfpCodes.clamp(shift_right(accumulators[i], shift, rounder.rounding, rounder.draw(i))));
  }
  return out;
}

DfpTensor dfp_add(const DfpTensor& a, const DfpTensor& b, const Rounder& rounder) {
  if (a.codes.size() != b.codes.size()) {
    throw std::invalid_argument("operands must have equal lengths");
  }
  const int exponent = std::max(a.exponent, b.exponent);
  std::vector<std::int32_t> sums(a.codes.size());
  for (std::size_t i = 0; i < sums.size(); ++i) {
    sums[i] = static_cast<std::int32_t>(shifted(a, i, exponent) + shifted(b, i, exponent));
  }
  return dfp_narrow(sums, exponent, rounder);
}

}  // namespace orrery
