#include "dataflows/tiling/tiling.h"

#include <algorithm>

namespace orrery {
namespace {

using enum Dim;

bool contains(const std::vector<Dim>& dims, Dim d) { return std::ranges::count(dims, d) > 0; }

// Filters outside: a filter tile stays for all images and pixels. Pixels outside: an ifmap tile
// stays for all filters. Reductions turn inside both, so that psums stay.
constexpr std::array<Dim, kDims> kPixelsOutside{kG, kN, kP, kQ, kM, kC, kR, kS};
constexpr std::array<Dim, kDims> kFiltersOutside{kG, kM, kN, kP, kQ, kC, kR, kS};
constexpr std::array<Dim, kDims> kReductionsOutside{kG, kC, kR, kS, kN, kP, kQ, kM};

// Sizes that cut `size` into even blocks, none above `most`, largest first: all below 16, above
// that each a seventh less than the one before or smaller.
std::vector<int> even_sizes(int size, int most) {
  std::vector<int> sizes;
  for (int step = std::min(size, most); step >= 1;) {
    const int blocks = (size + step - 1) / step;
    step = (size + blocks - 1) / blocks;
    sizes.push_back(step);
    step -= std::max(1, step / 7);
  }
  return sizes;
}

class Layouts {
 public:
  Layouts(const Tiling& tiling, const Layer& layer, const Room& room)
      : tiling_(tiling),
        layer_(layer),
        room_(room),
        whole_taps_(!room.fixed && layer.bound(kR) * layer.bound(kS) <= room.rows * room.cols) {}

  std::vector<Tiles> run() {
    Tiles tiles;
    tiles.spread.fill(1);
    tiles.pe.fill(1);
    for (const Dim d : {kR, kS}) {
      if (contains(tiling_.pe, d)) tiles.pe[index(d)] = layer_.bound(d);
    }
    hold(tiles, 0);
    return std::move(found_);
  }

 private:
  int left(Dim d, const Tiles& tiles) const {
    return (layer_.bound(d) + tiles.pe[index(d)] - 1) / tiles.pe[index(d)];
  }

  // Sizes of what the spads hold; the inner of two gets all that is left.
  void hold(Tiles& tiles, std::size_t i) {
    if (i == tiling_.held.size()) return lay(tiles, 0, room_.rows, room_.cols);
    const Dim d = tiling_.held[i];
    for (const int size : even_sizes(layer_.bound(d), 4096)) {
      tiles.pe[index(d)] = size;
      if (!spads_hold(tiles)) continue;
      hold(tiles, i + 1);
    }
    tiles.pe[index(d)] = 1;
  }

  // One window, and the filters and psums of its steps.
  bool spads_hold(const Tiles& tiles) const {
    const auto pe = [&](Dim d) { return std::int64_t{tiles.pe[index(d)]}; };
    const std::int64_t ifmap = pe(kC) * pe(kS), filter = ifmap * pe(kM), psum = pe(kM);
    const bool pooled = room_.words == 0 || ifmap + filter + psum <= room_.words;
    return pooled && ifmap <= room_.ifmap_words && filter <= room_.filter_words &&
           psum <= room_.psum_words;
  }

  void lay(Tiles& tiles, std::size_t i, int rows, int cols) {
    const std::size_t all = tiling_.rows.size() + tiling_.cols.size();
    if (i == all) return add(tiles);
    const bool on_rows = i < tiling_.rows.size();
    const Dim d = on_rows ? tiling_.rows[i] : tiling_.cols[i - tiling_.rows.size()];
    const int pes = rows * cols;  // where any rectangle will do, rows and cols are only a product
    const int most = !room_.fixed ? pes : (on_rows ? rows : cols);
    const int at_most_rows = std::min(most, kMostRows);
    for (const int size : even_sizes(left(d, tiles), at_most_rows)) {
      if (whole_taps_ && (d == kR || d == kS) && size < layer_.bound(d)) break;
      tiles.spread[index(d)] = size;
      if (!room_.fixed) {
        lay(tiles, i + 1, pes / size, 1);
      } else {
        lay(tiles, i + 1, on_rows ? rows / size : rows, on_rows ? cols : cols / size);
      }
      // The last dimension takes what is left: fewer PEs save nothing, unless filters must fit.
      if (i + 1 == all && (room_.fixed || tiling_.at_work.empty())) break;
    }
    tiles.spread[index(d)] = 1;
  }

  void add(const Tiles& tiles) {
    Tiles whole = tiles;
    for (const Dim d : kAllDims) {
      const std::size_t k = index(d);
      whole.pass[k] = std::min(layer_.bound(d), tiles.spread[k] * tiles.pe[k]);
      whole.glb[k] = whole.pass[k];
    }
    found_.push_back(whole);
  }

  static constexpr int kMostRows = 1024;  // array.rows

  const Tiling& tiling_;
  const Layer& layer_;
  const Room& room_;
  bool whole_taps_;
  std::vector<Tiles> found_;
};

// Sizes of a tile in whole blocks: all of them, half, a third, a quarter and so on.
std::vector<int> tile_sizes(int bound, int block) {
  std::vector<int> sizes;
  const int blocks = (bound + block - 1) / block;
  for (const int parts : {1, 2, 3, 4, 6, 8, 12, 16, 32, 64, 128, 256, 1024, 4096}) {
    if (parts > blocks) break;
    const int size = std::min(bound, block * ((blocks + parts - 1) / parts));
    if (sizes.empty() || sizes.back() != size) sizes.push_back(size);
  }
  if (sizes.back() != std::min(bound, block)) sizes.push_back(std::min(bound, block));
  return sizes;
}

}  // namespace

const Tiling* find_tiling(std::string_view dataflow) {
  static const std::vector<Tiling> tilings{
      {"rs", {kC, kR}, {kM, kP}, {kN, kQ, kS, kC, kM}, {kC, kM}, {true, true, true}},
      {"ws", {kC, kR, kS}, {kM}, {kN, kP, kQ}, {}, {false, true, false}, {kN, kP, kQ}, {kM}},
      {"os_a", {kN, kP}, {kQ}, {kC, kR, kS}, {}, {false, false, true}, {kC}, {kN, kP, kQ}},
      {"os_b", {kN, kQ}, {kM}, {kC, kR, kS}, {}, {false, false, true}, {kC}, {kN, kP, kQ}},
      {"os_c", {kN}, {kM}, {kC, kR, kS}, {}, {false, false, true}, {kC}, {kN, kP, kQ}},
      {"nlr", {kC}, {kM}, {kN, kP, kQ}, {}, {false, false, false}}};
  const auto it = std::ranges::find(tilings, dataflow, &Tiling::dataflow);
  return it == tilings.end() ? nullptr : &*it;
}

std::vector<Tiles> layouts(const Tiling& tiling, const Layer& layer, const Room& room) {
  return Layouts(tiling, layer, room).run();
}

std::vector<Order> orders(const Tiling& tiling, Stay stay) {
  const bool filters_stay = ifmaps_pass(tiling, stay);
  std::vector<Order> all;
  for (const auto& dram : {kPixelsOutside, kFiltersOutside}) {
    for (const auto& glb : {kPixelsOutside, kReductionsOutside}) {
      for (const auto& keep : {std::array{true, true, true}, std::array{true, false, true},
                               std::array{false, true, true}}) {
        if (keep[index(Tensor::kFilter)] || !filters_stay) all.push_back({dram, glb, keep});
      }
    }
  }
  return all;
}

namespace {

// Taps and columns stay together.
std::vector<int> sizes_of(const Tiling& tiling, Dim d, const Layer& layer, const Tiles& layout,
                          Stay stay) {
  if (d == kG) return {1};
  if (ifmaps_pass(tiling, stay) && contains(tiling.at_work, d)) return {layout.pass[index(d)]};
  if (d == kR || d == kS || d == kQ) return {layer.bound(d)};
  return tile_sizes(layer.bound(d), layout.pass[index(d)]);
}

// What turns in a PE without a choice of its own turns over the whole tile.
void set_tile(Tiles& tiles, Dim d, int size, const Tiling& tiling, const Layer& layer, Stay stay) {
  const std::size_t k = index(d);
  const bool whole = stay == Stay::kLayer && contains(tiling.whole, d);
  tiles.glb[k] = whole ? layer.bound(d) : size;
  if (!contains(tiling.pe, d) || contains(tiling.held, d)) return;
  tiles.pass[k] = size;
  tiles.pe[k] = (size + tiles.spread[k] - 1) / tiles.spread[k];
}

}  // namespace

Tiles smallest_tile(const Tiling& tiling, const Layer& layer, const Tiles& layout, Stay stay) {
  Tiles tiles = layout;
  for (const Dim d : kAllDims)
    set_tile(tiles, d, sizes_of(tiling, d, layer, layout, stay).back(), tiling, layer, stay);
  return tiles;
}

std::vector<Tiles> glb_tiles(const Tiling& tiling, const Layer& layer, const Tiles& layout,
                             Stay stay) {
  std::vector<Tiles> all{layout};
  for (const Dim d : kAllDims) {
    std::vector<Tiles> cut;
    const std::vector<int> sizes = sizes_of(tiling, d, layer, layout, stay);
    for (const Tiles& tiles : all) {
      for (const int size : sizes) set_tile(cut.emplace_back(tiles), d, size, tiling, layer, stay);
    }
    all = std::move(cut);
  }
  return all;
}

Mapping make_mapping(const Tiling& tiling, const Tiles& tiles, const Order& order,
                     const Layer& layer) {
  Mapping mapping{.dataflow = std::string(tiling.dataflow), .nest = {}, .keep = {}};
  mapping.keep.glb = order.keep;
  mapping.keep.pe = tiling.keep;
  Box box = layer.box();
  const auto add = [&](Dim d, int step, Place place) {
    const Loop loop{d, step, place};
    if (trips(loop, box) > 1) mapping.nest.push_back(loop);
    box = block(loop, box, 0);
  };
  for (const Dim d : order.dram) add(d, tiles.glb[index(d)], Place::kDram);
  for (const Dim d : order.glb) add(d, tiles.pass[index(d)], Place::kGlb);
  for (const Dim d : tiling.rows) add(d, tiles.pe[index(d)], Place::kRows);
  for (const Dim d : tiling.cols) add(d, tiles.pe[index(d)], Place::kCols);
  for (const Dim d : tiling.pe) add(d, 1, Place::kPe);
  return mapping;
}

}  // namespace orrery
