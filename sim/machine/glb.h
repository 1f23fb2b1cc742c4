// What the GLB holds: the tiles of the present pass, and those that are on their way for a later
// one.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "dataflows/pass/pass.h"

namespace orrery {

// Two buffers for each tensor: one that the array uses, one that a transfer may fill or empty
// meanwhile. How many banks that takes is a matter of check(); this is where the values are.
class Glb {
 public:
  // Takes room for the largest tiles of a layer.
  void resize(const std::array<TileLayout, kTensors>& layout);
  // Makes the other buffer of `t` the present one, and returns its number.
  int flip(Tensor t) { return present_[index(t)] ^= 1; }
  int present(Tensor t) const { return present_[index(t)]; }

  // Ifmap or filter words, by buffer.
  std::vector<std::int16_t>& words(Tensor t, int buffer) {
    return words_[index(t)][static_cast<std::size_t>(buffer)];
  }
  // Beside the ifmap words of a buffer: 1 where padding is made at the NoC instead of being held.
  std::vector<std::uint8_t>& padding(int buffer) {
    return padding_[static_cast<std::size_t>(buffer)];
  }
  std::vector<std::int32_t>& psums(int buffer) { return psums_[static_cast<std::size_t>(buffer)]; }

 private:
  std::array<std::array<std::vector<std::int16_t>, 2>, kTensors> words_;
  std::array<std::vector<std::int32_t>, 2> psums_;
  std::array<std::vector<std::uint8_t>, 2> padding_;
  std::array<int, kTensors> present_{};
};

}  // namespace orrery
