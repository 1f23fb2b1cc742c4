// Tiles that pass the link as run-length codes, each by itself.
//
// A tile's words go by group, image, channel, row and column; those of a pooled ofmap by image,
// channel, row and column of its pooled planes. Its code (Eyeriss: Chen et al., JSSC 52(1), 2017)
// has three pairs of a 5-bit run and a 16-bit level in each 64 bits and takes whole ones of these.
// A run counts words whose bits are all 0.
#pragma once

#include <span>
#include <vector>

#include "sim/machine/dram_map.h"
#include "workloads/sparse/rlc.h"

namespace orrery {

// Ifmaps that an earlier layer made; what the network reads from outside is not coded.
bool codes_ifmap(const Machine& machine, const Layer& layer);
bool codes_ofmap(const Machine& machine);
// Whether what passes the link depends on values.
bool codes_any(const Machine& machine, const Layer& layer);

// Of a tile's words, in their order.
SparseStream tile_code(std::span<const std::int16_t> words);
// The words of the link that it takes, without making it.
std::int64_t tile_code_words(std::span<const std::int16_t> words);
// Throws std::logic_error where the code is not that of so many words.
std::vector<std::int16_t> decoded_tile(const SparseStream& code, std::int64_t words);

// The words of a tile of `t` (kPsum: the ofmap, pooled or not) in their order: `element` is the
// place in the row-major tensor as DRAM holds it, `glb` that in the tile, or among the pooled
// words.
std::vector<Run> coded_runs(const Layer& layer, const Machine& machine, const Box& box, Tensor t,
                            const TileLayout& layout);
std::vector<std::int16_t> words_of(const std::vector<Run>& runs,
                                   const std::vector<std::int16_t>& tensor);

// What passes the link as codes.
struct LinkValues {
  std::vector<std::int16_t> ifmap;  // as DRAM holds it
  std::vector<std::int16_t> ofmap;
};
// Of a layer with these operands (integers) and this ofmap.
LinkValues link_values(const Layer& layer, const Machine& machine, const Operands& in,
                       const OperandTensor& ofmap);

}  // namespace orrery
