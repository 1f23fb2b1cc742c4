// Places in DRAM for tiles whose codes may have any length.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <vector>

#include "dataflows/pass/pass.h"

namespace orrery {

// Each tile has room for its longest code: three words of no zero take four words of the link.
class TileSlots {
 public:
  explicit TileSlots(Tensor tensor) : tensor_(tensor) {}
  // Without any, the tensor is not coded.
  bool empty() const { return boxes_.empty(); }
  // Room for a tile of `words` words, behind the last one and from a multiple of `whole` words on.
  // A box that is known gets no other.
  void add(const Box& box, std::int64_t words, std::int64_t whole);
  const std::vector<Box>& boxes() const { return boxes_; }
  // Which of boxes() that is.
  std::size_t number(const Box& box) const;
  // Words from the first one's begin to that of this one; and to the end of the last.
  std::int64_t at(const Box& box) const { return first_[number(box)]; }
  std::int64_t words() const { return end_; }

 private:
  using Key = std::array<int, std::size_t{2} * kDims>;
  Key key(const Box& box) const;

  Tensor tensor_;
  std::map<Key, std::size_t> number_;
  std::vector<Box> boxes_;
  std::vector<std::int64_t> first_;
  std::int64_t end_ = 0;
};

}  // namespace orrery
