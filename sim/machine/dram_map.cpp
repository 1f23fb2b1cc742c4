#include "sim/machine/dram_map.h"

#include <fmt/format.h>

#include <array>
#include <numeric>
#include <utility>

#include "sim/machine/tile_code.h"
#include "sim/schedule/walk.h"
#include "workloads/input/input_error.h"

namespace orrery {
namespace {

// One axis of a tile: the coordinates on it, and how far a step goes in the tile.
struct Axis {
  std::vector<int> at;
  int dram_origin = 0, glb_origin = 0;
  std::int64_t glb = 0;
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
  if (!stored) {
    rows = inside(std::move(rows), layer.pad_top, layer.ifmap_rows);
    cols = inside(std::move(cols), layer.pad_left, layer.ifmap_cols);
  }
  return {{{all_of(box[kG])},
           {all_of(box[kN])},
           {all_of(box[kC])},
           {std::move(rows), stored ? 0 : layer.pad_top},
           {std::move(cols), stored ? 0 : layer.pad_left}}};
}

Axes axes_of(const Layer& layer, const Machine& machine, const Box& box, Tensor t) {
  using enum Dim;
  if (t == Tensor::kIfmap) return ifmap_axes(layer, machine, box);
  if (t == Tensor::kFilter)
    return {{{all_of(box[kG])},
             {all_of(box[kM])},
             {all_of(box[kC])},
             {all_of(box[kR])},
             {all_of(box[kS])}}};
  return {{{all_of(box[kG])},
           {all_of(box[kN])},
           {all_of(box[kM])},
           {all_of(box[kP])},
           {all_of(box[kQ])}}};
}

Extents extents_of(const Layer& layer, const Machine& machine, Tensor t) {
  using enum Dim;
  const auto n = [&](Dim d) { return std::int64_t{layer.bound(d)}; };
  if (t == Tensor::kFilter) return {n(kG), n(kM), n(kC), n(kR), n(kS)};
  if (t == Tensor::kPsum) return {n(kG), n(kN), n(kM), n(kP), n(kQ)};
  const bool stored = machine.padding == Padding::kStored;
  return {n(kG), n(kN), n(kC), stored ? layer.padded_rows() : layer.ifmap_rows,
          stored ? layer.padded_cols() : layer.ifmap_cols};
}

// Of an ofmap: pooled, if it is.
Extents ofmap_extents(const Layer& layer, const Machine& machine) {
  Extents extent = extents_of(layer, machine, Tensor::kPsum);
  for (const Pool& pool : layer.post.pool) {
    for (const std::size_t a : {std::size_t{3}, std::size_t{4}})
      extent[a] = pool.out(static_cast<int>(extent[a]));
  }
  return extent;
}

// The blocks of a tiled layout: the largest tile, of ifmaps from where one begins to where the next
// does. Without a nest, a plane.
Extents block_of(const Layer& layer, const Machine& machine, const Mapping& mapping, Tensor t) {
  using enum Dim;
  const Extents whole = extents_of(layer, machine, t);
  if (mapping.nest.empty()) return {1, 1, 1, whole[3], whole[4]};
  const Nest nest = take_apart(mapping, layer, machine);
  const Box glb = nominal(nest.dram, layer.box());
  const Box box = tile_box(mapping, t, glb, nominal(nest.glb, glb));
  const auto n = [&](Dim d) { return std::int64_t{box[d].size()}; };
  if (t == Tensor::kFilter) return {n(kG), n(kM), n(kC), n(kR), n(kS)};
  if (t == Tensor::kPsum) return {n(kG), n(kN), n(kM), n(kP), n(kQ)};
  const bool all_rows = box[kP].size() == layer.bound(kP),
             all_cols = box[kQ].size() == layer.bound(kQ);
  return {n(kG), n(kN), n(kC), all_rows ? whole[3] : n(kP) * layer.stride_rows,
          all_cols ? whole[4] : n(kQ) * layer.stride_cols};
}

void append(std::vector<Run>& runs, Run next) {
  if (!runs.empty()) {
    Run& last = runs.back();
    if (last.dram + last.size == next.dram && last.glb + last.size == next.glb &&
        last.element + last.size == next.element) {
      last.size += next.size;
      return;
    }
  }
  runs.push_back(next);
}

// Coordinates of an axis whose elements lie next to each other: the first, and how many.
using Stretches = std::vector<std::pair<int, int>>;
Stretches stretches(const Axis& axis, const TensorPlace::Axis& place) {
  Stretches out;
  for (const int x : axis.at) {
    const bool follows = !out.empty() && out.back().first + out.back().second == x;
    if (follows && place.inner == 1 && (x - axis.dram_origin) % place.block != 0) {
      ++out.back().second;
    } else {
      out.emplace_back(x, 1);
    }
  }
  return out;
}

struct Places {
  const TensorPlace &dram, &row_major;
};

// `innermost`: the stretches of the last axis, whose elements lie next to each other.
void walk(const Axes& axes, const Places& places, const Stretches& innermost, std::size_t axis,
          Run at, std::vector<Run>& runs) {
  const Axis& a = axes[axis];
  const auto add = [&](int x, int size) {
    const std::int64_t here = x - a.dram_origin;
    return Run{at.dram + places.dram.axis[axis].at(here), at.glb + (x - a.glb_origin) * a.glb,
               at.element + places.row_major.axis[axis].at(here), size};
  };
  if (axis + 1 == axes.size()) {
    for (const auto& [first, size] : innermost) append(runs, add(first, size));
    return;
  }
  for (const int x : a.at) walk(axes, places, innermost, axis + 1, add(x, 0), runs);
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

namespace {

// Where tensors lie, but for their first words.
void place_tensors(DramMap& map, const Layer& layer, const Machine& machine,
                   const Mapping& mapping) {
  const auto put = [&](Tensor t, Layout layout, const Extents& extent) {
    const bool tiled = layout == Layout::kTiled;
    return tensor_place(t, layout, extent, tiled ? block_of(layer, machine, mapping, t) : extent);
  };
  const TensorLayouts& layouts = layer.layouts;
  const Extents psums = extents_of(layer, machine, Tensor::kPsum);
  map.ifmap_place = put(Tensor::kIfmap, layouts.ifmap, extents_of(layer, machine, Tensor::kIfmap));
  map.filter_place =
      put(Tensor::kFilter, layouts.filter, extents_of(layer, machine, Tensor::kFilter));
  map.psum_place = put(Tensor::kPsum, layouts.ofmap, psums);
  map.ofmap_place = put(Tensor::kPsum, layouts.ofmap, ofmap_extents(layer, machine));
  const auto reordered = [](Layout l) { return l == Layout::kNhwc || l == Layout::kTiled; };
  map.by_address = machine.dram.setup || reordered(layouts.ifmap) || reordered(layouts.filter) ||
                   reordered(layouts.ofmap);
}

// In a memory with bursts, the words from which one may begin.
std::int64_t alignment(const Machine& machine) {
  if (!machine.dram.setup) return 1;
  const int burst = machine.dram.setup->standard.organization.burst_bytes();
  return burst / std::gcd(burst, machine.word_bytes());
}

}  // namespace

namespace {

// Words of the ofmap that a tile of psums makes.
std::int64_t ofmap_words(const Layer& layer, const Machine& machine, const Box& box) {
  using enum Dim;
  const std::int64_t planes = std::int64_t{box[kG].size()} * box[kN].size() * box[kM].size();
  if (layer.post.pool.empty()) return planes * box[kP].size() * box[kQ].size();
  const Extents extent = ofmap_extents(layer, machine);
  return planes * extent[3] * extent[4];
}

// Room for the codes of the tiles that the schedule comes to.
void place_codes(DramMap& map, const Layer& layer, const Machine& machine, const Mapping& mapping) {
  const bool ifmap = codes_ifmap(machine, layer), ofmap = codes_ofmap(machine);
  if (mapping.nest.empty() || (!ifmap && !ofmap)) return;
  const std::int64_t whole = alignment(machine);
  Walk walk(layer, mapping, machine);
  for (Step step; walk.next(step);) {
    const Box &in = step.tile[index(Tensor::kIfmap)], &out = step.tile[index(Tensor::kPsum)];
    if (ifmap && step.fetch[index(Tensor::kIfmap)])
      map.ifmap_slots.add(in, footprint_words(layer, in, Tensor::kIfmap), whole);
    if (ofmap && step.fate == PsumFate::kFinish)
      map.ofmap_slots.add(out, ofmap_words(layer, machine, out), whole);
  }
}

}  // namespace

DramMap dram_map(const Layer& layer, const Machine& machine, const Mapping& mapping) {
  const std::int64_t per_psum = machine.words_per_psum(), whole = alignment(machine);
  const auto aligned = [&](std::int64_t word) { return (word + whole - 1) / whole * whole; };
  DramMap map;
  place_tensors(map, layer, machine, mapping);
  place_codes(map, layer, machine, mapping);
  const auto size = [](const TileSlots& slots, const TensorPlace& place) {
    return slots.empty() ? place.elements : slots.words();
  };
  map.filter = aligned(map.ifmap + size(map.ifmap_slots, map.ifmap_place));
  std::int64_t filters = map.filter_place.elements;
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
    filters = static_cast<std::int64_t>(map.filter_tiles.size()) * map.tile_words;
  }
  if (layer.kind == LayerKind::kPool) filters = elements(filter_shape(layer));
  map.bias = aligned(map.filter + filters);
  map.psum = aligned(map.bias + per_psum * layer.bound(Dim::kG) * layer.bound(Dim::kM));
  map.ofmap = aligned(map.psum + per_psum * map.psum_place.elements);
  map.words = map.ofmap + size(map.ofmap_slots, map.ofmap_place);
  const std::int64_t bytes = map.words * machine.word_bytes();
  if (bytes > machine.dram.capacity_bytes()) {
    throw InputError(fmt::format("layer {}: its tensors take {} MB of DRAM; machine {} has {} MB",
                                 layer.name, (bytes + (1 << 20) - 1) >> 20, machine.name,
                                 machine.dram.capacity_bytes() >> 20));
  }
  return map;
}

TensorPlace row_major_place(const Layer& layer, const Machine& machine, Tensor t) {
  const Extents extent = extents_of(layer, machine, t);
  return tensor_place(t, Layout::kNchw, extent, extent);
}

TensorPlace row_major_ofmap(const Layer& layer, const Machine& machine) {
  const Extents extent = ofmap_extents(layer, machine);
  return tensor_place(Tensor::kPsum, Layout::kNchw, extent, extent);
}

std::vector<Run> tile_runs(const Layer& layer, const Machine& machine, const Box& box, Tensor t,
                           const TileLayout& layout, const TensorPlace& place) {
  Axes axes = axes_of(layer, machine, box, t);
  const Coordinates from = origin(layer, t, box);
  for (std::size_t a = 0; a < kAxes; ++a) {
    axes[a].glb = layout.stride[a];
    axes[a].glb_origin = from[a];
  }
  const TensorPlace row_major = row_major_place(layer, machine, t);
  std::vector<Run> runs;
  walk(axes, {place, row_major}, stretches(axes.back(), place.axis.back()), 0, {}, runs);
  return runs;
}

void append_plane(std::vector<Run>& runs, const TensorPlace& place, int g, int n, int channel,
                  std::int64_t glb) {
  const std::int64_t rows = place.axis[3].extent, cols = place.axis[4].extent;
  for (std::int64_t row = 0; row < rows; ++row) {
    for (std::int64_t col = 0; col < cols; ++col, ++glb)
      append(runs, {place.at({g, n, channel, row, col}), glb, glb, 1});
  }
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
