// NumPy's .npy files, format versions 1 and 2: signed little-endian integers in C order.
//
// Sizes are checked against the length of the file before memory is taken. Every complaint is an
// InputError that names the file.
#pragma once

#include <filesystem>
#include <vector>

#include "workloads/tensor/tensor.h"

namespace orrery {

// Reads an array of `shape`, stored as int8 or int16, whose values fit operand_bits, signed.
OperandTensor read_npy_operands(const std::filesystem::path& path, const std::vector<int>& shape,
                                int operand_bits);
// Reads an array of `shape`, stored as int8, int16 or int32.
PsumTensor read_npy_psums(const std::filesystem::path& path, const std::vector<int>& shape);

// Write int16 and int32 beside `path`, then rename, so that no half-written file remains.
void write_npy(const std::filesystem::path& path, const OperandTensor& t);
void write_npy(const std::filesystem::path& path, const PsumTensor& t);

}  // namespace orrery
