#include "tests/cycle/random_case.h"

#include <algorithm>

#include "dataflows/all.h"
#include "tests/workloads/random_layer.h"
#include "workloads/tensor/operands.h"

namespace orrery::test {
namespace {

constexpr std::int64_t kMostMacs = 6000;

bool coin(Rng& rng, int one_in) { return rng.in(1, one_in) == 1; }

template <class T>
void shuffle(std::vector<T>& v, Rng& rng) {
  for (int i = static_cast<int>(v.size()) - 1; i > 0; --i)
    std::swap(v[static_cast<std::size_t>(i)], v[static_cast<std::size_t>(rng.in(0, i))]);
}

Machine read(Rng& rng) {
  static constexpr std::array<const char*, 3> kFiles{"tutorial_2x2", "tutorial_4x4", "eyeriss"};
  const std::string file = kFiles[static_cast<std::size_t>(rng.in(0, 2))];
  return read_machine(std::string(ORRERY_SOURCE_DIR) + "/arch/" + file + ".yaml");
}

void vary_numbers(Machine& m, Rng& rng) {
  if (coin(rng, 2)) m.numbers.psum_bits = rng.in(m.numbers.product_bits, 32);
  for (Bus* bus : {&m.noc.psum_in, &m.noc.psum_out, &m.noc.psum_link})
    bus->words_per_cycle = std::max(bus->words_per_cycle, m.words_per_psum());
}

// A way for psums to meet, and arithmetic whose order of additions it keeps.
void vary_route(Machine& m, Rng& rng) {
  using enum PsumRoute;
  static constexpr std::array kRoutes{kColumn, kTree, kInPlace, kSpill};
  const PsumRoute route = kRoutes[static_cast<std::size_t>(rng.in(0, 3))];
  const bool adds = route == kSpill || coin(rng, 3);
  m.array.psum_route = route;
  for (Store& store : m.levels.back().stores) {
    store.accumulates = adds && &store == &m.store_of(Tensor::kPsum);
  }
  const bool ordered = route == kInPlace || route == kSpill || (route == kColumn && !adds);
  m.numbers.overflow = ordered && coin(rng, 2) ? Overflow::kSaturate : Overflow::kWrap;
  if (coin(rng, 4)) m.pe.psum_spad_words = rng.in(0, 2);
}

void vary_array(Machine& m, Rng& rng) {
  m.pe.adders = rng.in(1, 2);
  m.pe.pipeline_stages = rng.in(1, 4);
  // Not shallower than in the file: where FIFOs are too shallow for the order of the buses, a pass
  // can never end.
  m.pe.ifmap_fifo_words += rng.in(0, 2);
  m.pe.filter_fifo_packets += rng.in(0, 2);
  m.noc.filter.words_per_cycle = rng.in(1, 4);
  for (Bus* bus : {&m.noc.ifmap, &m.noc.filter, &m.noc.psum_in, &m.noc.psum_out, &m.noc.psum_link})
    bus->latency_cycles = coin(rng, 3) ? rng.in(1, 3) : 0;
  for (Store& store : m.levels.back().stores) {
    if (coin(rng, 3)) store.shared_port = !store.shared_port;
    if (coin(rng, 3)) store.read_words_per_cycle = rng.in(1, 4);
    if (coin(rng, 3)) store.write_words_per_cycle = rng.in(1, 4);
    store.read_words_per_cycle = std::max(store.read_words_per_cycle, m.words_per_psum());
    store.write_words_per_cycle = std::max(store.write_words_per_cycle, m.words_per_psum());
  }
}

void vary_system(Machine& m, Rng& rng) {
  m.padding = coin(rng, 2) ? Padding::kStored : Padding::kGenerated;
  m.first_psum = coin(rng, 2) ? FirstPsum::kRead : FirstPsum::kZero;
  m.dma.overlap.clear();
  for (const Tensor t : kAllTensors) {
    if (coin(rng, 2)) m.dma.overlap.emplace_back(name(t));
  }
  m.dma.crossing_cycles = rng.in(0, 3);
  m.clocks.link_mhz = rng.in(20, 300);
  m.controller.setup_bits = rng.in(0, 500);
  if (coin(rng, 3)) m.limits.filters = rng.in(1, 4);
  if (coin(rng, 3)) m.limits.channels = rng.in(1, 4);
}

Layer random_layer(const Machine& m, Rng& rng) {
  Layer layer;
  do {
    layer = random_conv(rng);
    layer.bounds[index(Dim::kM)] = rng.in(1, 6);
  } while (layer.macs() > kMostMacs);
  layer.operand_bits = coin(rng, 4) ? 8 : m.numbers.operand_bits;
  layer.product_shift = rng.in(0, 2 * layer.operand_bits - 10);
  layer.ifmap_zeros = rng.in(0, 9) / 10.0;
  layer.filter_zeros = rng.in(0, 3) / 10.0;
  // Ofmap words that neither saturate nor vanish show every psum: about the bits of a sum of some
  // products, or of a bias, less those of an operand.
  layer.post.bias = coin(rng, 3);
  layer.post.relu = coin(rng, 4);
  const int sum_bits = std::min(2 * (layer.operand_bits - 2) - layer.product_shift + rng.in(0, 3),
                                m.numbers.psum_bits - 1);
  const int bits = layer.post.bias ? m.numbers.psum_bits - 4 : sum_bits;
  layer.post.requant_shift = std::max(0, bits - (layer.operand_bits - 1));
  if (coin(rng, 8)) {
    const int size = rng.in(1, std::min({3, layer.bound(Dim::kP), layer.bound(Dim::kQ)}));
    const PoolKind kind = coin(rng, 2) ? PoolKind::kMax : PoolKind::kAverage;
    layer.post.pool = {{kind, size, rng.in(1, 2), rng.in(0, size - 1)}};
  }
  return layer;
}

// Cuts dimensions for the loops of one place after another; what each leaves goes to the next.
class NestMaker {
 public:
  NestMaker(const Layer& layer, Rng& rng) : left_(layer.bounds), rng_(rng) {}

  void cut_in_time(Place place, int one_in) {
    for (const Dim d : dims()) {
      if (coin(rng_, one_in)) cut(d, rng_.in(1, left(d) - 1), place);
    }
  }

  // At most `room` PEs; what psums that meet by `route` do not allow is left out.
  void cut_in_space(Place place, int room, PsumRoute route) {
    std::vector<Dim> order = dims();
    if (route == PsumRoute::kColumn)
      std::stable_partition(order.begin(), order.end(), [](Dim d) { return !is_reduction(d); });
    for (const Dim d : order) {
      if (!may_lie(d, place, route) || coin(rng_, 3)) continue;
      const int least = (left(d) + room - 1) / room;  // step with which all blocks find a PE
      if (least >= left(d)) continue;
      const int step = coin(rng_, 2) ? least : rng_.in(least, left(d) - 1);
      room /= (left(d) + step - 1) / step;
      cut(d, step, place);
    }
  }

  void turn_the_rest() {
    for (const Dim d : dims()) cut(d, 1, Place::kPe);
  }

  std::vector<Loop> nest;

 private:
  static bool may_lie(Dim d, Place place, PsumRoute route) {
    switch (route) {
      case PsumRoute::kColumn:
        return place == Place::kRows || !is_reduction(d);
      case PsumRoute::kTree:
        return (place == Place::kRows) == is_reduction(d);
      case PsumRoute::kInPlace:
        return !is_reduction(d);
      case PsumRoute::kSpill:
        return true;
    }
    return false;
  }
  int left(Dim d) const { return left_[index(d)]; }
  std::vector<Dim> dims() {
    std::vector<Dim> dims;
    for (const Dim d : kAllDims) {
      if (left(d) > 1) dims.push_back(d);
    }
    shuffle(dims, rng_);
    return dims;
  }
  void cut(Dim d, int step, Place place) {
    nest.push_back({d, step, place});
    left_[index(d)] = step;
  }

  std::array<int, kDims> left_;
  Rng& rng_;
};

Mapping random_nest(const Layer& layer, const Machine& m, Rng& rng) {
  NestMaker maker(layer, rng);
  maker.cut_in_time(Place::kDram, 3);
  maker.cut_in_time(Place::kGlb, 3);
  const PsumRoute route = m.array.psum_route;
  const bool cols_first = coin(rng, 4);
  if (cols_first) maker.cut_in_space(Place::kCols, m.array.cols, route);
  maker.cut_in_space(Place::kRows, m.array.rows, route);
  if (!cols_first) maker.cut_in_space(Place::kCols, m.array.cols, route);
  maker.turn_the_rest();
  Mapping mapping{.dataflow = "random", .nest = std::move(maker.nest), .keep = {}};
  for (const Tensor t : kAllTensors) {
    mapping.keep.glb[index(t)] = !m.store_of(t).prefetches() && !coin(rng, 3);
    mapping.keep.pe[index(t)] = !coin(rng, 4);
  }
  return mapping;
}

}  // namespace

Case random_case(std::uint64_t seed) {
  Rng rng(seed);
  Case c{.machine = read(rng), .layer = {}, .mapping = {}, .in = {}, .text = {}};
  vary_numbers(c.machine, rng);
  vary_route(c.machine, rng);
  vary_array(c.machine, rng);
  vary_system(c.machine, rng);
  // The variation is a machine that could stand in a file.
  read_machine(parse_yaml_text(orrery::to_yaml(c.machine), "variation"));
  do {
    c.layer = random_layer(c.machine, rng);
    c.mapping = random_nest(c.layer, c.machine, rng);
  } while (!check(c.mapping, c.layer, c.machine).empty());
  if (coin(rng, 3)) {
    const auto which = static_cast<std::size_t>(rng.in(0, int{kDataflows.size()} - 1));
    try {
      const Mapping mapping = kDataflows[which].map(c.layer, c.machine);
      if (check(mapping, c.layer, c.machine).empty()) c.mapping = mapping;
    } catch (const InputError&) {
      // None fits: the random nest stays.
    }
  }
  c.in = synthetic_operands(c.layer, seed, c.machine.numbers.psum_bits);
  c.text = fmt::format("seed {}\n{}\n{}\n{}\n{}", seed, to_yaml(c.layer),
                       orrery::to_yaml({{c.layer.name, c.mapping}}), to_string(c.mapping, c.layer),
                       orrery::to_yaml(c.machine));
  return c;
}

}  // namespace orrery::test
