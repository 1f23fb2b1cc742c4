// How a layer is laid on a machine: a loop nest with a place for each loop, and what each level
// keeps.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "arch/machine/machine.h"
#include "workloads/input/input_error.h"
#include "workloads/input/node.h"
#include "workloads/layer/layer.h"

namespace orrery {

// When, or where. Loops run outermost first: those of DRAM choose what the GLB holds, those of the
// GLB choose what a pass works on, rows and columns spread a pass over the array, those of the PE
// run inside each PE.
enum class Place : std::uint8_t { kDram, kGlb, kRows, kCols, kPe };
std::string_view name(Place p);

// for (dim = lo; dim < hi; dim += step): a ragged last block is clipped, never padded.
struct Loop {
  Dim dim;
  int step;
  Place place;
  bool operator==(const Loop&) const = default;
};

// keep[level][tensor]: does the level hold a tile of the tensor across the loops below it that do
// not index it? In the GLB: kept, the tile is the footprint of its GLB loops; bypassed, of one pass
// (it streams through). In the PE: kept, a word is fetched once and stays while loops that do not
// index it run; bypassed, it is fetched for each use (a psum leaves after each product).
struct Keep {
  std::array<bool, kTensors> glb{true, true, true};
  std::array<bool, kTensors> pe{true, true, true};
  bool operator==(const Keep&) const = default;
};

struct Mapping {
  std::string dataflow;    // whose idea it is: "rs", "ws", "os", "nlr", or a user's own name
  std::vector<Loop> nest;  // places in the order kDram, kGlb, then kRows and kCols, then kPe
  Keep keep{};
  bool operator==(const Mapping&) const = default;
};

// Empty where the mapping is legal for (layer, machine), else one sentence that says what does not
// fit, with the numbers.
std::string check(const Mapping& mapping, const Layer& layer, const Machine& machine);

// The nest as indented `for` and `par` lines with ranges and keeps, for people.
std::string to_string(const Mapping& mapping, const Layer& layer);

// Blocks of `within` along one loop's dimension: the trip count, and the i-th block clipped.
int trips(const Loop& loop, const Box& within);
Box block(const Loop& loop, const Box& within, int i);

// Mappings of some layers, from a YAML file (docs/mapping.md).
struct NamedMapping {
  std::string layer;
  Mapping mapping;
  SourceLine where{};  // in the file it was read from
};
std::vector<NamedMapping> read_mappings(const std::filesystem::path& path);
std::vector<NamedMapping> read_mappings(const Node& root);
std::string to_yaml(const std::vector<NamedMapping>& mappings);

}  // namespace orrery
