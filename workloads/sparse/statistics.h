// The zeros of a tensor: how many, where, in what stretches, and what each code makes of them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "workloads/sparse/stream.h"
#include "workloads/tensor/tensor.h"

namespace orrery {

// What a code makes of a tensor, with the bits of its real stream.
struct CodedSize {
  std::string_view code;  // of kSparseCodes
  std::int64_t bits = 0, entries = 0, padding = 0;
  std::string why_not;   // in words, where the code cannot hold the tensor; the rest is then 0
  bool decodes = false;  // the stream gave the tensor back, word for word
};

//   rlc         run-length pairs as Eyeriss packs them (rlc.h)
//   csc         compressed columns of one slice, indices of 4 bits (csc.h); a column is one place
//   of
//               a filter over all filters, or one pixel over all channels (and images)
//   csc_shared  the same with places of a list of at most 16 values
//   bitmask     a bit a word, then the words that are not zero
//   2:4         two of four neighbouring channels, at each row and column
inline constexpr std::string_view kSparseCodes[]{"rlc", "csc", "csc_shared", "bitmask", "2:4"};

struct ZeroStatistics {
  std::string layer, tensor;  // "ifmap", "filter" or "ofmap"
  std::vector<int> shape;
  std::int64_t words = 0, zeros = 0, bits = 0;  // bits: of the words as they are
  // Channels of a map, filters of a filter tensor: their shares of zeros, and those of zeros alone.
  int channels = 0, dead = 0;
  double least_share = 0, most_share = 0, deviation = 0;
  // Stretches of zeros in the order of the tensor. stretches[i]: of 2^i to 2^(i+1) - 1 zeros.
  std::vector<std::int64_t> stretches;
  std::int64_t longest = 0;
  double share() const;
  double mean_stretch() const;   // 0 where there is none
  std::vector<CodedSize> codes;  // one for each of kSparseCodes
};

enum class TensorKind : std::uint8_t { kMap, kFilter };

// Maps are [N][channels][rows][cols], filters [filters][C][R][S]. Of signs, which have no zero,
// nothing is zero and no code holds them.
ZeroStatistics zero_statistics(const OperandTensor& tensor, TensorKind kind, const WordForm& form);

}  // namespace orrery
