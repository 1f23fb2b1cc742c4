// Where a layer's tensors come from: a seed, or .npy files.
#pragma once

#include <cstdint>
#include <filesystem>

#include "workloads/tensor/tensor.h"

namespace orrery {

// Seeded operands. Every word is a pure function of (seed, layer name, tensor, index), drawn from a
// counter-based generator, so it depends neither on order nor on threads; image n of a batch is the
// same whatever the batch. Ifmap words are zero (the zero point) so that the padded plane holds
// layer.ifmap_zeros zeros in expectation (padding counts first), filters with probability
// filter_zeros; the layer's patterns say how zeros lie and how many each channel has; how the
// others are drawn depends on their code (synthetic.h): those of two's complement are uniform in
// [1, 2^(bits-2)) and, non-zero, in (-2^(bits-2), 2^(bits-2)). Biases are uniform in +-2^bias_bits
// (scale.h), which follows from the layer's sizes, zeros and product_shift, around bias_centre().
//
// Here and below, operands of a packed layer (workloads/format/pack.h) are those of the layer
// before: integers.
Operands synthetic_operands(const Layer& layer, std::uint64_t seed, int psum_bits);
// The biases alone, uniform in +-2^bits; bits 0..28.
PsumTensor synthetic_biases(const Layer& layer, std::uint64_t seed, int bits);

// Multipliers of the ofmap channels, uniform in [1/2, 1) * 2^-requant_shift; none where the layer
// shifts.
std::vector<RequantChannel> synthetic_rescale(const Layer& layer, std::uint64_t seed);

// Puts words of the layer's ifmap without its padding, [N][G*C][rows][cols] in this order, into its
// padded planes.
OperandTensor padded_ifmap(const Layer& layer, const std::vector<std::int16_t>& words);

// Reads DIR/<layer>.ifmap.npy, DIR/<layer>.filter.npy and DIR/<layer>.bias.npy. The ifmap is given
// without padding, [N][G*C][H][W]; types int8, int16 or int32 (bias), C order. Throws InputError
// naming the file when one is missing, has another shape or type, or a value is none of its
// code's.
Operands operands_from_directory(const Layer& layer, const std::filesystem::path& dir);

}  // namespace orrery
