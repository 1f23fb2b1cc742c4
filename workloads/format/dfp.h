// INT16 dynamic fixed point: int16 codes that share one exponent, value = code * 2^exponent.
//
// Source: Das et al., Mixed Precision Training of Convolutional Neural Networks using Integer
// Operations, ICLR 2018. The exponent follows from the greatest magnitude, whose code has 15 bits.
// Codes are symmetric: -32768 is never made, because the square of it, twice, leaves int32.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "workloads/format/rounding.h"

namespace orrery {

struct DfpTensor {
  std::vector<std::int16_t> codes;
  int exponent = 0;
  bool operator==(const DfpTensor&) const = default;
};

inline constexpr CodeRange kDfpCodes = symmetric_range(16);

// floor(log2 |greatest|) - 14 + pre_shift, so that greatest / 2^exponent lies in
// [2^14, 2^15) / 2^pre_shift; 0 for a tensor of zeros. pre_shift 0..2 trades bits for longer
// chains. Throws InputError where a value is not finite.
int dfp_exponent(std::span<const float> values, int pre_shift);
// Codes round(value * 2^-exponent) with the exponent of dfp_exponent, saturated to
// +-(2^(15 - pre_shift) - 1).
DfpTensor dfp_quantize(std::span<const float> values, int pre_shift, const Rounder& rounder);
std::vector<float> dfp_dequantize(const DfpTensor& tensor);

// How a dot product is accumulated: `length` consecutive products (zeros included) in int32, then
// each such chain converted to FP32 (nearest even), scaled by 2^exponent and added to an FP32 sum
// (nearest even; subnormals are kept).
struct DfpChains {
  int length = 2;                       // >= 1
  int a_shift = 0, b_shift = 0;         // bits cut from operands on their way in (floor), 0..15
  Overflow overflow = Overflow::kWrap;  // of the int32 chain
  bool operator==(const DfpChains&) const = default;
};
struct DfpSum {
  float value = 0;
  std::uint64_t overflows = 0;  // additions whose sum left int32
  bool operator==(const DfpSum&) const = default;
};
// `exponent` is that of a product: the sum of both tensors'. Continues from `start`. Operands have
// equal lengths.
DfpSum dfp_dot(std::span<const std::int16_t> a, std::span<const std::int16_t> b, int exponent,
               const DfpChains& chains, DfpSum start = {});

// The longest chain that no operands overflow, for magnitudes of at most 32767 >> shift: 2, 4 and 8
// products for no shift, one, and one of each. That is what pre_shift leaves. A shift on the way in
// is a floor, which leaves one more for negative codes: eight squares of -16384 do overflow.
int dfp_safe_length(int a_shift, int b_shift);

// Down-conversion of int32 accumulators of one exponent: the shift
// R_s = max(0, bits of the greatest magnitude - 15) to the right, rounded, then saturated; the
// exponent grows by R_s.
DfpTensor dfp_narrow(std::span<const std::int32_t> accumulators, int exponent,
                     const Rounder& rounder);

// a + b, element by element: the codes of the smaller exponent are shifted right (floor) by the
// difference, the larger exponent stays, and the sums are narrowed.
DfpTensor dfp_add(const DfpTensor& a, const DfpTensor& b, const Rounder& rounder);

}  // namespace orrery
