// Compressed sparse columns with relative indices (Han et al., EIE, ISCA 2016, section III).
//
// A matrix is cut into slices of interleaved rows: slice k has the rows i with i mod slices = k.
// Of each slice and column the non-zero words stand in the order of the rows, each with the number
// of zero rows of the slice since the one before. A number that does not fit `index_bits` is cut by
// padding zeros: entries of the longest run whose word is zero. Zeros after the last non-zero word
// of a column are not stored.
#pragma once

#include "workloads/sparse/codebook.h"
#include "workloads/sparse/stream.h"

namespace orrery {

struct CscSlice {
  std::vector<std::uint32_t> pointer;  // first entry of each column, and one past the last
  std::vector<std::uint8_t> run;       // of an entry: zeros before it
  std::vector<std::int16_t> value;     // of an entry
  bool operator==(const CscSlice&) const = default;
};

struct Csc {
  int rows = 0, cols = 0;
  int index_bits = 4;  // 1..8
  int zero = 0;        // the integer that means zero
  std::vector<CscSlice> slices;
  std::int64_t entries() const;
  std::int64_t padding() const;
  bool operator==(const Csc&) const = default;
};

// `matrix` is rows x cols, row-major; slices >= 1. Throws std::logic_error for other sizes.
Csc to_csc(std::span<const std::int16_t> matrix, int rows, int cols, int slices, int zero = 0,
           int index_bits = 4);
// Back to rows x cols, row-major.
std::vector<std::int16_t> from_csc(const Csc& csc);

// How entries are written: values whole, or as places of a codebook whose words they are.
struct CscForm {
  WordForm value;
  const Codebook* codebook = nullptr;
  int value_bits() const { return codebook != nullptr ? codebook->bits() : value.code.bits; }
};

// 6 bits with the size of a pointer: what the largest slice's number of entries needs. Then slice
// after slice its pointers and its entries, value before index. Throws std::logic_error where the
// codebook lacks a value.
SparseStream encode_csc(const Csc& csc, const CscForm& form);
// The sizes are those of the csc that was encoded. Throws std::logic_error where the stream is not
// one of them.
Csc decode_csc(const SparseStream& stream, int rows, int cols, int slices, int index_bits,
               const CscForm& form);

}  // namespace orrery
