#include "sim/random/lock_step_case.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "sim/random/array_case.h"
#include "sim/random/conv.h"
#include "sim/schedule/walk.h"

namespace orrery {
namespace {

constexpr int kMostMacs = 1000;
constexpr std::size_t kMostPasses = 4;

// In some cases PEs work on a patch of the ofmap, and their windows overlap: neighbours can hand
// ifmap words on.
enum class Kind : std::uint8_t { kAny, kPatch };

void randomize_array(Machine& m, Kind kind, Rng& rng) {
  using enum PsumRoute;
  const bool patch = kind == Kind::kPatch;
  m.array = {.rows = rng.in(1, 5), .cols = rng.in(1, 5), .pace = Pace::kLockStep};
  const bool systolic = !patch && rng.chance(40);
  m.array.delivery = systolic ? Delivery::kSystolic : Delivery::kMulticast;
  m.array.psum_route =
      systolic ? rng.pick<PsumRoute>({kColumn, kColumn, kInPlace})
               : rng.pick<PsumRoute>({kColumn, kInPlace, kSpill, patch ? kInPlace : kTree});
  const bool adds = m.array.psum_route == kSpill || rng.chance(50);
  m.levels[0].stores[0].accumulates = adds;
  m.array.shadow_filters = rng.chance(50);
  m.array.pipelined = adds && rng.chance(60);
  if (patch || (!systolic && rng.chance(30))) {
    m.pe.fifo_h_words = rng.in(0, 8);
    m.pe.fifo_v_words = rng.in(0, 16);
  }
}

void randomize_numbers(Machine& m, Rng& rng) {
  using enum PsumRoute;
  Numbers& n = m.numbers;
  m.mac = rng.pick<std::string>({"mac_int16", "mac_zero_gated", "mac_int8"});
  n.operand_bits = m.mac == "mac_int8" ? 8 : 16;
  n.psum_bits = rng.in(1, 2) * 16;
  n.product_bits = rng.in(n.operand_bits, n.psum_bits);
  const PsumRoute route = m.array.psum_route;
  const bool ordered =
      route == kInPlace || route == kSpill || (route == kColumn && !m.accumulates_at_store());
  n.overflow = ordered && rng.chance(50) ? Overflow::kSaturate : Overflow::kWrap;
}

Machine random_machine(Kind kind, Rng& rng) {
  Machine m = roomy_machine();
  m.name = "random";
  m.description = "drawn at random";
  randomize_array(m, kind, rng);
  randomize_numbers(m, rng);
  Pe& pe = m.pe;
  pe.adders = 2;
  pe.ifmap_spad_words = rng.in(1, 12);
  pe.filter_spad_words = rng.in(1, 24);
  pe.psum_spad_words = rng.in(0, 8);
  for (int* depth : {&pe.ifmap_fifo_words, &pe.filter_fifo_packets, &pe.psum_in_fifo_packets,
                     &pe.psum_out_fifo_packets, &pe.pipeline_stages})
    *depth = rng.in(1, 4);
  // A psum passes a bus and a port in one cycle.
  const int least = m.words_per_psum();
  for (Link* bus : {&m.noc.ifmap, &m.noc.filter}) *bus = {rng.in(1, 8), rng.in(0, 3)};
  for (Link* bus : std::initializer_list<Link*>{&m.noc.psum_in, &m.noc.psum_out, &m.noc.psum_link})
    *bus = {rng.in(least, 8), rng.in(0, 3)};
  Store& glb = m.levels[0].stores[0];
  glb.read_words_per_cycle = rng.in(least, 8);
  glb.write_words_per_cycle = rng.in(least, 8);
  m.padding = rng.chance(50) ? Padding::kStored : Padding::kGenerated;
  m.first_psum = rng.chance(50) ? FirstPsum::kRead : FirstPsum::kZero;
  // Written, read and validated: what a failing case prints is the machine that it ran.
  return read_machine(parse_yaml_text(to_yaml(m), "random machine"));
}

// Pooling is a depthwise layer without filters.
Layer random_layer(const Machine& machine, Kind kind, bool depthwise, Rng& rng) {
  Layer layer = random_conv(rng);
  const auto too_large = [&] { return layer.macs() > kMostMacs; };
  const auto overlaps = [&] {
    return layer.stride_rows * layer.stride_cols <= 2 &&
           layer.dilation_rows * layer.dilation_cols == 1 && layer.bound(Dim::kS) > 1 &&
           layer.bound(Dim::kP) > 1 && layer.bound(Dim::kQ) > 1;
  };
  while (too_large() || (kind == Kind::kPatch && !overlaps())) layer = random_conv(rng);
  if (depthwise) {
    layer.bounds[index(Dim::kM)] = layer.bounds[index(Dim::kC)] = 1;
    layer.bounds[index(Dim::kG)] = rng.in(1, 6);
    while (too_large()) --layer.bounds[index(Dim::kG)];
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
  void cut_in_time(Place place, bool reductions) {
    for (int loops = rng_.in(0, 2); loops > 0; --loops) {
      const Dim d = kAllDims[static_cast<std::size_t>(rng_.in(0, kDims - 1))];
      if (!reductions && is_reduction(d)) continue;
      cut(d, rng_.in(1, box_[d].size()), place);
    }
  }
  // Spreads some dimensions over at most `room` PEs.
  void spread(std::vector<Dim> dims, int room, Place place) {
    rng_.shuffle(dims);
    for (const Dim d : dims) {
      if (box_[d].size() == 1 || rng_.chance(25)) continue;
      const int step = rng_.in(1, box_[d].size());
      const int trips = (box_[d].size() + step - 1) / step;
      if (trips > room) continue;
      room /= trips;
      cut(d, step, place);
    }
  }
  void turn_in_pe(bool reductions_inside) {
    std::vector<Dim> dims(kAllDims.begin(), kAllDims.end());
    rng_.shuffle(dims);
    if (reductions_inside)
      std::stable_partition(dims.begin(), dims.end(), [](Dim d) { return !is_reduction(d); });
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

struct Spreads {
  std::vector<Dim> rows, cols;
};

// Dimensions that may lie across rows and columns.
Spreads placeable(const Machine& machine, bool pools, Rng& rng) {
  using enum Dim;
  const std::vector<Dim> outputs{kG, kN, kM, kP, kQ}, reductions{kC, kR, kS},
      all{kG, kN, kM, kP, kQ, kC, kR, kS};
  Spreads s{outputs, outputs};
  const PsumRoute route = machine.array.psum_route;
  if (route == PsumRoute::kColumn && !pools) s.rows = all;
  if (route == PsumRoute::kTree) s.rows = pools ? std::vector<Dim>{} : reductions;
  if (route == PsumRoute::kSpill && !pools) s = {all, all};
  if (machine.array.delivery == Delivery::kSystolic && rng.chance(90)) s.cols = {kM};
  return s;
}

// The ofmap plane is cut into as many blocks as there are rows and columns.
Mapping patch_mapping(Mapping m, const Layer& layer, const Machine& machine, Rng& rng) {
  m.keep.pe[index(Tensor::kIfmap)] = false;
  m.keep.pe[index(Tensor::kPsum)] = true;
  NestGrower grower(layer, rng);
  if (rng.chance(30)) grower.cut_in_time(Place::kGlb, true);
  const auto share = [&](Dim d, int pes) { return (layer.bound(d) + pes - 1) / pes; };
  grower.cut(Dim::kP, share(Dim::kP, machine.array.rows), Place::kRows);
  grower.cut(Dim::kQ, share(Dim::kQ, machine.array.cols), Place::kCols);
  grower.turn_in_pe(rng.chance(80));
  m.nest = grower.nest();
  return m;
}

Mapping random_mapping(const Layer& layer, const Machine& machine, Kind kind, bool pools,
                       Rng& rng) {
  Mapping m{.dataflow = "random", .nest = {}, .keep = {}};
  for (const Tensor t : kAllTensors) {
    m.keep.glb[index(t)] = rng.chance(60);
    m.keep.pe[index(t)] = rng.chance(60);
  }
  if (pools) m.keep.pe[index(Tensor::kPsum)] = true;
  if (kind == Kind::kPatch) return patch_mapping(std::move(m), layer, machine, rng);
  NestGrower grower(layer, rng);
  grower.cut_in_time(Place::kDram, !pools);
  grower.cut_in_time(Place::kGlb, !pools);
  const Spreads dims = placeable(machine, pools, rng);
  const bool cols_first = rng.chance(50);
  if (cols_first) grower.spread(dims.cols, machine.array.cols, Place::kCols);
  grower.spread(dims.rows, machine.array.rows, Place::kRows);
  if (!cols_first) grower.spread(dims.cols, machine.array.cols, Place::kCols);
  grower.turn_in_pe(rng.chance(30));
  m.nest = grower.nest();
  return m;
}

std::vector<LockStepCasePass> random_passes(const LockStepCase& c, Rng& rng) {
  std::vector<LockStepCasePass> all;
  Walk walk(c.layer, c.mapping, c.machine);
  for (Step step; walk.next(step);) {
    const bool reads = !step.starts_psums || c.machine.first_psum == FirstPsum::kRead;
    all.push_back({step.pass, reads && c.work == PeWork::kMultiply});
  }
  const auto from = static_cast<std::size_t>(rng.in(0, static_cast<int>(all.size()) - 1));
  const auto count = static_cast<std::size_t>(rng.in(1, static_cast<int>(kMostPasses)));
  std::vector<LockStepCasePass> some(
      all.begin() + static_cast<std::ptrdiff_t>(from),
      all.begin() + static_cast<std::ptrdiff_t>(std::min(from + count, all.size())));
  std::int64_t cycle = 0;
  for (LockStepCasePass& pass : some) {
    if (rng.chance(30)) pass.from = cycle += rng.in(0, 80);
  }
  return some;
}

// Nothing where no try is legal.
std::optional<Mapping> legal_mapping(const LockStepCase& c, Kind kind, Rng& rng) {
  for (int tries = 0; tries < 50; ++tries) {
    Mapping m = random_mapping(c.layer, c.machine, kind, c.work != PeWork::kMultiply, rng);
    if (check(m, c.layer, c.machine).empty()) return m;
  }
  return std::nullopt;
}

}  // namespace

LockStepCase random_lock_step_case(std::uint64_t seed) {
  Rng rng(seed);
  const Kind kind = rng.chance(15) ? Kind::kPatch : Kind::kAny;
  while (true) {
    LockStepCase c;
    c.seed = seed;
    c.machine = random_machine(kind, rng);
    if (rng.chance(10)) c.work = rng.chance(50) ? PeWork::kMax : PeWork::kSum;
    const bool pools = c.work != PeWork::kMultiply;
    c.layer = random_layer(c.machine, kind, pools || rng.chance(15), rng);
    const auto mapping = legal_mapping(c, kind, rng);
    if (!mapping) continue;
    c.mapping = *mapping;
    c.passes = random_passes(c, rng);
    return c;
  }
}

std::string to_string(const LockStepCase& c) {
  std::string passes;
  for (const LockStepCasePass& pass : c.passes) {
    for (const Dim d : kAllDims)
      passes += fmt::format("{} {}..{} ", name(d), pass.box[d].lo, pass.box[d].hi);
    passes += fmt::format("{}, from cycle {}\n", pass.read_psums ? "reads psums" : "starts psums",
                          pass.from);
  }
  return fmt::format("seed {}\n--- machine\n{}\n--- layer\n{}\n--- mapping\n{}\n--- work {}\n{}",
                     c.seed, to_yaml(c.machine), to_yaml(c.layer),
                     to_yaml({{c.layer.name, c.mapping}}), static_cast<int>(c.work), passes);
}

}  // namespace orrery
