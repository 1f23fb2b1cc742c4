// Where a layer's tensors come from: a seed, or .npy files.
#pragma once

#include <cstdint>
#include <filesystem>

#include "workloads/tensor/tensor.h"

namespace orrery {

// Seeded operands. Every word is a pure function of (seed, layer name, tensor, index), drawn from a
// counter-based generator, so it depends neither on order nor on threads; image n of a batch is the
// same whatever the batch. Ifmap words are zero so that the padded plane holds layer.ifmap_zeros
// zeros in expectation (padding counts first); the others are uniform in [1, 2^(operand_bits-2)) (a
// ReLU's output, one bit of headroom). Filters are zero with probability filter_zeros, else uniform
// and non-zero in (-2^(operand_bits-2), 2^(operand_bits-2)). Biases are uniform in +-2^bias_bits
// (scale.h), which follows from the layer's sizes, zeros and product_shift.
Operands synthetic_operands(const Layer& layer, std::uint64_t seed, int psum_bits);
// The biases alone, uniform in +-2^bits; bits 0..28.
PsumTensor synthetic_biases(const Layer& layer, std::uint64_t seed, int bits);

// Puts words of the layer's ifmap without its padding, [N][G*C][rows][cols] in this order, into its
// padded planes.
OperandTensor padded_ifmap(const Layer& layer, const std::vector<std::int16_t>& words);

// Reads DIR/<layer>.ifmap.npy, DIR/<layer>.filter.npy and DIR/<layer>.bias.npy. The ifmap is given
// without padding, [N][G*C][H][W]; types int8, int16 or int32 (bias), C order. Throws InputError
// naming the file when one is missing, has another shape or type, or a value does not fit
// operand_bits.
Operands operands_from_directory(const Layer& layer, const std::filesystem::path& dir);

}  // namespace orrery
