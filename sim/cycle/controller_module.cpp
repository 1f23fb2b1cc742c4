#include "sim/cycle/controller_module.h"

#include <algorithm>
#include <cmath>

namespace orrery {
namespace {

constexpr std::array<TransferKind, kTensors> kLoad{
    TransferKind::kLoadIfmap, TransferKind::kLoadFilter, TransferKind::kLoadPsum};

// Passes of which one can begin before the one before it is over.
bool overlaps_passes(const PeArray& array) { return array.shadow_filters || array.pipelined; }

}  // namespace

ControllerModule::ControllerModule(const sc_core::sc_module_name& name) : sc_module(name) {
  SC_HAS_PROCESS(ControllerModule);
  SC_THREAD(run);
}

void ControllerModule::play(Job& job) {
  job_ = &job;
  walk_.reset();
  planned_.clear();
  last_planned_ = nullptr;
  last_store_ = nullptr;
  charged_ = 0;
  passes_planned_ = 0;
  for (const Tensor t : kAllTensors) {
    tiles_[index(t)] = 0;
    latest_[index(t)].clear();
    buffers_[index(t)].assign(static_cast<std::size_t>(job.glb.buffers(t)), {});
  }
  begin_.notify(sc_core::SC_ZERO_TIME);
}

void ControllerModule::run() {
  while (true) {
    // A job ordered before the simulation has ever run comes before this process can wait.
    if (job_ == nullptr) wait(begin_);
    if (job_->mapping.nest.empty()) {
      play_pooling();
    } else {
      play_passes();
    }
    job_->result.cycles = static_cast<std::uint64_t>(job_->core_cycle());
    job_ = nullptr;
    sc_core::sc_pause();
  }
}

void ControllerModule::play_passes() {
  walk_.emplace(job_->layer, job_->mapping, job_->machine);
  plan_next();
  set_up();
  order_loads(*planned_.front(), true);
  order_loads(*planned_.front(), false);
  for (std::int64_t done = 1; !planned_.empty(); ++done) {
    const PassPtr pass = planned_.front();
    planned_.pop_front();
    settle(*pass);
    order_pass(pass);
    look_ahead();
    if (!may_order_next(*pass) && !pass->done.open) wait(pass->done.opened);
    if (!job_->failure.empty()) return give_up();
    report(done, walk_->passes());
    store(pass);
    if (planned_.empty()) break;
    PassOrder& next = *planned_.front();
    if (next.step.configures) {
      set_up();
      order_loads(next, true);
    }
    order_loads(next, false);
  }
  settle_and_charge({{last_store_, store_cause_}});
}

// Planes go through in tiles as large as the ifmaps' store allows.
void ControllerModule::play_pooling() {
  const Layer& layer = job_->layer;
  const Store& store = job_->machine.store_of(Tensor::kIfmap);
  const int plane = layer.ifmap_rows * layer.ifmap_cols;
  const int planes =
      std::max(1, static_cast<int>(std::int64_t{store.banks} * store.bank_words / plane));
  const Box whole = layer.box();
  set_up();
  for (int n = 0; n < layer.bound(Dim::kN); ++n) {
    for (int g = 0; g < layer.bound(Dim::kG); g += planes) {
      Box tile = whole;
      tile[Dim::kN] = {n, n + 1};
      tile[Dim::kG] = {g, std::min(g + planes, layer.bound(Dim::kG))};
      const TransferPtr transfer = prepare(TransferKind::kPoolPlanes, tile, 0);
      transfers->write(transfer);
      settle_and_charge({{transfer, Stall::kIfmapLoad}});
    }
    report(n + 1, layer.bound(Dim::kN));
  }
}

void ControllerModule::set_up() {
  const Controller& controller = job_->machine.controller;
  const double cycles =
      controller.setup_bits * job_->machine.clocks.core_mhz / controller.setup_mhz;
  // The scan clock is read off the core clock, so set-up ends on a core edge; 1e-6: not a cycle
  // more for a rounding error.
  const auto whole = static_cast<std::int64_t>(std::ceil(cycles - 1e-6));
  wait(ticks(whole * job_->clocks.core.period));
  job_->result.stalls[static_cast<std::size_t>(Stall::kSetup)] += static_cast<std::uint64_t>(whole);
  charged_ = job_->core_cycle();
}

void ControllerModule::plan_next() {
  const auto pass = std::make_shared<PassOrder>();
  if (!walk_->next(pass->step)) return;
  pass->number = ++passes_planned_;
  for (const Tensor t : kAllTensors) place_tile(pass, t);
  last_planned_ = pass;
  planned_.push_back(pass);
}

// Each new tile goes into the next buffer in turn, once the pass that is in its way is over.
void ControllerModule::place_tile(const PassPtr& pass, Tensor t) {
  const std::size_t i = index(t);
  const Store& store = job_->machine.store_of(t);
  if (pass->step.fetch[i]) {
    const std::int64_t words = store.tile_words > 0
                                   ? store.tile_words
                                   : footprint_words(job_->layer, pass->step.tile[i], t);
    pass->buffer[i] = tiles_[i]++ % job_->glb.buffers(t);
    pass->makes_room[i] = store.prefetches()
                              ? first_too_many(store, latest_[i], words)
                              : buffers_[i][static_cast<std::size_t>(pass->buffer[i])].user;
    latest_[i].push_back({nullptr, words});
    if (latest_[i].size() > buffers_[i].size()) latest_[i].pop_front();
  } else {
    pass->buffer[i] = last_planned_->buffer[i];
  }
  latest_[i].back().user = pass;
  buffers_[i][static_cast<std::size_t>(pass->buffer[i])].user = pass;
}

// A store that queues tiles and cannot hold one more of `words` beside the latest gets room when
// the array is through with the last that is too many; null: there is room.
PassPtr ControllerModule::first_too_many(const Store& store, const std::deque<Tile>& latest,
                                         std::int64_t words) {
  const std::int64_t room = std::int64_t{store.banks} * store.bank_words;
  for (auto tile = latest.rbegin(); tile != latest.rend(); ++tile) {
    words += tile->words;
    if (words > room) return tile->user;
  }
  return nullptr;
}

// Orders what may move beside the array: everything for the next pass, and tiles for so many passes
// as their store queues.
void ControllerModule::look_ahead() {
  std::array<std::size_t, kTensors> depth{};
  for (const Tensor t : kAllTensors) {
    if (!job_->machine.overlaps(t)) continue;
    depth[index(t)] =
        static_cast<std::size_t>(std::max(1, job_->machine.store_of(t).prefetch_tiles));
  }
  for (std::size_t ahead = 0; ahead < std::max<std::size_t>(1, std::ranges::max(depth)); ++ahead) {
    if (ahead == planned_.size()) plan_next();
    if (ahead == planned_.size() || planned_[ahead]->step.configures) return;
    for (const Tensor t : kAllTensors) {
      if (ahead < depth[index(t)]) order_load(*planned_[ahead], t);
    }
  }
}

// Orders the tiles that `pass` needs and the GLB does not have: those that may move beside the
// array, or the others.
void ControllerModule::order_loads(PassOrder& pass, bool beside_array) {
  for (const Tensor t : kAllTensors) {
    if (job_->machine.overlaps(t) == beside_array) order_load(pass, t);
  }
}

void ControllerModule::order_load(PassOrder& pass, Tensor t) {
  const std::size_t i = index(t);
  if (!pass.step.fetch[i] || pass.load[i] != nullptr) return;
  if (t == Tensor::kPsum && pass.step.starts_tile) return;
  if (t == Tensor::kFilter && !job_->has_filters()) return;
  const TransferPtr load = prepare(kLoad[i], pass.step.tile[i], pass.buffer[i]);
  // Filters leave a queue when the array has taken them; other words are read as long as it works.
  const bool taken = t == Tensor::kFilter && job_->machine.store_of(t).prefetches();
  (taken ? load->after_fill : load->after_pass) = pass.makes_room[i];
  load->pass = pass.number;
  if (t == Tensor::kPsum) load->after = buffers_[i][static_cast<std::size_t>(pass.buffer[i])].store;
  pass.load[i] = load;
  transfers->write(load);
}

TransferPtr ControllerModule::prepare(TransferKind kind, const Box& box, int buffer) const {
  auto transfer = std::make_shared<Transfer>();
  transfer->kind = kind;
  transfer->box = box;
  transfer->buffer = buffer;
  return transfer;
}

void ControllerModule::order_pass(const PassPtr& pass) {
  ++job_->passes_under_way;
  passes->write(pass);
}

// Whether the pass after this one can be ordered while this one plays: the machine overlaps passes,
// and nothing comes between them that needs the array idle.
bool ControllerModule::may_order_next(const PassOrder& pass) const {
  const Machine& machine = job_->machine;
  if (!overlaps_passes(machine.array) || planned_.empty()) return false;
  const Step& next = planned_.front()->step;
  if (next.configures) return false;
  if (pass.step.fate != PsumFate::kStay && !machine.overlaps(Tensor::kPsum)) return false;
  return std::ranges::none_of(kAllTensors, [&](Tensor t) {
    const bool moves = next.fetch[index(t)] && !(t == Tensor::kPsum && next.starts_tile);
    return moves && !machine.overlaps(t);
  });
}

void ControllerModule::store(const PassPtr& pass) {
  if (pass->step.fate == PsumFate::kStay) return;
  const bool finished = pass->step.fate == PsumFate::kFinish;
  const int buffer = pass->buffer[index(Tensor::kPsum)];
  store_cause_ = finished ? Stall::kOfmapStore : Stall::kPsumStore;
  last_store_ = prepare(finished ? TransferKind::kStoreOfmap : TransferKind::kStorePsum,
                        pass->step.tile[index(Tensor::kPsum)], buffer);
  if (!pass->done.open) last_store_->after_pass = pass;
  last_store_->pass = pass->number + 1;
  buffers_[index(Tensor::kPsum)][static_cast<std::size_t>(buffer)].store = last_store_;
  transfers->write(last_store_);
}

// Waits until the machine has what `pass` needs.
void ControllerModule::settle(PassOrder& pass) {
  const std::size_t psum = index(Tensor::kPsum);
  const auto buffer = static_cast<std::size_t>(pass.buffer[psum]);
  std::vector<std::pair<TransferPtr, Stall>> needs;
  if (pass.step.fetch[psum]) {
    // Without overlap nothing runs beside a store; with it, the new tile's buffer must have been
    // emptied.
    needs.emplace_back(
        job_->machine.overlaps(Tensor::kPsum) ? buffers_[psum][buffer].store : last_store_,
        store_cause_);
  }
  needs.emplace_back(pass.load[index(Tensor::kIfmap)], Stall::kIfmapLoad);
  needs.emplace_back(pass.load[psum], Stall::kPsumLoad);
  needs.emplace_back(pass.load[index(Tensor::kFilter)], Stall::kFilterLoad);
  settle_and_charge(needs);
  pass.load = {};
  pass.makes_room = {};
  if (pass.step.fetch[psum] && pass.step.starts_tile)
    std::ranges::fill(job_->glb.psums(pass.buffer[psum]), 0);
}

// Waits for transfers in order. Time in which the array has nothing to play is charged: to the
// first need until it is met, to the next what is left.
void ControllerModule::settle_and_charge(const std::vector<std::pair<TransferPtr, Stall>>& needs) {
  std::vector<std::pair<std::int64_t, Stall>> met;
  for (const auto& [transfer, cause] : needs) {
    if (transfer == nullptr) continue;
    if (!transfer->done.open) wait(transfer->done.opened);
    if (transfer->core_sees > job_->now()) wait(ticks(transfer->core_sees - job_->now()));
    met.emplace_back(job_->core_cycle(), cause);
  }
  if (job_->passes_under_way > 0) return;
  charged_ = std::max(charged_, job_->array_idle_since);
  for (const auto& [cycle, cause] : met) {
    if (cycle <= charged_) continue;
    job_->result.stalls[static_cast<std::size_t>(cause)] +=
        static_cast<std::uint64_t>(cycle - charged_);
    charged_ = cycle;
  }
}

// A pass could not be played. Transfers on order still end, so that the DMA is free for another
// job.
void ControllerModule::give_up() {
  for (const PassPtr& pass : planned_) {
    pass->filled.release();
    pass->done.release();
  }
  for (const PassPtr& pass : planned_) {
    for (const TransferPtr& load : pass->load) settle_and_charge({{load, Stall::kFilterLoad}});
  }
  settle_and_charge({{last_store_, store_cause_}});
}

void ControllerModule::report(std::int64_t done, std::int64_t of) const {
  if (job_->options.progress) job_->options.progress({done, of});
}

}  // namespace orrery
