// The tilings of a dataflow: which dimensions it lays out where, and every size that it may take.
#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "arch/equal_area/equal_area.h"
#include "dataflows/mapping/mapping.h"

namespace orrery {

// A dataflow as places without sizes. Taps (R, S) that are not spread turn in the PE.
struct Tiling {
  std::string_view dataflow;
  std::vector<Dim> rows, cols;  // spread over the array, outermost first
  std::vector<Dim> pe;          // turn inside a PE, outermost first
  std::vector<Dim> held;        // of these, those whose tile in a PE is a choice (spads hold them)
  std::array<bool, kTensors> keep{};
  // Where filters must stay until all images and pixels are done (Stay::kLayer): dimensions of
  // which the GLB then holds all.
  std::vector<Dim> whole{};
  // With Stay::kLayer: dimensions of which the GLB holds only what is at work on the array.
  std::vector<Dim> at_work{};
};

// How long what a dataflow keeps stays: for a tile of the GLB, or for all of the layer, as ISCA
// 2016 defines weight stationary: each weight is used for all images and pixels, whose psums must
// fit the buffer.
enum class Stay : std::uint8_t { kTile, kLayer };

// Whether the GLB keeps filters while ifmaps pass: it holds no whole ifmap for the next block of
// filters, and as many PEs as the tiles leave room for are at work (docs/isca2016.md).
inline bool ifmaps_pass(const Tiling& tiling, Stay stay) {
  return stay == Stay::kLayer && !tiling.at_work.empty();
}

// Of a dataflow by name; null for one that has no tilings of its own.
const Tiling* find_tiling(std::string_view dataflow);

// Blocks of each dimension, from DRAM inwards: the GLB's tile, a pass, how many PEs lie along it,
// and a PE's own.
struct Tiles {
  std::array<int, kDims> glb{}, pass{}, spread{}, pe{};
};

// PEs and RF words that are to be had. Fixed: rows and columns as they are; else any rectangle.
struct Room {
  int rows = 1, cols = 1;
  bool fixed = true;
  int ifmap_words = 0, filter_words = 0, psum_words = 0;
  int words = 0;  // of the three together, where the RF is pooled
};

// Every way to lay a layer out on the array and in the PEs: pass, spread and pe of Tiles, the tile
// in the GLB as small as can be. Spread sizes are even blocks; in a free rectangle, the taps that a
// dataflow spreads stay together where there are PEs for one filter plane (ISCA 2016: blocks of R x
// R PEs).
std::vector<Tiles> layouts(const Tiling& tiling, const Layer& layer, const Room& room);

// The loops of DRAM and GLB, outermost first, and what the GLB keeps.
struct Order {
  std::array<Dim, kDims> dram, glb;
  std::array<bool, kTensors> keep{true, true, true};
};
// Those of a dataflow: filters are kept where ifmaps pass.
std::vector<Order> orders(const Tiling& tiling, Stay stay);

// The smallest tile of the GLB for a layout.
Tiles smallest_tile(const Tiling& tiling, const Layer& layer, const Tiles& layout, Stay stay);

// Every size of the GLB's tile for a layout: blocks of whole passes.
std::vector<Tiles> glb_tiles(const Tiling& tiling, const Layer& layer, const Tiles& layout,
                             Stay stay);

Mapping make_mapping(const Tiling& tiling, const Tiles& tiles, const Order& order,
                     const Layer& layer);

// What a dataflow needs on a machine of equal area for these layers; throws InputError for one
// without a rule.
ArrayNeeds array_needs(std::string_view dataflow, const std::vector<Layer>& layers);

}  // namespace orrery
