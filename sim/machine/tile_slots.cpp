#include "sim/machine/tile_slots.h"

namespace orrery {

TileSlots::Key TileSlots::key(const Box& box) const {
  Key key{};
  for (const Dim d : kAllDims) {
    if (!indexes(d, tensor_)) continue;
    key[2 * index(d)] = box[d].lo;
    key[2 * index(d) + 1] = box[d].hi;
  }
  return key;
}

void TileSlots::add(const Box& box, std::int64_t words, std::int64_t whole) {
  if (!number_.try_emplace(key(box), boxes_.size()).second) return;
  const std::int64_t first = (end_ + whole - 1) / whole * whole;
  boxes_.push_back(box);
  first_.push_back(first);
  end_ = first + (words + 2) / 3 * 4;
}

std::size_t TileSlots::number(const Box& box) const { return number_.at(key(box)); }

}  // namespace orrery
