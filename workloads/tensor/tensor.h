// Dense integer tensors, row-major, last axis fastest.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "workloads/format/affine.h"
#include "workloads/layer/layer.h"

namespace orrery {

// Words of 8- or 16-bit operands, held as int16 whatever their width.
struct OperandTensor {
  std::vector<int> shape;
  std::vector<std::int16_t> data;
  bool operator==(const OperandTensor&) const = default;
};

// psums and biases: up to 32 bits.
struct PsumTensor {
  std::vector<int> shape;
  std::vector<std::int32_t> data;
  bool operator==(const PsumTensor&) const = default;
};

// What a layer reads. Shapes:
//   ifmap  [N][G*C][H][W], planes padded with zeros (H = padded_rows, W = padded_cols)
//   filter [G*M][C][R][S]   (empty for pooling layers)
//   bias   [G*M]            (empty where the layer has none), in units of the psum
//   rescale[G*M]            (empty where psums are shifted)
struct Operands {
  OperandTensor ifmap;
  OperandTensor filter;
  PsumTensor bias;
  std::vector<RequantChannel> rescale{};
};

// Shapes as above; ofmap is [N][G*M][P][Q] before pooling, [N][G*M][P'][Q'] after.
std::vector<int> ifmap_shape(const Layer& layer);
std::vector<int> filter_shape(const Layer& layer);
std::vector<int> ofmap_shape(const Layer& layer);  // as written to DRAM: after pooling
std::vector<int> psum_shape(const Layer& layer);   // before post-processing
std::int64_t elements(const std::vector<int>& shape);

// SHA-256 of the little-endian int16 words (int8 layers: still int16), in lower-case hex.
std::string sha256(const OperandTensor& t);

}  // namespace orrery
