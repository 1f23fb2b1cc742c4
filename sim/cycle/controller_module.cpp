#include "sim/cycle/controller_module.h"

#include <algorithm>

namespace orrery {

// A pass may be named before it is ordered: by a transfer that waits for its end.
template <class Order>
std::shared_ptr<Order> ControllerModule::Live<Order>::find(std::int64_t number) {
  if (number < first) return nullptr;
  while (first + static_cast<std::int64_t>(order.size()) <= number)
    order.push_back(std::make_shared<Order>());
  return order[static_cast<std::size_t>(number - first)];
}

ControllerModule::ControllerModule(const sc_core::sc_module_name& name) : sc_module(name) {
  SC_HAS_PROCESS(ControllerModule);
  SC_THREAD(run);
}

void ControllerModule::play(Job& job) {
  job_ = &job;
  live_passes_ = {};
  live_transfers_ = {};
  begin_.notify(sc_core::SC_ZERO_TIME);
}

void ControllerModule::run() {
  while (true) {
    // A job ordered before the simulation has ever run comes before this process can wait.
    if (job_ == nullptr) wait(begin_);
    Sequencer sequencer(job_->layer, job_->mapping, job_->machine, *this);
    sequencer.play();
    if (failed()) give_up();
    job_->result.stalls = sequencer.stalls();
    job_->result.cycles = static_cast<std::uint64_t>(job_->core_cycle());
    job_ = nullptr;
    sc_core::sc_pause();
  }
}

void ControllerModule::let_pass(std::int64_t cycles) {
  wait(ticks(cycles * job_->clocks.core.period));
}

void ControllerModule::order(const TransferOrder& transfer) {
  const TransferPtr order = live_transfers_.find(transfer.number);
  static_cast<TransferOrder&>(*order) = transfer;
  order->until_filled = live_passes_.find(transfer.after_fill);
  order->until_over = live_passes_.find(transfer.after_pass);
  order->until_done = live_transfers_.find(transfer.after);
  transfers->write(order);
}

void ControllerModule::order(const PlannedPass& pass) {
  const PassPtr order = live_passes_.find(pass.number);
  static_cast<PlannedPass&>(*order) = pass;
  ++job_->passes_under_way;
  passes->write(order);
  for (auto& [live, first] = live_passes_; live.front()->done.open; ++first) live.pop_front();
}

void ControllerModule::wait_for_transfer(TransferNumber transfer) {
  const TransferPtr order = live_transfers_.find(transfer);
  if (order == nullptr) return;
  if (!order->done.open) wait(order->done.opened);
  if (order->core_sees > job_->now()) wait(ticks(order->core_sees - job_->now()));
  for (auto& [live, first] = live_transfers_;
       !live.empty() && live.front()->done.open && live.front()->core_sees <= job_->now(); ++first)
    live.pop_front();
}

void ControllerModule::wait_for_pass(PassNumber pass) {
  const PassPtr order = live_passes_.find(pass);
  if (order == nullptr) return;
  if (!order->done.open) wait(order->done.opened);
}

std::optional<std::int64_t> ControllerModule::array_idle_since() const {
  if (job_->passes_under_way > 0) return {};
  return job_->array_idle_since;
}

void ControllerModule::clear_psums(int buffer) { std::ranges::fill(job_->glb.psums(buffer), 0); }

void ControllerModule::report(std::int64_t done, std::int64_t of) {
  if (job_->options.progress) job_->options.progress({done, of});
}

// A pass could not be played. Transfers on order still end, and passes on order leave the array, so
// that both are free for another job.
void ControllerModule::give_up() {
  for (const PassPtr& pass : live_passes_.order) {
    pass->filled.release();
    pass->done.release();
  }
  while (!live_transfers_.order.empty()) wait_for_transfer(live_transfers_.first);
  while (job_->passes_under_way > 0) let_pass(1);
}

}  // namespace orrery
