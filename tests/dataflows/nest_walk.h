// Walks a mapping's nest point by point, by nothing but its loops: a witness for what the nest
// covers, where it puts each point and what each memory must hold meanwhile.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "dataflows/mapping/mapping.h"

namespace orrery::test {

using Point = std::array<int, kDims>;
using Word = std::int64_t;

// A number for the word of `t` that a point touches; equal numbers, equal words.
inline Word word_of(const Layer& layer, Tensor t, const Point& x) {
  const auto [g, n, m, c, p, q, r, s] = x;
  const int row = p * layer.stride_rows + r * layer.dilation_rows;
  const int col = q * layer.stride_cols + s * layer.dilation_cols;
  std::array<int, 5> at{g, n, c, row, col};
  if (t == Tensor::kFilter) at = {g, m, c, r, s};
  if (t == Tensor::kPsum) at = {g, n, m, p, q};
  Word word = 0;
  for (const int coordinate : at) word = word * 4096 + coordinate;
  return word;
}

inline std::size_t distinct(std::vector<Word> words) {
  std::ranges::sort(words);
  return static_cast<std::size_t>(std::unique(words.begin(), words.end()) - words.begin());
}

// The most words that are alive at once, where a word lives from its first use to its last.
inline int most_alive(const std::vector<Word>& uses) {
  std::unordered_map<Word, std::size_t> last;
  for (std::size_t i = 0; i < uses.size(); ++i) last[uses[i]] = i;
  std::unordered_map<Word, bool> seen;
  int alive = 0, most = 0;
  for (std::size_t i = 0; i < uses.size(); ++i) {
    if (!std::exchange(seen[uses[i]], true)) most = std::max(most, ++alive);
    if (last[uses[i]] == i) --alive;
  }
  return most;
}

// What happens on the way; any of them may be left out. A tile is one step of the dram loops, a
// pass one of the glb loops.
struct Visitor {
  std::function<void()> tile, pass;
  std::function<void(const Point&, int row, int col)> mac;
};

class NestWalk {
 public:
  NestWalk(const Mapping& mapping, const Layer& layer) : nest_(mapping.nest), layer_(layer) {
    // Digits of a position count the trips of the first, largest block.
    std::array<int, kDims> size = layer.bounds;
    for (const Loop& loop : nest_) {
      int& left = size[index(loop.dim)];
      radix_.push_back((left + loop.step - 1) / loop.step);
      left = std::min(left, loop.step);
    }
  }

  void walk(const Visitor& visitor) const {
    std::array<int, kDims> lo{};
    step(0, Place::kDram, lo, layer_.bounds, 0, 0, visitor);
  }

 private:
  void step(std::size_t i, Place reached, std::array<int, kDims> lo, std::array<int, kDims> hi,
            int row, int col, const Visitor& visitor) const {
    const Place place = i < nest_.size() ? nest_[i].place : Place::kPe;
    if (reached < Place::kGlb && place >= Place::kGlb && visitor.tile) visitor.tile();
    if (reached < Place::kRows && place >= Place::kRows && visitor.pass) visitor.pass();
    if (i == nest_.size()) return visitor.mac(lo, row, col);
    const std::size_t d = index(nest_[i].dim);
    const int from = lo[d], to = hi[d];
    for (int digit = 0; from + digit * nest_[i].step < to; ++digit) {
      lo[d] = from + digit * nest_[i].step;
      hi[d] = std::min(to, lo[d] + nest_[i].step);
      step(i + 1, place, lo, hi, place == Place::kRows ? row * radix_[i] + digit : row,
           place == Place::kCols ? col * radix_[i] + digit : col, visitor);
    }
  }

  std::vector<Loop> nest_;
  const Layer& layer_;
  std::vector<int> radix_;
};

}  // namespace orrery::test
