#include "sim/choose/choose.h"

#include <algorithm>
#include <limits>

#include "arch/energy/price_list.h"
#include "dataflows/all.h"
#include "dataflows/tiling/tiling.h"
#include "sim/dram/word_prices.h"
#include "sim/schedule/misfit.h"
#include "workloads/input/input_error.h"

namespace orrery {
namespace {

class Choosing {
 public:
  Choosing(const Layer& layer, const Machine& machine, Shape shape, const EnergyTable& table,
           Objective objective)
      : layer_(layer),
        machine_(machine),
        shape_(shape),
        prices_(with_memory(price_list(table, machine), machine)),
        objective_(objective) {}

  // The sentence of the dataflow's own mapping where that is all there is.
  void automatic(const Dataflow& dataflow) {
    try {
      const Mapping mapping = dataflow.map(layer_, machine_);
      const std::string why = misfit(machine_, layer_, mapping);
      if (!why.empty()) {
        best_.why = why;
        return;
      }
      const Estimate found = judged(mapping, machine_);
      take(mapping, machine_, found, cost(found));
    } catch (const InputError& mistake) {
      best_.why = mistake.what();
    }
  }

  void tilings(const Tiling& tiling, int pool_words) {
    const Stay stay = shape_ == Shape::kAny ? Stay::kLayer : Stay::kTile;
    orders_ = orders(tiling, stay);
    std::vector<std::pair<double, Tiles>> ranked;
    const bool passes = ifmaps_pass(tiling, stay);
    std::array<int, kDims> last{};
    for (const Tiles& tiles : layouts(tiling, layer_, room(pool_words))) {
      if (passes && outer(tiling, tiles) == last) continue;  // one with more PEs fits
      if (!smallest_fits(tiling, tiles, stay)) continue;
      last = outer(tiling, tiles);
      Tiles whole = tiles;  // as if the GLB held all
      whole.glb = layer_.bounds;
      whole.glb[index(Dim::kG)] = 1;
      for (const Dim d : tiling.at_work) {
        if (passes) whole.glb[index(d)] = tiles.pass[index(d)];
      }
      const Mapping mapping = make_mapping(tiling, whole, orders_.front(), layer_);
      ranked.emplace_back(cost(judged(mapping, machine_)), tiles);
    }
    std::ranges::stable_sort(ranked, {}, [](const auto& r) { return r.first; });
    if (ranked.size() > kMostLayouts) ranked.resize(kMostLayouts);
    for (const auto& [ignored, layout] : ranked) fill_glb(tiling, layout, stay);
  }

  ChosenMapping result() && {
    if (!best_.mapping.nest.empty()) best_.why.clear();
    if (best_.mapping.nest.empty() && best_.why.empty())
      best_.why = last_.empty() ? "no tiling of the dataflow fits the layer" : last_;
    best_.judged = count_;
    return std::move(best_);
  }

 private:
  Room room(int pool_words) const {
    const Pe& pe = machine_.pe;
    return {.rows = machine_.array.rows,
            .cols = machine_.array.cols,
            .fixed = shape_ == Shape::kFixed,
            .ifmap_words = pe.ifmap_spad_words,
            .filter_words = pe.filter_spad_words,
            .psum_words = std::max(1, pe.psum_spad_words),
            .words = shape_ == Shape::kAny ? pool_words : 0};
  }

  // What a layout spreads, but for the dimension that takes what is left.
  static std::array<int, kDims> outer(const Tiling& tiling, const Tiles& tiles) {
    auto spread = tiles.spread;
    spread[index(tiling.cols.back())] = 0;
    return spread;
  }

  // Where not even the smallest tile of a layout fits, the others do not either: check() says why.
  bool smallest_fits(const Tiling& tiling, const Tiles& layout, Stay stay) {
    const Tiles tiles = smallest_tile(tiling, layer_, layout, stay);
    const auto holds = [&](const Order& order) { return stores_hold(tiles, order); };
    if (std::ranges::any_of(orders_, holds)) return true;
    last_ = misfit(shape_ == Shape::kAny ? shaped_for(tiling, tiles) : machine_, layer_,
                   make_mapping(tiling, tiles, orders_.back(), layer_));
    return false;
  }

  void fill_glb(const Tiling& tiling, const Tiles& layout, Stay stay) {
    for (const Tiles& tiles : glb_tiles(tiling, layer_, layout, stay)) {
      if (ifmaps_pass(tiling, stay) && ifmap_stays(tiles)) continue;
      for (const Order& order : orders_) {
        if (!stores_hold(tiles, order)) continue;
        const Mapping mapping = make_mapping(tiling, tiles, order, layer_);
        const Estimate found = judged(mapping, machine_);
        const double value = cost(found);
        if (value >= least_) continue;
        const Machine in_shape = shape_ == Shape::kAny ? shaped_for(tiling, tiles) : machine_;
        last_ = misfit(in_shape, layer_, mapping);
        if (last_.empty()) take(mapping, in_shape, found, value);
      }
    }
  }

  // The GLB holds the whole ifmap, which is then there for all blocks of filters. That of a single
  // pixel cannot be cut.
  bool ifmap_stays(const Tiles& tiles) const {
    if (layer_.bound(Dim::kN) * layer_.bound(Dim::kP) * layer_.bound(Dim::kQ) == 1) return false;
    const auto whole = [&](Dim d) {
      return !indexes(d, Tensor::kIfmap) || d == Dim::kG || tiles.glb[index(d)] >= layer_.bound(d);
    };
    return tiles.glb[index(Dim::kM)] < layer_.bound(Dim::kM) &&
           std::ranges::all_of(kAllDims, whole);
  }

  // A first look, without banks: check() has the last word.
  bool stores_hold(const Tiles& tiles, const Order& order) const {
    std::array<std::int64_t, kTensors> words{};
    for (const Tensor t : kAllTensors) {
      Box box;
      const auto& sizes = order.keep[index(t)] ? tiles.glb : tiles.pass;
      for (const Dim d : kAllDims) box[d] = {0, sizes[index(d)]};
      words[index(t)] = footprint_words(layer_, box, t) * (machine_.overlaps(t) ? 2 : 1);
    }
    return std::ranges::all_of(kAllTensors, [&](Tensor t) {
      const Store& store = machine_.store_of(t);
      if (store.prefetches()) return true;
      std::int64_t sum = 0;
      for (const Tensor other : kAllTensors)
        sum += &machine_.store_of(other) == &store ? words[index(other)] : 0;
      return sum <= std::int64_t{store.banks} * store.bank_words;
    });
  }

  // The rectangle and the parts of the RF that a layout uses.
  Machine shaped_for(const Tiling& tiling, const Tiles& tiles) const {
    ArrayShape shape;
    const auto pes = [&](const std::vector<Dim>& dims) {
      int n = 1;
      for (const Dim d : dims) n *= tiles.spread[index(d)];
      return n;
    };
    const auto pe = [&](Dim d) { return tiles.pe[index(d)]; };
    shape.rows = pes(tiling.rows);
    shape.cols = pes(tiling.cols);
    const bool holds = !tiling.held.empty();
    shape.ifmap_words = holds ? pe(Dim::kC) * pe(Dim::kS) : 1;
    shape.filter_words = holds ? shape.ifmap_words * pe(Dim::kM) : 1;
    shape.psum_words = tiling.keep[index(Tensor::kPsum)] ? (holds ? pe(Dim::kM) : 1) : 0;
    return shaped(machine_, shape);
  }

  Estimate judged(const Mapping& mapping, const Machine& machine) {
    ++count_;
    return estimate(mapping, layer_, machine);
  }

  double cost(const Estimate& found) const {
    if (objective_ == Objective::kCycles) return cost_of(objective_, 0, found.cycles);
    return cost_of(objective_, price(found.counts, found.cycles, prices_).total(), found.cycles);
  }

  void take(const Mapping& mapping, const Machine& machine, const Estimate& found, double value) {
    if (value >= least_) return;
    least_ = value;
    best_.mapping = mapping;
    best_.machine = machine;
    best_.estimate = found;
  }

  const Layer& layer_;
  const Machine& machine_;
  Shape shape_;
  PriceList prices_;
  Objective objective_;
  std::vector<Order> orders_;
  double least_ = std::numeric_limits<double>::infinity();
  ChosenMapping best_;
  std::string last_;
  std::uint64_t count_ = 0;
};

}  // namespace

ChosenMapping choose(const std::string& dataflow, const Layer& layer, const Machine& machine,
                     Shape shape, int pool_words, const EnergyTable& table, Objective objective) {
  Choosing choosing(layer, machine, shape, table, objective);
  if (shape == Shape::kFixed) choosing.automatic(*find_dataflow(dataflow));
  if (const Tiling* tiling = find_tiling(dataflow)) choosing.tilings(*tiling, pool_words);
  return std::move(choosing).result();
}

}  // namespace orrery
