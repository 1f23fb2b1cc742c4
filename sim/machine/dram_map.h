// Where the tensors of a layer lie in DRAM, and which of its words make up a tile in the GLB.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "sim/machine/tensor_place.h"
#include "sim/machine/tile_slots.h"
#include "workloads/tensor/tensor.h"

namespace orrery {

// First word of each tensor, one after the other; in a memory with bursts each begins with one.
// Addresses count words of the machine's word_bits. Ifmaps are held with their padding where the
// machine stores it. Biases and psums take words_per_psum words each.
struct DramMap {
  std::int64_t ifmap = 0, filter = 0, bias = 0, psum = 0, ofmap = 0;
  std::int64_t words = 0;  // of all
  // How the elements of each tensor lie (layer.layouts); psums as they are before pooling.
  TensorPlace ifmap_place, filter_place, psum_place, ofmap_place;
  const TensorPlace& place(Tensor t) const {
    return t == Tensor::kIfmap ? ifmap_place : t == Tensor::kFilter ? filter_place : psum_place;
  }
  // A transfer asks for its words by ascending address. Else, with a plain link and nchw alone, in
  // the order of the tile.
  bool by_address = false;
  // Where filters lie as tiles (Store::tile_words): their boxes in the order in which the schedule
  // comes to them, one after the other from `filter` on. Empty: they lie as a tensor.
  std::vector<Box> filter_tiles;
  std::int64_t tile_words = 0;
  // Where tiles lie as codes (tile_code.h), from `ifmap` and `ofmap` on: in the order in which the
  // schedule comes to them. Empty: they lie as tensors.
  TileSlots ifmap_slots{Tensor::kIfmap}, ofmap_slots{Tensor::kPsum};
  // First word of the tile of that box.
  std::int64_t filter_tile(const Box& box) const;

 private:
  friend DramMap dram_map(const Layer& layer, const Machine& machine, const Mapping& mapping);
  using TileKey = std::array<int, std::size_t{2} * kAxes>;
  static TileKey key(const Box& box);
  std::map<TileKey, std::int64_t> tile_at_;
};
// An empty mapping (of a pooling layer) has no tiles. Throws InputError where the machine's DRAM is
// too small.
DramMap dram_map(const Layer& layer, const Machine& machine, const Mapping& mapping);

// The layouts of the largest tiles that a mapping asks for.
std::array<TileLayout, kTensors> largest_tiles(const Layer& layer, const Machine& machine,
                                               const Mapping& mapping);

// The ifmap as DRAM holds it: with its padding, or without where the machine makes it.
std::vector<std::int16_t> dram_ifmap(const Layer& layer, const Machine& machine,
                                     const OperandTensor& ifmap);

// Elements that lie next to each other in DRAM, in the GLB and in the tensor.
struct Run {
  std::int64_t dram = 0;     // place in the tensor as DRAM holds it
  std::int64_t glb = 0;      // element of the tile
  std::int64_t element = 0;  // of the row-major tensor
  int size = 0;
};

// The tile of `t` over `box`, each distinct element once. Padding that the machine does not store
// is left out.
std::vector<Run> tile_runs(const Layer& layer, const Machine& machine, const Box& box, Tensor t,
                           const TileLayout& layout, const TensorPlace& place);
// One plane: row by row in the GLB from element `glb` on.
void append_plane(std::vector<Run>& runs, const TensorPlace& place, int g, int n, int channel,
                  std::int64_t glb);

// How the tensor lies row-major.
TensorPlace row_major_place(const Layer& layer, const Machine& machine, Tensor t);
// The same of the ofmap, pooled if it is.
TensorPlace row_major_ofmap(const Layer& layer, const Machine& machine);

}  // namespace orrery
