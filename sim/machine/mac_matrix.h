// Filter words that stay for many steps, as a matrix: a step of all its PEs is one product with a
// vector of ifmap words, by whatever SIMD the processor has.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace orrery {

class MacMatrix {
 public:
  // Word (r, c) is words[lane[r * cols + c]].
  void load(std::size_t rows, std::size_t cols, const std::int16_t* words,
            const std::int32_t* lane);
  // psum[c] = sum over r of x[r] * word(r, c), modulo 2^32.
  void multiply(const std::vector<std::int16_t>& x);
  const std::vector<std::int32_t>& psum() const { return psum_; }

 private:
  std::size_t pairs_ = 0, cols_ = 0;  // of rows; padded to whole vectors
  std::vector<std::int16_t> words_;   // [pair][column][row of the pair]
  std::vector<std::int32_t> x_;       // two words each
  std::vector<std::int32_t> psum_;
};

}  // namespace orrery
