#include "sim/cycle/controller_module.h"

#include <algorithm>
#include <cmath>

namespace orrery {
namespace {

constexpr std::array<TransferKind, kTensors> kLoad{
    TransferKind::kLoadIfmap, TransferKind::kLoadFilter, TransferKind::kLoadPsum};

}  // namespace

ControllerModule::ControllerModule(const sc_core::sc_module_name& name) : sc_module(name) {
  SC_HAS_PROCESS(ControllerModule);
  SC_THREAD(run);
}

void ControllerModule::play(Job& job) {
  job_ = &job;
  loads_ = {};
  stores_ = {};
  last_store_ = nullptr;
  pass_ = nullptr;
  begin_.notify(sc_core::SC_ZERO_TIME);
}

void ControllerModule::run() {
  while (true) {
    // A job ordered before the simulation has ever run comes before this process can wait.
    if (job_ == nullptr) wait(begin_);
    if (job_->layer.kind == LayerKind::kPool) {
      play_pooling();
    } else {
      play_passes();
    }
    job_->result.cycles = static_cast<std::uint64_t>(core_cycle());
    job_ = nullptr;
    sc_core::sc_pause();
  }
}

void ControllerModule::play_passes() {
  Walk walk(job_->layer, job_->mapping, job_->machine);
  std::int64_t done = 0;
  Step step, next;
  bool more = walk.next(step);
  set_up();
  order_loads(step, true);
  order_loads(step, false);
  while (more) {
    settle(step);
    order_pass(step);
    more = walk.next(next);
    if (more && !next.configures) order_loads(next, true);
    if (!pass_->done.open) wait(pass_->done.opened);
    if (!job_->failure.empty()) break;
    report(++done, walk.passes());
    store(step);
    if (more && next.configures) {
      set_up();
      order_loads(next, true);
    }
    if (more) order_loads(next, false);
    step = next;
  }
  for (const TransferPtr& load : loads_)
    wait_for(load, Stall::kFilterLoad);  // left over after a failure
  wait_for(last_store_, store_cause_);
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
    for (int c = 0; c < layer.bound(Dim::kC); c += planes) {
      Box tile = whole;
      tile[Dim::kN] = {n, n + 1};
      tile[Dim::kC] = {c, std::min(c + planes, layer.bound(Dim::kC))};
      wait_for(order(TransferKind::kPoolPlanes, tile, 0), Stall::kIfmapLoad);
    }
    report(n + 1, layer.bound(Dim::kN));
  }
}

std::int64_t ControllerModule::core_cycle() const { return job_->now() / job_->clocks.core.period; }

void ControllerModule::set_up() {
  const Controller& controller = job_->machine.controller;
  const double cycles =
      controller.setup_bits * job_->machine.clocks.core_mhz / controller.setup_mhz;
  // The scan clock is read off the core clock, so set-up ends on a core edge; 1e-6: not a cycle
  // more for a rounding error.
  const auto whole = static_cast<std::int64_t>(std::ceil(cycles - 1e-6));
  wait(ticks(whole * job_->clocks.core.period));
  job_->result.stalls[static_cast<std::size_t>(Stall::kSetup)] += static_cast<std::uint64_t>(whole);
}

TransferPtr ControllerModule::order(TransferKind kind, const Box& box, int buffer,
                                    std::shared_ptr<Gate> room) {
  auto transfer = std::make_shared<Transfer>();
  transfer->kind = kind;
  transfer->box = box;
  transfer->buffer = buffer;
  transfer->room = std::move(room);
  transfers->write(transfer);
  return transfer;
}

// A prefetch store that cannot hold the present filters and the next ones gets room when the array
// has taken the present ones.
std::shared_ptr<Gate> ControllerModule::room_for_filter(const Step& step) const {
  const Store& store = job_->machine.store_of(Tensor::kFilter);
  if (pass_ == nullptr || !store.prefetches()) return nullptr;
  const auto words = [&](const Step& s) {
    return footprint_words(job_->layer, s.tile[index(Tensor::kFilter)], Tensor::kFilter);
  };
  const bool both_fit =
      words(pass_->step) + words(step) <= std::int64_t{store.banks} * store.bank_words;
  return both_fit ? nullptr : pass_->filled;
}

// Orders the tiles that `step` needs and the GLB does not have: those that may move beside the
// array, or the others.
void ControllerModule::order_loads(const Step& step, bool beside_array) {
  for (const Tensor t : kAllTensors) {
    const std::size_t i = index(t);
    if (!step.fetch[i] || job_->machine.overlaps(t) != beside_array) continue;
    if (t == Tensor::kPsum && step.starts_tile) continue;
    const int buffer = job_->glb.present(t) ^ 1;
    loads_[i] = order(kLoad[i], step.tile[i], buffer,
                      t == Tensor::kFilter ? room_for_filter(step) : nullptr);
  }
}

void ControllerModule::order_pass(const Step& step) {
  pass_ = std::make_shared<PassOrder>();
  pass_->step = step;
  pass_->filled = std::make_shared<Gate>();
  passes->write(pass_);
}

void ControllerModule::store(const Step& step) {
  if (step.fate == PsumFate::kStay) return;
  const bool finished = step.fate == PsumFate::kFinish;
  const int buffer = job_->glb.present(Tensor::kPsum);
  store_cause_ = finished ? Stall::kOfmapStore : Stall::kPsumStore;
  last_store_ = order(finished ? TransferKind::kStoreOfmap : TransferKind::kStorePsum,
                      step.tile[index(Tensor::kPsum)], buffer);
  stores_[static_cast<std::size_t>(buffer)] = last_store_;
}

// Waits until the machine has what `step` needs, charging each cause with the time that it alone
// takes.
void ControllerModule::settle(const Step& step) {
  const std::size_t psum = index(Tensor::kPsum);
  if (step.fetch[psum]) {
    // Without overlap nothing runs beside a store; with it, the new tile's buffer must have been
    // emptied.
    const int buffer = job_->glb.present(Tensor::kPsum) ^ 1;
    wait_for(job_->machine.overlaps(Tensor::kPsum) ? stores_[static_cast<std::size_t>(buffer)]
                                                   : last_store_,
             store_cause_);
  }
  wait_for(loads_[index(Tensor::kIfmap)], Stall::kIfmapLoad);
  wait_for(loads_[psum], Stall::kPsumLoad);
  wait_for(loads_[index(Tensor::kFilter)], Stall::kFilterLoad);
  loads_ = {};
  for (const Tensor t : kAllTensors) {
    if (!step.fetch[index(t)]) continue;
    const int buffer = job_->glb.flip(t);
    if (t == Tensor::kPsum && step.starts_tile) std::ranges::fill(job_->glb.psums(buffer), 0);
  }
}

void ControllerModule::wait_for(const TransferPtr& transfer, Stall cause) {
  if (transfer == nullptr) return;
  const std::int64_t since = core_cycle();
  if (!transfer->done.open) wait(transfer->done.opened);
  if (transfer->core_sees > job_->now()) wait(ticks(transfer->core_sees - job_->now()));
  job_->result.stalls[static_cast<std::size_t>(cause)] +=
      static_cast<std::uint64_t>(core_cycle() - since);
}

void ControllerModule::report(std::int64_t done, std::int64_t of) const {
  if (job_->options.progress) job_->options.progress({done, of});
}

}  // namespace orrery
