#include "tests/cycle/random_case.h"

#include <algorithm>

#include "arch/mac/all.h"
#include "dataflows/all.h"
#include "tests/cycle/random_nest.h"
#include "workloads/format/pack.h"
#include "workloads/input/input_error.h"
#include "workloads/input/override.h"
#include "workloads/network/layout.h"
#include "workloads/network/widths.h"
#include "workloads/tensor/operands.h"

namespace orrery::test {
namespace {

constexpr std::int64_t kMostMacs = 6000;

Machine read(Rng& rng) {
  static constexpr std::array<const char*, 3> kFiles{"tutorial_2x2", "tutorial_4x4", "eyeriss"};
  const std::string file = kFiles[static_cast<std::size_t>(rng.in(0, 2))];
  return read_machine(std::string(ORRERY_SOURCE_DIR) + "/arch/" + file + ".yaml");
}

void vary_numbers(Machine& m, Rng& rng) {
  if (coin(rng, 2)) m.numbers.psum_bits = rng.in(m.numbers.product_bits, 32);
  for (Link* bus : std::initializer_list<Link*>{&m.noc.psum_in, &m.noc.psum_out, &m.noc.psum_link})
    bus->words_per_cycle = std::max(bus->words_per_cycle, m.words_per_psum());
}

// A store for each tensor, tiles that lie in DRAM whole, and queues of tiles.
void vary_stores(Machine& m, Rng& rng) {
  std::vector<Store>& stores = m.levels.back().stores;
  const bool apart = coin(rng, 2);
  std::vector<Store> all;
  for (const Store& store : stores) {
    const std::vector<std::string> tensors = store.holds;
    for (std::size_t i = 0; i < (apart ? tensors.size() : 1); ++i) {
      all.push_back(store);
      if (!apart || tensors.size() == 1) continue;
      all.back().name += "_" + tensors[i];
      all.back().holds = {tensors[i]};
    }
  }
  stores = all;
  for (Store& store : stores) {
    if (store.holds.size() > 1 || store.holds[0] == "psum") continue;
    if (coin(rng, 2)) store.prefetch_tiles = rng.in(0, 4);
    if (store.holds[0] == "filter" && coin(rng, 3)) store.tile_words = rng.in(1, 150);
  }
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
  for (Link* bus : std::initializer_list<Link*>{&m.noc.ifmap, &m.noc.filter, &m.noc.psum_in,
                                                &m.noc.psum_out, &m.noc.psum_link})
    bus->latency_cycles = coin(rng, 3) ? rng.in(1, 3) : 0;
  for (Store& store : m.levels.back().stores) {
    if (coin(rng, 3)) store.shared_port = !store.shared_port;
    if (coin(rng, 3)) store.read_words_per_cycle = rng.in(1, 4);
    if (coin(rng, 3)) store.write_words_per_cycle = rng.in(1, 4);
    store.read_words_per_cycle = std::max(store.read_words_per_cycle, m.words_per_psum());
    store.write_words_per_cycle = std::max(store.write_words_per_cycle, m.words_per_psum());
  }
}

// Orders that PEs of so small FIFOs mostly bear: PE after PE only on the way out and for filters.
void vary_orders(Noc& noc, Rng& rng) {
  for (Bus* bus : {&noc.ifmap, &noc.filter, &noc.psum_in, &noc.psum_out}) {
    if (coin(rng, 4)) bus->order = BusOrder::kStepReversed;
  }
  for (Bus* bus : {&noc.filter, &noc.psum_out}) {
    if (coin(rng, 4)) bus->order = BusOrder::kPe;
  }
}

// In half of the cases PEs are in lock step, with what only they can have.
void vary_pace(Machine& m, Rng& rng) {
  using enum PsumRoute;
  m.array.pipelined = coin(rng, 2);
  if (coin(rng, 2)) return vary_orders(m.noc, rng);
  m.array.pace = Pace::kLockStep;
  m.pe.adders = 2;
  for (Store& store : m.levels.back().stores) store.shared_port = false;
  const PsumRoute route = m.array.psum_route;
  if ((route == kColumn || route == kInPlace) && coin(rng, 2)) {
    m.array.delivery = Delivery::kSystolic;
  } else if (coin(rng, 2)) {
    m.pe.fifo_h_words = rng.in(0, 4);
    m.pe.fifo_v_words = rng.in(0, 12);
  }
  m.array.shadow_filters = coin(rng, 2);
  m.array.pipelined = m.accumulates_at_store() && !coin(rng, 3);
  m.pe.pools = coin(rng, 2);
  m.pe.psum_in_fifo_packets = rng.in(1, 4);
  m.pe.psum_out_fifo_packets = rng.in(1, 4);
}

void vary_system(Machine& m, Rng& rng) {
  m.padding = coin(rng, 2) ? Padding::kStored : Padding::kGenerated;
  m.first_psum = coin(rng, 2) ? FirstPsum::kRead : FirstPsum::kZero;
  m.dma.overlap.clear();
  for (const Tensor t : kAllTensors) {
    if (coin(rng, 2)) m.dma.overlap.emplace_back(name(t));
  }
  m.dma.crossing_cycles = rng.in(0, 3);
  m.dma.outstanding = rng.in(1, 4);
  m.dma.burst_words = rng.in(1, 40);
  m.clocks.link_mhz = rng.in(20, 300);
  m.controller.setup_bits = rng.in(0, 500);
  if (coin(rng, 3)) m.limits.filters = rng.in(1, 4);
  if (coin(rng, 3)) m.limits.channels = rng.in(1, 4);
}

// In a third of the cases a memory of a standard, under some controller.
void vary_memory(Machine& m, Rng& rng) {
  static constexpr std::array kStandards{"ddr3-1600",   "ddr4-2400", "lpddr3-1600",
                                         "lpddr4-3200", "gddr6",     "hbm2"};
  static constexpr std::array kPolicies{"open",     "closed",     "in_order",          "frugal",
                                        "dramsim3", "ramulator2", "ramulator2_row_hit"};
  static constexpr std::array kMappings{"ro|ra|co|ba|bg|ch", "ro|ba|bg|ra|co|ch",
                                        "ba|bg|ro|ch|ra|co"};
  const auto any = [&](const auto& list) {
    return list[static_cast<std::size_t>(rng.in(0, static_cast<int>(list.size()) - 1))];
  };
  if (!coin(rng, 3)) return;
  const std::string folder = std::string(ORRERY_SOURCE_DIR) + "/arch/dram/";
  const Dram plain = m.dram;
  m.dram.standard = folder + any(kStandards) + ".yaml";
  m.dram.policy = folder + "policies/" + any(kPolicies) + ".yaml";
  m.dram.mapping = any(kMappings);
  m.dram.channels = coin(rng, 3) ? 2 : 1;
  m.dram.ranks = coin(rng, 3) ? 2 : 1;
  if (coin(rng, 2)) m.dma.words_per_cycle = rng.in(1, 8);
  try {
    m.dram = read_machine(parse_yaml_text(orrery::to_yaml(m), "variation")).dram;
  } catch (const InputError&) {
    m.dram = plain;  // too many banks, or clocks in too odd a ratio
  }
}

// Channels whose windows neither leave gaps nor reach beyond the plane.
Layer pooling_layer(const Machine& m, Rng& rng) {
  Layer layer;
  layer.name = "random";
  layer.kind = LayerKind::kPool;
  layer.pool = {coin(rng, 2) ? PoolKind::kMax : PoolKind::kAverage, rng.in(1, 3), rng.in(1, 3), 0};
  const int size = layer.pool.size;
  layer.ifmap_rows = size + rng.in(0, 8);
  layer.ifmap_cols = size + rng.in(0, 8);
  layer.stride_rows = layer.stride_cols = layer.pool.stride;
  layer.bounds = {rng.in(1, 6),
                  rng.in(1, 2),
                  1,
                  1,
                  layer.pool.out(layer.ifmap_rows),
                  layer.pool.out(layer.ifmap_cols),
                  size,
                  size};
  layer.operand_bits = coin(rng, 2) ? 8 : m.numbers.operand_bits;
  layer.post.bias = false;
  layer.ifmap_zeros = rng.in(0, 9) / 10.0;
  return layer;
}

bool windows_overlap(const Layer& l) {
  return l.stride_rows + l.stride_cols <= 3 && l.dilation_rows + l.dilation_cols == 2 &&
         l.bound(Dim::kR) + l.bound(Dim::kS) > 4 && l.bound(Dim::kP) > 1 && l.bound(Dim::kQ) > 1;
}

// Half of the layers lie in DRAM as machines expect it.
TensorLayouts random_layouts(Rng& rng) {
  using enum Layout;
  if (coin(rng, 2)) return {};
  if (coin(rng, 8)) return {kBankInterleaved, kBankInterleaved, kBankInterleaved};
  const auto any = [&] {
    return std::array{kNchw, kNhwc, kTiled}[static_cast<std::size_t>(rng.in(0, 2))];
  };
  const Layout ifmap = any(), filter = any();
  return {ifmap, filter, any()};
}

Layer random_layer(const Machine& m, Rng& rng) {
  if (m.pe.pools && coin(rng, 4)) return pooling_layer(m, rng);
  const bool hands_on = m.pe.fifo_h_words + m.pe.fifo_v_words > 0 && !coin(rng, 3);
  Layer layer;
  do {
    layer = random_conv(rng);
    layer.bounds[index(Dim::kM)] = rng.in(1, 6);
  } while (layer.macs() > kMostMacs || (hands_on && !windows_overlap(layer)));
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

Mapping random_nest(const Layer& layer, const Machine& m, Rng& rng) {
  NestMaker maker(layer, m, rng);
  maker.cut_in_time(Place::kDram, 3);
  maker.cut_in_time(Place::kGlb, 3);
  const bool hands_on = m.pe.fifo_h_words + m.pe.fifo_v_words > 0 &&
                        m.array.psum_route != PsumRoute::kTree && !coin(rng, 4);
  if (hands_on) maker.cut_planes();
  std::array places{Place::kRows, Place::kCols};
  if (coin(rng, 4)) std::swap(places[0], places[1]);
  for (const Place place : places) {
    if (!hands_on) maker.cut_in_space(place);
  }
  maker.turn_the_rest();
  Mapping mapping{.dataflow = "random", .nest = std::move(maker.nest), .keep = {}};
  for (const Tensor t : kAllTensors) {
    mapping.keep.glb[index(t)] = !m.store_of(t).prefetches() && !coin(rng, 3);
    mapping.keep.pe[index(t)] = !coin(rng, 4);
  }
  if (hands_on) mapping.keep.pe[index(Tensor::kIfmap)] = false;
  return mapping;
}

int any_of(Code code, Rng& rng) { return rng.in(least(code), most(code)); }

// Operands, shifts and ofmap of a layer as its machine's MAC has them.
void give_numbers(Layer& layer, const Machine& m, Rng& rng) {
  const Widths widths = m.widths();
  const MacTraits& mac = find_mac(m.mac)->traits;
  if (widths.lanes > 1 && layer.kind != LayerKind::kPool)
    layer.bounds[index(Dim::kC)] = rng.in(1, 3 * widths.lanes);
  layer.unstated = {.operand_bits = true, .product_shift = true, .requant_shift = true};
  settle_widths(layer, widths);
  Formats& formats = layer.formats;
  if (mac.ifmap.zero_point) formats.ifmap_zero = any_of(layer.ifmap_code(), rng);
  if (mac.filter.zero_point) formats.filter_zero = any_of(layer.filter_code(), rng);
  if (coin(rng, 2)) formats.ofmap_zero = formats.ifmap_zero;
  settle_shifts(layer, synthetic_magnitudes(layer), widths);
  layer = packed(layer, widths.lanes);
}

std::string layer_text(const Layer& l) {
  if (l.kind != LayerKind::kPool) return to_yaml(l);
  return fmt::format(
      "- {{name: {}, pool: {{in: [{}, {}, {}], kind: {}, size: {}, stride: {}}}}}  # batch {}",
      l.name, l.bound(Dim::kG), l.ifmap_rows, l.ifmap_cols,
      l.pool.kind == PoolKind::kMax ? "max" : "average", l.pool.size, l.pool.stride,
      l.bound(Dim::kN));
}

}  // namespace

Machine random_machine(Rng& rng) {
  Machine machine = read(rng);
  vary_numbers(machine, rng);
  vary_stores(machine, rng);
  vary_route(machine, rng);
  vary_array(machine, rng);
  vary_pace(machine, rng);
  vary_system(machine, rng);
  vary_memory(machine, rng);
  read_machine(parse_yaml_text(orrery::to_yaml(machine), "variation"));
  return machine;
}

namespace {

// A variation that can have the MAC, which not every one can.
Machine machine_with(std::string_view mac, Rng& rng) {
  while (true) {
    const Machine plain = random_machine(rng);
    Node file = parse_yaml_text(orrery::to_yaml(plain), "variation");
    const std::array<std::string, 4> options{
        fmt::format("mac_options.organisation={}", coin(rng, 2) ? "product_table" : "shared_table"),
        fmt::format("mac_options.filter_bits={}", rng.in(1, 4)),
        fmt::format("mac_options.filters={}", coin(rng, 2) ? "five_level" : "power_of_two"),
        fmt::format("mac_options.chain={}", rng.in(1, 6))};
    try {
      override_values(file, mac_overrides(plain, std::string(mac)));
      override_values(file, {options.begin(), options.end()});
      return read_machine(file);
    } catch (const InputError&) {
      // Words or buses too narrow, or an order of additions that is open.
    }
  }
}

}  // namespace

Case random_case(std::uint64_t seed) { return random_case(seed, ""); }

Case random_case(std::uint64_t seed, std::string_view mac) {
  Rng rng(seed);
  Case c{.machine = mac.empty() ? random_machine(rng) : machine_with(mac, rng),
         .layer = {},
         .mapping = {},
         .in = {},
         .text = {}};
  do {
    c.layer = random_layer(c.machine, rng);
    if (!mac.empty()) give_numbers(c.layer, c.machine, rng);
    c.layer.layouts = random_layouts(rng);
    c.mapping = random_nest(c.layer, c.machine, rng);
    // A pooling layer with an empty nest is pooled on its way out, not on the array.
  } while (c.mapping.nest.empty() || !check(c.mapping, c.layer, c.machine).empty());
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
  c.text =
      fmt::format("seed {} mac '{}' layout {}\n{}\n{}\n{}\n{}", seed, mac, to_text(c.layer.layouts),
                  layer_text(c.layer), orrery::to_yaml({{c.layer.name, c.mapping}}),
                  to_string(c.mapping, c.layer), orrery::to_yaml(c.machine));
  return c;
}

}  // namespace orrery::test
