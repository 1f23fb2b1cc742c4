#include "sim/schedule/sequencer.h"

#include <algorithm>
#include <cmath>

namespace orrery {
namespace {

constexpr std::array<TransferKind, kTensors> kLoad{
    TransferKind::kLoadIfmap, TransferKind::kLoadFilter, TransferKind::kLoadPsum};

// Whether the tile of `t` of a step is brought from DRAM. A pooling layer has no filters.
bool loads(const Layer& layer, const Step& step, Tensor t) {
  if (t == Tensor::kPsum && step.starts_tile) return false;
  if (t == Tensor::kFilter && layer.kind == LayerKind::kPool) return false;
  return step.fetch[index(t)];
}

}  // namespace

Sequencer::Sequencer(const Layer& layer, const Mapping& mapping, const Machine& machine,
                     Player& player)
    : layer_(layer), mapping_(mapping), machine_(machine), player_(player) {
  psum_store_.assign(static_cast<std::size_t>(glb_buffers(machine)[index(Tensor::kPsum)]), 0);
}

void Sequencer::play() { mapping_.nest.empty() ? play_pooling() : play_passes(); }

void Sequencer::play_passes() {
  planner_.emplace(layer_, mapping_, machine_);
  plan_next();
  set_up();
  order_loads(planned_.front(), true);
  order_loads(planned_.front(), false);
  while (!planned_.empty()) {
    player_.at_next_pass();
    settle(planned_.front());
    const PlannedPass pass = planned_.front().pass;
    planned_.pop_front();
    player_.order(pass);
    look_ahead();
    if (!may_order_next(pass)) player_.wait_for_pass(pass.number);
    if (player_.failed()) return;
    player_.report(pass.number, planner_->walk().passes());
    store(pass);
    if (planned_.empty()) break;
    Planned& next = planned_.front();
    if (next.pass.step.configures) {
      set_up();
      order_loads(next, true);
    }
    order_loads(next, false);
  }
  settle_and_charge(std::array{Need{last_store_, store_cause_}});
}

// Planes go through in tiles as large as the ifmaps' store allows.
void Sequencer::play_pooling() {
  const Store& store = machine_.store_of(Tensor::kIfmap);
  const int plane = layer_.ifmap_rows * layer_.ifmap_cols;
  const int planes =
      std::max(1, static_cast<int>(std::int64_t{store.banks} * store.bank_words / plane));
  const Box whole = layer_.box();
  set_up();
  for (int n = 0; n < layer_.bound(Dim::kN); ++n) {
    for (int g = 0; g < layer_.bound(Dim::kG); g += planes) {
      Box tile = whole;
      tile[Dim::kN] = {n, n + 1};
      tile[Dim::kG] = {g, std::min(g + planes, layer_.bound(Dim::kG))};
      const TransferNumber transfer = order({.kind = TransferKind::kPoolPlanes, .box = tile});
      settle_and_charge(std::array{Need{transfer, Stall::kIfmapLoad}});
    }
    player_.report(n + 1, layer_.bound(Dim::kN));
  }
}

void Sequencer::set_up() {
  const double cycles =
      machine_.controller.setup_bits * machine_.clocks.core_mhz / machine_.controller.setup_mhz;
  // The scan clock is read off the core clock, so set-up ends on a core edge; 1e-6: not a cycle
  // more for a rounding error.
  const auto whole = static_cast<std::int64_t>(std::ceil(cycles - 1e-6));
  player_.let_pass(whole);
  stalls_[static_cast<std::size_t>(Stall::kSetup)] += static_cast<std::uint64_t>(whole);
  charged_ = player_.cycle();
}

bool Sequencer::plan_next() {
  Planned planned;
  if (!planner_->next(planned.pass)) return false;
  planned.pass.sort = player_.sort(planned.pass.step);
  planned_.push_back(planned);
  return true;
}

// Orders what may move beside the array: everything for the next pass, and tiles for so many passes
// as their store queues.
void Sequencer::look_ahead() {
  std::array<std::size_t, kTensors> depth{};
  for (const Tensor t : kAllTensors) {
    if (!machine_.overlaps(t)) continue;
    depth[index(t)] = static_cast<std::size_t>(std::max(1, machine_.store_of(t).prefetch_tiles));
  }
  for (std::size_t ahead = 0; ahead < std::max<std::size_t>(1, std::ranges::max(depth)); ++ahead) {
    if (ahead == planned_.size() && !plan_next()) return;
    if (planned_[ahead].pass.step.configures) return;
    for (const Tensor t : kAllTensors) {
      if (ahead < depth[index(t)]) order_load(planned_[ahead], t);
    }
  }
}

// Orders the tiles that a pass needs and the GLB does not have: those that may move beside the
// array, or the others.
void Sequencer::order_loads(Planned& planned, bool beside_array) {
  for (const Tensor t : kAllTensors) {
    if (machine_.overlaps(t) == beside_array) order_load(planned, t);
  }
}

void Sequencer::order_load(Planned& planned, Tensor t) {
  const std::size_t i = index(t);
  const PlannedPass& pass = planned.pass;
  if (!loads(layer_, pass.step, t) || planned.load[i] != 0) return;
  TransferOrder load{
      .kind = kLoad[i], .box = pass.step.tile[i], .buffer = pass.buffer[i], .pass = pass.number};
  // Filters leave a queue when the array has taken them; other words are read as long as it works.
  const bool taken = t == Tensor::kFilter && machine_.store_of(t).prefetches();
  (taken ? load.after_fill : load.after_pass) = pass.makes_room[i];
  if (t == Tensor::kPsum) load.after = store_of_buffer(pass);
  planned.load[i] = order(load);
}

TransferNumber Sequencer::order(TransferOrder transfer) {
  transfer.number = ++transfers_;
  player_.order(transfer);
  return transfer.number;
}

// Whether the pass after this one can be ordered while this one plays: the machine overlaps passes,
// and nothing comes between them that needs the array idle.
bool Sequencer::may_order_next(const PlannedPass& pass) const {
  const bool overlaps_passes = machine_.array.shadow_filters || machine_.array.pipelined;
  if (!overlaps_passes || planned_.empty()) return false;
  const Step& next = planned_.front().pass.step;
  if (next.configures) return false;
  if (pass.step.fate != PsumFate::kStay && !machine_.overlaps(Tensor::kPsum)) return false;
  return std::ranges::none_of(kAllTensors, [&](Tensor t) {
    const bool moves = next.fetch[index(t)] && !(t == Tensor::kPsum && next.starts_tile);
    return moves && !machine_.overlaps(t);
  });
}

TransferNumber& Sequencer::store_of_buffer(const PlannedPass& pass) {
  return psum_store_[static_cast<std::size_t>(pass.buffer[index(Tensor::kPsum)])];
}

void Sequencer::store(const PlannedPass& pass) {
  if (pass.step.fate == PsumFate::kStay) return;
  const bool finished = pass.step.fate == PsumFate::kFinish;
  store_cause_ = finished ? Stall::kOfmapStore : Stall::kPsumStore;
  last_store_ = order({.kind = finished ? TransferKind::kStoreOfmap : TransferKind::kStorePsum,
                       .box = pass.step.tile[index(Tensor::kPsum)],
                       .buffer = pass.buffer[index(Tensor::kPsum)],
                       .pass = pass.number + 1,
                       .after_pass = pass.number});
  store_of_buffer(pass) = last_store_;
}

// Waits until the machine has what a pass needs.
void Sequencer::settle(const Planned& planned) {
  const Step& step = planned.pass.step;
  const bool other_psums = step.fetch[index(Tensor::kPsum)];
  // Without overlap nothing runs beside a store; with it, the new tile's buffer must have been
  // emptied.
  const TransferNumber store = !other_psums                       ? 0
                               : machine_.overlaps(Tensor::kPsum) ? store_of_buffer(planned.pass)
                                                                  : last_store_;
  settle_and_charge(std::array{Need{store, store_cause_},
                               Need{planned.load[index(Tensor::kIfmap)], Stall::kIfmapLoad},
                               Need{planned.load[index(Tensor::kPsum)], Stall::kPsumLoad},
                               Need{planned.load[index(Tensor::kFilter)], Stall::kFilterLoad}});
  if (other_psums && step.starts_tile)
    player_.clear_psums(planned.pass.buffer[index(Tensor::kPsum)]);
}

// Waits for transfers in order. Time in which the array has nothing to play is charged: to the
// first need until it is met, to the next what is left.
void Sequencer::settle_and_charge(std::span<const Need> needs) {
  std::array<std::int64_t, 4> met{};
  for (std::size_t i = 0; i < needs.size(); ++i) {
    if (needs[i].transfer != 0) player_.wait_for_transfer(needs[i].transfer);
    met[i] = player_.cycle();
  }
  const std::optional<std::int64_t> idle = player_.array_idle_since();
  if (!idle) return;
  charged_ = std::max(charged_, *idle);
  for (std::size_t i = 0; i < needs.size(); ++i) {
    if (needs[i].transfer == 0 || met[i] <= charged_) continue;
    stalls_[static_cast<std::size_t>(needs[i].cause)] +=
        static_cast<std::uint64_t>(met[i] - charged_);
    charged_ = met[i];
  }
}

void Sequencer::add_stalls(const std::array<std::uint64_t, kStallNames.size()>& cycles) {
  for (std::size_t i = 0; i < cycles.size(); ++i) stalls_[i] += cycles[i];
}

}  // namespace orrery
