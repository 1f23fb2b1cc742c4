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
// and non-zero in
// (-2^(operand_bits-2), 2^(operand_bits-2)). Biases are uniform in +-2^(psum_bits-4).
Operands synthetic_operands(const Layer& layer, std::uint64_t seed, int psum_bits);

// Reads DIR/<layer>.ifmap.npy, DIR/<layer>.filter.npy and DIR/<layer>.bias.npy. The ifmap is given
// without padding, [N][G*C][H][W]; types int8, int16 or int32 (bias), C order. Throws InputError
// naming the file when one is missing, has another shape or type, or a value does not fit
// operand_bits.
Operands operands_from_directory(const Layer& layer, const std::filesystem::path& dir);

}  // namespace orrery
