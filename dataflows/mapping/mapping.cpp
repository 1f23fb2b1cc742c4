#include "dataflows/mapping/mapping.h"

#include <fmt/format.h>

#include <algorithm>

namespace orrery {
namespace {

constexpr std::array<std::string_view, 5> kPlaceNames{"dram", "glb", "rows", "cols", "pe"};

bool is_spatial(Place p) { return p == Place::kRows || p == Place::kCols; }

// Words of the tiles of one level, and whether it keeps them or passes them on.
std::string tile_line(std::string_view level, const Layer& layer,
                      const std::array<Box, kTensors>& box,
                      const std::array<bool, kTensors>& keep) {
  std::vector<std::string> tiles;
  for (const Tensor t : kAllTensors) {
    tiles.push_back(fmt::format("{} {}{}", name(t), footprint_words(layer, box[index(t)], t),
                                keep[index(t)] ? "" : " (bypassed)"));
  }
  return fmt::format("{}: {}", level, fmt::join(tiles, ", "));
}

// Prints a nest from the outside in: `box` is the first block that the loops so far choose.
class Printer {
 public:
  Printer(const Mapping& mapping, const Layer& layer)
      : mapping_(mapping), layer_(layer), box_(layer.box()) {}

  std::string print() {
    emit(fmt::format("{} mapping of {}, tiles in words", mapping_.dataflow, layer_.name));
    emit(tile_line("dram", layer_, {box_, box_, box_}, {true, true, true}));
    open({Place::kDram});
    emit_glb();
    open({Place::kGlb});
    emit("pass");
    ++depth_;
    open({Place::kRows, Place::kCols});
    emit(tile_line("pe", layer_, {box_, box_, box_}, mapping_.keep.pe));
    open({Place::kPe});
    emit("mac");
    return text_;
  }

 private:
  void emit(std::string_view line) { text_ += fmt::format("{:{}}{}\n", "", 2 * depth_, line); }

  void open(std::initializer_list<Place> places) {
    for (const Loop& loop : mapping_.nest) {
      if (std::ranges::count(places, loop.place) > 0) open(loop);
    }
  }

  void open(const Loop& loop) {
    const int count = trips(loop, box_);
    if (count > 1) {
      const bool spatial = is_spatial(loop.place);
      emit(fmt::format("{} {} in 0..{} step {}: {} {}", spatial ? "par" : "for", name(loop.dim),
                       box_[loop.dim].size(), loop.step, count,
                       spatial ? name(loop.place) : "trips"));
      ++depth_;
    }
    box_ = block(loop, box_, 0);
  }

  // A tensor that the GLB passes on is there a pass at a time.
  void emit_glb() {
    Box pass = box_;
    for (const Loop& loop : mapping_.nest) {
      if (loop.place == Place::kGlb) pass = block(loop, pass, 0);
    }
    std::array<Box, kTensors> tile;
    for (const Tensor t : kAllTensors) tile[index(t)] = mapping_.keep.glb[index(t)] ? box_ : pass;
    emit(tile_line("glb", layer_, tile, mapping_.keep.glb));
  }

  const Mapping& mapping_;
  const Layer& layer_;
  Box box_;
  int depth_ = 0;
  std::string text_;
};

}  // namespace

std::string_view name(Place p) { return kPlaceNames[static_cast<std::size_t>(p)]; }

int trips(const Loop& loop, const Box& within) {
  const int size = within[loop.dim].size();
  return size / loop.step + (size % loop.step != 0 ? 1 : 0);
}

Box block(const Loop& loop, const Box& within, int i) {
  Box box = within;
  Range& range = box[loop.dim];
  range.lo += i * loop.step;
  // Compared by what is left: lo + step may not fit an int.
  if (range.hi - range.lo > loop.step) range.hi = range.lo + loop.step;
  return box;
}

std::string to_string(const Mapping& mapping, const Layer& layer) {
  return Printer(mapping, layer).print();
}

}  // namespace orrery
