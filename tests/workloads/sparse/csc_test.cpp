// Compressed columns against a plain count, and shared values.
#include "workloads/sparse/csc.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <stdexcept>

#include "tests/workloads/sparse/sparse_case.h"

namespace orrery {
namespace {

using Words = std::vector<std::int16_t>;

// Of a column of a slice: an entry for each word that is not zero, and one for every whole
// 2^index_bits zeros before it.
struct PlainCount {
  std::int64_t entries = 0, padding = 0, largest_slice = 0;
};
PlainCount plain_count(const Words& matrix, int rows, int cols, int slices, int index_bits,
                       int zero) {
  PlainCount count;
  for (int slice = 0; slice < slices; ++slice) {
    std::int64_t of_slice = 0;
    for (int col = 0; col < cols; ++col) {
      Words column;
      for (int row = slice; row < rows; row += slices)
        column.push_back(matrix[static_cast<std::size_t>(row * cols + col)]);
      const std::vector<std::int64_t> lengths = gaps(column, zero);
      for (std::size_t i = 0; i + 1 < lengths.size(); ++i) {
        count.padding += lengths[i] >> index_bits;
        of_slice += 1 + (lengths[i] >> index_bits);
      }
    }
    count.entries += of_slice;
    count.largest_slice = std::max(count.largest_slice, of_slice);
  }
  return count;
}

struct Shape {
  int rows, cols, slices, index_bits;
};
const Shape kShapes[] = {{1, 1, 1, 4},   {100, 50, 1, 4}, {100, 50, 7, 2},
                         {33, 4, 64, 4}, {64, 3, 4, 1},   {300, 5, 1, 8}};

TEST(Csc, GivesTheMatrixBackInAsManyEntriesAsAPlainCountSays) {
  unsigned seed = 1;
  for (const auto& [rows, cols, slices, index_bits] : kShapes) {
    for (const double zeros : {0.0, 0.5, 0.9, 0.99, 1.0}) {
      const SparseCase c{++seed, rows * cols, zeros, seed % 2 == 0 ? 1.0 : 30.0,
                         seed % 3 == 0 ? 9 : 0};
      const Words matrix = words_of(c);
      const Csc csc = to_csc(matrix, rows, cols, slices, c.zero, index_bits);
      const PlainCount plain = plain_count(matrix, rows, cols, slices, index_bits, c.zero);
      EXPECT_EQ(from_csc(csc), matrix) << c;
      EXPECT_EQ(csc.entries(), plain.entries) << c;
      EXPECT_EQ(csc.padding(), plain.padding) << c;
      const CscForm form{{{Coding::kTwos, 8}, c.zero}};
      const SparseStream stream = encode_csc(csc, form);
      const auto pointer =
          static_cast<int>(std::ceil(std::log2(static_cast<double>(plain.largest_slice) + 1)));
      EXPECT_EQ(stream.bits, 6 + slices * (cols + 1) * pointer + plain.entries * (8 + index_bits))
          << c;
      EXPECT_EQ(decode_csc(stream, rows, cols, slices, index_bits, form), csc) << c;
    }
  }
}

// Column 0 of 40 rows: words at rows 3, 20 and 37. 16 zeros lie before each of the last two, and a
// padding zero covers 16 rows.
TEST(Csc, PutsAPaddingZeroInTheSixteenthPlaceOfARun) {
  Words column(40, 0);
  column[3] = column[20] = column[37] = 1;
  const CscSlice slice = to_csc(column, 40, 1, 1).slices[0];
  EXPECT_EQ(slice.run, (std::vector<std::uint8_t>{3, 15, 0, 15, 0}));
  EXPECT_EQ(slice.value, (Words{1, 0, 1, 0, 1}));
}

TEST(Csc, DealsRowsToSlicesInTurn) {
  const Csc csc = to_csc(Words{1, 0, 2, 0, 3, 4}, 6, 1, 2);
  EXPECT_EQ(csc.slices[0].value, (Words{1, 2, 3}));
  EXPECT_EQ(csc.slices[1].value, (Words{4}));
  EXPECT_EQ(csc.slices[1].run, (std::vector<std::uint8_t>{2}));
}

TEST(Csc, WithSharedValuesStoresTheirPlaces) {
  const Words matrix{0, 500, -7, 0, 500, 500};
  const Codebook book = codebook_of(matrix, 16).front();
  EXPECT_EQ(book.values, (Words{0, -7, 500}));
  const CscForm form{{{Coding::kTwos, 16}, 0}, &book};
  const Csc csc = to_csc(matrix, 3, 2, 1);
  const SparseStream stream = encode_csc(csc, form);
  EXPECT_EQ(stream.bits, 6 + 3 * 3 + 4 * (2 + 4));
  EXPECT_EQ(decode_csc(stream, 3, 2, 1, 4, form), csc);
  EXPECT_THROW(encode_csc(to_csc(Words{8}, 1, 1, 1), form), std::logic_error);
}

TEST(Csc, RefusesSizesThatAreNotTheMatrixs) {
  EXPECT_THROW(to_csc(Words(6), 2, 2, 1), std::logic_error);
  EXPECT_THROW(to_csc(Words(6), 2, 3, 0), std::logic_error);
  EXPECT_THROW(to_csc(Words(6), 2, 3, 1, 0, 9), std::logic_error);
}

TEST(Codebook, SharesFewValuesKeepsZerosAndNothingElseAsZero) {
  for (const int zero : {0, -5}) {
    Words words = words_of({7, 4000, 0.8, 1, zero});
    const Words before = words;
    const Codebook book = share_values(words, 16, zero);
    put_shared(words, book);
    const std::set<std::int16_t> values(words.begin(), words.end());
    EXPECT_EQ(values.size(), 16U);
    EXPECT_EQ(book.bits(), 4);
    for (std::size_t i = 0; i < words.size(); ++i)
      EXPECT_EQ(words[i] == zero, before[i] == zero) << i;
  }
}

// Words in three narrow heaps share the means of the heaps.
TEST(Codebook, FindsTheMeansOfHeaps) {
  const Words words{0, -101, -99, -100, 0, 9, 11, 300, 302, 298};
  EXPECT_EQ(share_values(words, 4).values, (Words{0, -100, 10, 300}));
}

TEST(Codebook, TakesTheValuesThemselvesWhereTheyAreFew) {
  EXPECT_EQ(share_values(Words{4, 0, -4, 4}, 16).values, (Words{0, -4, 4}));
  EXPECT_EQ(share_values(Words{0, 0}, 16).values, (Words{0}));
  EXPECT_TRUE(codebook_of(Words{1, 2, 3}, 3).empty());
}

}  // namespace
}  // namespace orrery
