// What the GLB holds: the tiles of the present pass, and those that are on their way for a later
// one.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "dataflows/pass/pass.h"

namespace orrery {

// Buffers for each tensor: one that the array uses, and others that transfers may fill or empty
// meanwhile. How many banks that takes is a matter of check(); this is where the values are.
class Glb {
 public:
  // Takes room for the largest tiles of a layer, in so many buffers for each tensor.
  void resize(const std::array<TileLayout, kTensors>& layout,
              const std::array<int, kTensors>& buffers);
  int buffers(Tensor t) const {
    return static_cast<int>(t == Tensor::kPsum ? psums_.size() : words_[index(t)].size());
  }

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
  std::array<std::vector<std::vector<std::int16_t>>, 2> words_;
  std::vector<std::vector<std::int32_t>> psums_;
  std::vector<std::vector<std::uint8_t>> padding_;
};

}  // namespace orrery
