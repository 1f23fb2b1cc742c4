#include "workloads/sparse/csc.h"

#include <algorithm>
#include <stdexcept>

namespace orrery {
namespace {

// Walks a slice's rows in order and tells of each entry that they make: entry(column, run, value).
class SliceWalk {
 public:
  SliceWalk(std::span<const std::int16_t> matrix, int slice, const Csc& csc)
      : matrix_(matrix), slice_(slice), csc_(csc), longest_((1 << csc.index_bits) - 1) {}

  template <class Entry>
  void play(Entry entry) const {
    const auto cols = static_cast<std::size_t>(csc_.cols), slices = csc_.slices.size();
    std::vector<int> next(cols);  // of each column: the first row of the slice not yet covered
    int row = 0;
    for (auto at = static_cast<std::size_t>(slice_); at < static_cast<std::size_t>(csc_.rows);
         at += slices, ++row) {
      const auto words = matrix_.subspan(at * cols, cols);
      for (std::size_t col = 0; col < cols; ++col) {
        if (words[col] == csc_.zero) continue;
        int run = row - next[col];
        for (; run > longest_; run -= longest_ + 1)
          entry(col, longest_, static_cast<std::int16_t>(csc_.zero));
        entry(col, run, words[col]);
        next[col] = row + 1;
      }
    }
  }

 private:
  std::span<const std::int16_t> matrix_;
  int slice_;
  const Csc& csc_;
  int longest_;
};

CscSlice fill(const SliceWalk& walk, std::size_t cols) {
  CscSlice slice;
  slice.pointer.assign(cols + 1, 0);
  walk.play([&](std::size_t col, int, std::int16_t) { ++slice.pointer[col + 1]; });
  for (std::size_t col = 0; col < cols; ++col) slice.pointer[col + 1] += slice.pointer[col];
  slice.run.resize(slice.pointer.back());
  slice.value.resize(slice.pointer.back());
  std::vector<std::uint32_t> next(slice.pointer.begin(), slice.pointer.end() - 1);
  walk.play([&](std::size_t col, int run, std::int16_t value) {
    slice.run[next[col]] = static_cast<std::uint8_t>(run);
    slice.value[next[col]++] = value;
  });
  return slice;
}

// Of a pointer: what the largest slice needs.
int pointer_bits(const Csc& csc) {
  std::uint32_t most = 0;
  for (const CscSlice& slice : csc.slices) most = std::max(most, slice.pointer.back());
  return bits_for(most);
}

constexpr int kPointerSizeBits = 6;  // the head of the stream says how wide its pointers are

}  // namespace

std::int64_t Csc::entries() const {
  std::int64_t n = 0;
  for (const CscSlice& slice : slices) n += static_cast<std::int64_t>(slice.value.size());
  return n;
}

std::int64_t Csc::padding() const {
  std::int64_t n = 0;
  for (const CscSlice& slice : slices)
    n += std::count(slice.value.begin(), slice.value.end(), static_cast<std::int16_t>(zero));
  return n;
}

Csc to_csc(std::span<const std::int16_t> matrix, int rows, int cols, int slices, int zero,
           int index_bits) {
  const bool sizes = rows >= 0 && cols >= 0 && slices >= 1 && index_bits >= 1 && index_bits <= 8;
  if (!sizes || matrix.size() != static_cast<std::size_t>(rows) * static_cast<std::size_t>(cols))
    throw std::logic_error("a matrix to compress has other sizes than are told");
  Csc csc{rows, cols, index_bits, zero, std::vector<CscSlice>(static_cast<std::size_t>(slices))};
  for (int k = 0; k < slices; ++k) {
    csc.slices[static_cast<std::size_t>(k)] =
        fill(SliceWalk(matrix, k, csc), static_cast<std::size_t>(cols));
  }
  return csc;
}

std::vector<std::int16_t> from_csc(const Csc& csc) {
  const auto cols = static_cast<std::size_t>(csc.cols), slices = csc.slices.size();
  std::vector<std::int16_t> matrix(static_cast<std::size_t>(csc.rows) * cols,
                                   static_cast<std::int16_t>(csc.zero));
  for (std::size_t k = 0; k < slices; ++k) {
    const CscSlice& slice = csc.slices[k];
    for (std::size_t col = 0; col < cols; ++col) {
      std::size_t row = 0;
      for (std::size_t e = slice.pointer[col]; e < slice.pointer[col + 1]; ++e) {
        row += slice.run[e];
        matrix.at((row * slices + k) * cols + col) = slice.value[e];
        ++row;
      }
    }
  }
  return matrix;
}

SparseStream encode_csc(const Csc& csc, const CscForm& form) {
  BitWriter bits;
  const int of_pointer = pointer_bits(csc);
  bits.put(static_cast<std::uint64_t>(of_pointer), kPointerSizeBits);
  for (const CscSlice& slice : csc.slices) {
    for (const std::uint32_t pointer : slice.pointer) bits.put(pointer, of_pointer);
    for (std::size_t e = 0; e < slice.value.size(); ++e) {
      if (form.codebook != nullptr) {
        bits.put(static_cast<std::uint64_t>(form.codebook->place(slice.value[e])),
                 form.value_bits());
      } else {
        bits.put_word(slice.value[e], form.value);
      }
      bits.put(slice.run[e], csc.index_bits);
    }
  }
  SparseStream stream;
  stream.bits = bits.bits();
  stream.words = bits.take();
  stream.entries = csc.entries();
  stream.padding = csc.padding();
  return stream;
}

Csc decode_csc(const SparseStream& stream, int rows, int cols, int slices, int index_bits,
               const CscForm& form) {
  Csc csc{rows, cols, index_bits, form.value.zero,
          std::vector<CscSlice>(static_cast<std::size_t>(slices))};
  BitReader bits(stream);
  const auto of_pointer = static_cast<int>(bits.take(kPointerSizeBits));
  for (CscSlice& slice : csc.slices) {
    for (int col = 0; col <= cols; ++col)
      slice.pointer.push_back(static_cast<std::uint32_t>(bits.take(of_pointer)));
    if (!std::is_sorted(slice.pointer.begin(), slice.pointer.end()))
      throw std::logic_error("pointers of a compressed matrix descend");
    for (std::uint32_t e = 0; e < slice.pointer.back(); ++e) {
      slice.value.push_back(form.codebook != nullptr
                                ? form.codebook->values.at(bits.take(form.value_bits()))
                                : bits.take_word(form.value));
      slice.run.push_back(static_cast<std::uint8_t>(bits.take(index_bits)));
    }
  }
  if (bits.left() != 0) throw std::logic_error("a compressed matrix goes on after its last slice");
  return csc;
}

}  // namespace orrery
