// Layers between convolutions, on affine codes: element-wise add, change of scale, pooling,
// softmax. Each follows one of the rules of Requant; both TFLite rules differ only where a
// fixed-point multiplier is applied.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "workloads/format/affine.h"
#include "workloads/layer/layer.h"

namespace orrery {

// Two tensors added. TFLite: codes without zero points are raised by 20 bits, scaled to twice the
// greater scale, added, and scaled down. ONNX: dequantized, added and quantized in float.
struct AffineAdd {
  Requant rule = Requant::kTflite;
  Affine a, b, out;
  FixedMultiplier a_fixed, b_fixed, out_fixed;
  CodeRange range = kInt8;
};
AffineAdd affine_add(Requant rule, Affine a, Affine b, Affine out, CodeRange range);
// The output code of two 8-bit codes.
std::int32_t add(std::int32_t a, std::int32_t b, const AffineAdd& layer);

// A tensor that changes scale, zero point or signedness (TFLite's int8 QUANTIZE; ONNX's
// DequantizeLinear, QuantizeLinear in float).
struct AffineChange {
  Affine from;
  float to_scale = 1;
  RequantChannel channel;
};
AffineChange affine_change(Requant rule, Affine from, Affine to, CodeRange range);
std::int32_t change(std::int32_t code, const AffineChange& layer);

// A pooling window over planes of rows x cols; taps outside of the plane do not count.
struct PoolWindow {
  int rows = 1, cols = 1;  // of the plane
  int size_rows = 1, size_cols = 1;
  int stride_rows = 1, stride_cols = 1;
  int pad_top = 0, pad_left = 0;
  int out_rows = 1, out_cols = 1;  // every window has a tap inside the plane
};
// Planes [n][rows][cols] to [n][out_rows][out_cols]; `affine` is that of both. TFLite: the mean of
// raw codes, divided by the taps inside, half away from zero. ONNX: dequantized, summed row by row,
// divided and quantized in float, half to even; what is a half there is decided by the rounding of
// that sum. Throws std::invalid_argument where `planes` is not a whole number of planes.
std::vector<std::int16_t> affine_pool(PoolKind kind, std::span<const std::int16_t> planes,
                                      const PoolWindow& window, Requant rule, Affine affine,
                                      CodeRange range);

// Softmax of `logits` (one row of 1 to 4095) to codes of scale 1/256 and zero point -128. TFLite:
// exp and the reciprocal in fixed point, after Jacob et al., CVPR 2018, appendix A.2; beta > 0
// multiplies the logits. ONNX: in double, half to even. Throws std::invalid_argument for other rows
// and betas.
std::vector<std::int16_t> affine_softmax(std::span<const std::int16_t> logits, Affine scale,
                                         double beta, Requant rule);

}  // namespace orrery
