#include "sim/machine/dram_map.h"

#include <fmt/format.h>

#include <array>
#include <numeric>
#include <utility>

#include "sim/schedule/walk.h"
#include "workloads/input/input_error.h"

namespace orrery {
namespace {

// One axis of a tile: the coordinates on it, and how far a step goes in DRAM and in the tile.
struct Axis {
  std::vector<int> at;
  std::int64_t dram = 0, glb = 0;
  int dram_origin = 0, glb_origin = 0;
};
using Axes = std::array<Axis, kAxes>;

std::vector<int> all_of(Range r) {
  std::vector<int> v(static_cast<std::size_t>(r.size()));
  std::iota(v.begin(), v.end(), r.lo);
  return v;
}

std::vector<int> inside(std::vector<int> at, int pad, int extent) {
  std::erase_if(at, [&](int x) { return x < pad || x >= pad + extent; });
  return at;
}

Axes ifmap_axes(const Layer& layer, const Machine& machine, const Box& box) {
  using enum Dim;
  std::vector<int> rows = touched(box[kP], box[kR], layer.stride_rows, layer.dilation_rows);
  std::vector<int> cols = touched(box[kQ], box[kS], layer.stride_cols, layer.dilation_cols);
  const bool stored = machine.padding == Padding::kStored;
  const std::int64_t height = stored ? layer.padded_rows() : layer.ifmap_rows;
  const std::int64_t width = stored ? layer.padded_cols() : layer.ifmap_cols;
  if (!stored) {
    rows = inside(std::move(rows), layer.pad_top, layer.ifmap_rows);
    cols = inside(std::move(cols), layer.pad_left, layer.ifmap_cols);
  }
  const std::int64_t plane = height * width, channels = layer.bound(kC);
  return {{{all_of(box[kG]), channels * plane},
           {all_of(box[kN]), layer.bound(kG) * channels * plane},
           {all_of(box[kC]), plane},
           {std::move(rows), width, 0, stored ? 0 : layer.pad_top},
           {std::move(cols), 1, 0, stored ? 0 : layer.pad_left}}};
}

Axes filter_axes(const Layer& layer, const Box& box) {
  using enum Dim;
  const std::int64_t s = layer.bound(kS), r = layer.bound(kR) * s, c = layer.bound(kC) * r;
  return {{{all_of(box[kG]), layer.bound(kM) * c},
           {all_of(box[kM]), c},
           {all_of(box[kC]), r},
           {all_of(box[kR]), s},
           {all_of(box[kS]), 1}}};
}

Axes psum_axes(const Layer& layer, const Box& box) {
  using enum Dim;
  const std::int64_t q = layer.bound(kQ), plane = layer.bound(kP) * q, m = layer.bound(kM) * plane;
  return {{{all_of(box[kG]), m},
           {all_of(box[kN]), layer.bound(kG) * m},
           {all_of(box[kM]), plane},
           {all_of(box[kP]), q},
           {all_of(box[kQ]), 1}}};
}

void append(std::vector<Run>& runs, Run next) {
  if (!runs.empty()) {
    Run& last = runs.back();
    if (last.dram + last.size == next.dram && last.glb + last.size == next.glb) {
      last.size += next.size;
      return;
    }
  }
  runs.push_back(next);
}

// Coordinates of an axis that follow each other: the first, and how many.
using Stretches = std::vector<std::pair<int, int>>;
Stretches stretches(const std::vector<int>& at) {
  Stretches out;
  for (const int x : at) {
    if (!out.empty() && out.back().first + out.back().second == x) {
      ++out.back().second;
    } else {
      out.emplace_back(x, 1);
    }
  }
  return out;
}

// `innermost`: the stretches of the last axis, whose elements lie next to each other.
void walk(const Axes& axes, const Stretches& innermost, std::size_t axis, std::int64_t dram,
          std::int64_t glb, std::vector<Run>& runs) {
  const Axis& a = axes[axis];
  if (axis + 1 == axes.size()) {
    for (const auto& [first, size] : innermost)
      append(runs, {dram + first - a.dram_origin, glb + first - a.glb_origin, size});
    return;
  }
  for (const int x : a.at)
    walk(axes, innermost, axis + 1, dram + (x - a.dram_origin) * a.dram,
         glb + (x - a.glb_origin) * a.glb, runs);
}

}  // namespace

std::array<TileLayout, kTensors> largest_tiles(const Layer& layer, const Machine& machine,
                                               const Mapping& mapping) {
  const Nest nest = take_apart(mapping, layer, machine);
  const Box glb = nominal(nest.dram, layer.box());
  const Box pass = nominal(nest.glb, glb);
  std::array<TileLayout, kTensors> layout;
  for (const Tensor t : kAllTensors)
    layout[index(t)] = tile_layout(layer, tile_box(mapping, t, glb, pass), t);
  return layout;
}

DramMap::TileKey DramMap::key(const Box& box) {
  TileKey key{};
  std::size_t at = 0;
  for (const Dim d : kAllDims) {
    if (!indexes(d, Tensor::kFilter)) continue;
    key[at++] = box[d].lo;
    key[at++] = box[d].hi;
  }
  return key;
}

std::int64_t DramMap::filter_tile(const Box& box) const {
  return filter + tile_at_.at(key(box)) * tile_words;
}

DramMap dram_map(const Layer& layer, const Machine& machine, const Mapping& mapping) {
  const std::int64_t channels = std::int64_t{layer.bound(Dim::kG)} * layer.bound(Dim::kC);
  const bool stored = machine.padding == Padding::kStored;
  const std::int64_t plane = stored ? std::int64_t{layer.padded_rows()} * layer.padded_cols()
                                    : std::int64_t{layer.ifmap_rows} * layer.ifmap_cols;
  const std::int64_t per_psum = machine.words_per_psum();
  DramMap map;
  map.filter = map.ifmap + layer.bound(Dim::kN) * channels * plane;
  map.bias = map.filter + elements(filter_shape(layer));
  map.tile_words = machine.store_of(Tensor::kFilter).tile_words;
  if (map.tile_words > 0 && !mapping.nest.empty() && layer.kind != LayerKind::kPool) {
    Walk walk(layer, mapping, machine);
    for (Step step; walk.next(step);) {
      const Box& tile = step.tile[index(Tensor::kFilter)];
      const auto next = static_cast<std::int64_t>(map.filter_tiles.size());
      if (step.fetch[index(Tensor::kFilter)] &&
          map.tile_at_.try_emplace(DramMap::key(tile), next).second)
        map.filter_tiles.push_back(tile);
    }
    map.bias = map.filter + static_cast<std::int64_t>(map.filter_tiles.size()) * map.tile_words;
  }
  map.psum = map.bias + per_psum * layer.bound(Dim::kG) * layer.bound(Dim::kM);
  map.ofmap = map.psum + per_psum * elements(psum_shape(layer));
  map.words = map.ofmap + elements(ofmap_shape(layer));
  const std::int64_t bytes = map.words * ((machine.numbers.word_bits + 7) / 8);
  if (bytes > machine.dram.megabytes << 20) {
    throw InputError(fmt::format("layer {}: its tensors take {} MB of DRAM; machine {} has {} MB",
                                 layer.name, (bytes + (1 << 20) - 1) >> 20, machine.name,
                                 machine.dram.megabytes));
  }
  return map;
}

std::vector<Run> tile_runs(const Layer& layer, const Machine& machine, const Box& box, Tensor t,
                           const TileLayout& layout) {
  Axes axes = t == Tensor::kIfmap    ? ifmap_axes(layer, machine, box)
              : t == Tensor::kFilter ? filter_axes(layer, box)
                                     : psum_axes(layer, box);
  const Coordinates from = origin(layer, t, box);
  for (std::size_t a = 0; a < kAxes; ++a) {
    axes[a].glb = layout.stride[a];
    axes[a].glb_origin = from[a];
  }
  std::vector<Run> runs;
  walk(axes, stretches(axes.back().at), 0, 0, 0, runs);
  return runs;
}

std::vector<std::int16_t> dram_ifmap(const Layer& layer, const Machine& machine,
                                     const OperandTensor& ifmap) {
  if (machine.padding == Padding::kStored) return ifmap.data;
  std::vector<std::int16_t> words;
  const auto width = static_cast<std::size_t>(layer.padded_cols());
  const auto plane = static_cast<std::size_t>(layer.padded_rows()) * width;
  for (std::size_t first = 0; first < ifmap.data.size(); first += plane) {
    for (int row = 0; row < layer.ifmap_rows; ++row) {
      const auto from = ifmap.data.begin() +
                        static_cast<std::ptrdiff_t>(
                            first + static_cast<std::size_t>(row + layer.pad_top) * width) +
                        layer.pad_left;
      words.insert(words.end(), from, from + layer.ifmap_cols);
    }
  }
  return words;
}

}  // namespace orrery
