#include "sim/random/array_case.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "dataflows/all.h"
#include "dataflows/pass/pass.h"
#include "sim/random/conv.h"

namespace orrery {
namespace {

constexpr int kMostMacs = 3000;

// What is the same in all machines: a pass does not see it.
constexpr const char* kAroundTheArray = R"(--- !assumed
name: roomy
description: one PE with plenty of room
source: invented for random cases
mac: mac_int16
clocks: {core_mhz: 100, link_mhz: 75}
numbers: {word_bits: 16, operand_bits: 16, product_bits: 16, psum_bits: 16, overflow: saturate}
array: {rows: 1, cols: 1, psum_route: column}
pe:
  {ifmap_spad_words: 8, filter_spad_words: 32, psum_spad_words: 8, ifmap_fifo_words: 2, filter_fifo_packets: 2,
   psum_in_fifo_packets: 8, psum_out_fifo_packets: 8, pipeline_stages: 1, adders: 2}
noc:
  ifmap: {words_per_cycle: 1, latency_cycles: 1}
  filter: {words_per_cycle: 1, latency_cycles: 1}
  psum_in: {words_per_cycle: 1, latency_cycles: 1}
  psum_out: {words_per_cycle: 1, latency_cycles: 1}
  psum_link: {words_per_cycle: 1}
levels:
  - name: glb
    stores:
      - {name: all, holds: [ifmap, filter, psum], banks: 64, bank_words: 4096, read_words_per_cycle: 64,
         write_words_per_cycle: 64}
dma: {words_per_cycle: 1, overlap: [], crossing_cycles: 1}
dram: {megabytes: 16, bytes_per_second: 1e8, latency_ns: 100}
post: {bias: true, requantize: true, relu: true, pooling: true, words_per_cycle: 1}
controller: {setup_bits: 100, setup_mhz: 25}
limits: {filter_rows: 8, filter_cols: 8, filters: 64, channels: 64, stride_rows: [1], stride_cols: [1]}
padding: stored
first_psum: zero
)";

void randomize(Numbers& n, std::string& mac, Rng& rng) {
  mac =
      std::array{"mac_int16", "mac_zero_gated", "mac_int8"}[static_cast<std::size_t>(rng.in(0, 2))];
  n.operand_bits = mac == "mac_int8" ? 8 : 16;
  n.psum_bits = rng.in(1, 2) * 16;
  n.product_bits = rng.in(n.operand_bits, n.psum_bits);
}

// A way for psums to meet, and arithmetic whose order of additions it keeps.
void randomize_route(Machine& m, Rng& rng) {
  using enum PsumRoute;
  m.array.psum_route =
      std::array{kColumn, kTree, kInPlace, kSpill}.at(static_cast<std::size_t>(rng.in(0, 3)));
  const bool adds = m.array.psum_route == kSpill || rng.chance(40);
  m.levels[0].stores[0].accumulates = adds;
  const bool ordered = m.array.psum_route == kInPlace || m.array.psum_route == kSpill ||
                       (m.array.psum_route == kColumn && !adds);
  m.numbers.overflow = ordered && rng.chance(50) ? Overflow::kSaturate : Overflow::kWrap;
}

void randomize(Pe& pe, Rng& rng) {
  pe.ifmap_spad_words = rng.in(1, 12);
  pe.filter_spad_words = rng.in(1, 24);
  pe.psum_spad_words = rng.in(0, 8);
  pe.filter_fifo_packets = rng.in(1, 4);
  pe.psum_in_fifo_packets = rng.in(1, 4);
  pe.psum_out_fifo_packets = rng.in(1, 4);
  pe.pipeline_stages = rng.in(1, 4);
  pe.adders = rng.in(1, 2);
}

// `least`: words of one psum, which buses and ports pass in a cycle.
void randomize(Noc& noc, int least, Rng& rng) {
  for (Link* bus : {&noc.ifmap, &noc.filter}) *bus = {rng.in(1, 4), rng.in(0, 3)};
  for (Link* bus : std::initializer_list<Link*>{&noc.psum_in, &noc.psum_out, &noc.psum_link})
    *bus = {rng.in(least, 6), rng.in(0, 3)};
  if (rng.chance(50)) return;
  for (Bus* bus : {&noc.ifmap, &noc.filter, &noc.psum_in, &noc.psum_out})
    bus->order = static_cast<BusOrder>(rng.chance(50) ? 0 : rng.in(1, 2));
}

// Most cases are small; some have runs of more steps than a burst may have, some more PEs than a
// machine word has bits.
enum class Kind { kSmall, kLong, kWide };

Kind random_kind(Rng& rng) {
  const int percent = rng.in(1, 100);
  return percent <= 6 ? Kind::kLong : (percent <= 12 ? Kind::kWide : Kind::kSmall);
}

Machine random_machine(Kind kind, Rng& rng) {
  Machine m = roomy_machine();
  m.name = "random";
  m.description = "drawn at random";
  randomize(m.numbers, m.mac, rng);
  randomize_route(m, rng);
  randomize(m.pe, rng);
  randomize(m.noc, m.words_per_psum(), rng);
  m.array.rows = kind == Kind::kWide ? rng.in(6, 9) : rng.in(1, 4);
  m.array.cols = kind == Kind::kWide ? rng.in(9, 14) : rng.in(1, 5);
  if (kind == Kind::kLong) {
    m.pe.ifmap_spad_words = rng.in(1, 256);
    m.pe.filter_spad_words = rng.in(100, 512);
    m.pe.psum_spad_words = rng.in(1, 160);
  }
  Store& glb = m.levels[0].stores[0];
  glb.read_words_per_cycle = rng.in(m.words_per_psum(), 6);
  glb.write_words_per_cycle = rng.in(m.words_per_psum(), 6);
  glb.shared_port = rng.chance(50);
  const int packet = packet_words(m, Tensor::kIfmap);
  m.pe.ifmap_fifo_words = rng.in(packet, 3 * packet);
  m.padding = rng.chance(50) ? Padding::kStored : Padding::kGenerated;
  m.first_psum = rng.chance(50) ? FirstPsum::kRead : FirstPsum::kZero;
  m.array.pipelined = rng.chance(50);
  // Written, read and validated: what a failing case prints is the machine that it ran.
  m = read_machine(parse_yaml_text(to_yaml(m), "random machine"));
  // Then, now and then, a FIFO that is too small for a packet, which reading refuses: no pass ever
  // ends.
  if (packet > 1 && rng.chance(20)) m.pe.ifmap_fifo_words = packet - 1;
  return m;
}

Layer random_layer(Kind kind, const Machine& machine, Rng& rng) {
  Layer layer = random_conv(rng);
  while (layer.macs() > kMostMacs) layer = random_conv(rng);
  if (kind == Kind::kLong) {
    layer = {};
    layer.name = "random";
    for (const Dim d : {Dim::kN, Dim::kM, Dim::kC}) layer.bounds[index(d)] = rng.in(1, 3);
    layer.bounds[index(rng.chance(50) ? Dim::kM : Dim::kC)] = rng.in(60, 150);
  }
  layer.operand_bits = machine.numbers.operand_bits;
  layer.product_shift = rng.in(0, 8);
  return layer;
}

// Grows a nest loop by loop; `box_` is the first block of the loops so far.
class NestGrower {
 public:
  NestGrower(const Layer& layer, Rng& rng) : box_(layer.box()), rng_(rng) {}

  void cut(Dim d, int step, Place place) {
    nest_.push_back({d, step, place});
    box_ = block(nest_.back(), box_, 0);
  }
  void cut_in_time(Place place) {
    for (int loops = rng_.in(0, 3); loops > 0; --loops) {
      const Dim d = kAllDims[static_cast<std::size_t>(rng_.in(0, kDims - 1))];
      cut(d, rng_.in(1, box_[d].size()), place);
    }
  }
  // Spreads some dimensions over at most `room` PEs.
  void spread(const std::vector<Dim>& dims, int room, Place place) {
    for (const Dim d : dims) {
      if (box_[d].size() == 1 || rng_.chance(40)) continue;
      const int step = rng_.in(1, box_[d].size());
      const int trips = (box_[d].size() + step - 1) / step;
      if (trips > room) continue;
      room /= trips;
      cut(d, step, place);
    }
  }
  void turn_in_pe() {
    std::vector<Dim> dims(kAllDims.begin(), kAllDims.end());
    rng_.shuffle(dims);
    for (const Dim d : dims) {
      if (box_[d].size() > 1) cut(d, 1, Place::kPe);
    }
  }
  std::vector<Loop> nest() const { return nest_; }

 private:
  Box box_;
  Rng& rng_;
  std::vector<Loop> nest_;
};

// What may lie on rows and what on columns, in a random order.
struct Placeable {
  std::vector<Dim> rows, cols;
};

Placeable placeable(PsumRoute route, Rng& rng) {
  using enum Dim;
  std::vector<Dim> outputs{kG, kN, kM, kP, kQ}, reductions{kC, kR, kS}, all = outputs;
  rng.shuffle(outputs);
  rng.shuffle(reductions);
  std::vector<Dim> chained(outputs.begin(), outputs.begin() + rng.in(0, 2));
  chained.insert(chained.end(), reductions.begin(), reductions.end());
  all.insert(all.end(), reductions.begin(), reductions.end());
  rng.shuffle(all);
  switch (route) {
    case PsumRoute::kColumn:
      return {chained, outputs};
    case PsumRoute::kTree:
      return {reductions, outputs};
    case PsumRoute::kInPlace:
      return {outputs, outputs};
    case PsumRoute::kSpill:
      return {all, all};
  }
  return {};
}

Mapping random_mapping(const Layer& layer, const Machine& machine, Rng& rng) {
  Mapping m{.dataflow = "random", .nest = {}, .keep = {}};
  for (const Tensor t : kAllTensors) {
    m.keep.glb[index(t)] = rng.chance(60);
    m.keep.pe[index(t)] = rng.chance(80);
  }
  NestGrower grower(layer, rng);
  grower.cut_in_time(Place::kDram);
  grower.cut_in_time(Place::kGlb);
  const auto [down, across] = placeable(machine.array.psum_route, rng);
  const bool cols_first = rng.chance(50);
  if (cols_first) grower.spread(across, machine.array.cols, Place::kCols);
  grower.spread(down, machine.array.rows, Place::kRows);
  if (!cols_first) grower.spread(across, machine.array.cols, Place::kCols);
  grower.turn_in_pe();
  m.nest = grower.nest();
  return m;
}

// Nothing where no try is legal.
std::optional<Mapping> legal_mapping(const Layer& layer, const Machine& machine, Rng& rng) {
  if (rng.chance(25)) {
    for (const Dataflow& dataflow : kDataflows) {
      try {
        Mapping m = dataflow.map(layer, machine);
        if (check(m, layer, machine).empty()) return m;
      } catch (const InputError&) {
        // None fits: another may, or a random nest.
      }
    }
  }
  for (int tries = 0; tries < 100; ++tries) {
    Mapping m = random_mapping(layer, machine, rng);
    if (check(m, layer, machine).empty()) return m;
  }
  return std::nullopt;
}

}  // namespace

Machine roomy_machine() {
  Machine m = read_machine(parse_yaml_text(kAroundTheArray, "roomy machine"));
  m.tags.clear();
  m.pe = {.ifmap_spad_words = 64,
          .filter_spad_words = 64,
          .psum_spad_words = 64,
          .ifmap_fifo_words = 64,
          .filter_fifo_packets = 64,
          .psum_in_fifo_packets = 64,
          .psum_out_fifo_packets = 64,
          .pipeline_stages = 1,
          .adders = 1};
  m.noc = {};
  m.levels = {{.name = "glb",
               .stores = {{.name = "all",
                           .holds = {"ifmap", "filter", "psum"},
                           .banks = 64,
                           .bank_words = 4096,
                           .read_words_per_cycle = 64,
                           .write_words_per_cycle = 64}}}};
  m.limits = {};
  m.limits.stride_rows = m.limits.stride_cols = {1, 2, 3, 4};
  return m;
}

ArrayCase random_array_case(std::uint64_t seed) {
  Rng rng(seed);
  while (true) {
    const Kind kind = random_kind(rng);
    ArrayCase c{seed, random_machine(kind, rng), {}, {}};
    c.layer = random_layer(kind, c.machine, rng);
    if (auto mapping = legal_mapping(c.layer, c.machine, rng)) {
      c.mapping = *mapping;
      return c;
    }
  }
}

std::string to_string(const ArrayCase& c) {
  return fmt::format("seed {}\n--- machine\n{}\n--- layer\n{}\n--- mapping\n{}", c.seed,
                     to_yaml(c.machine), to_yaml(c.layer), to_yaml({{c.layer.name, c.mapping}}));
}

}  // namespace orrery
