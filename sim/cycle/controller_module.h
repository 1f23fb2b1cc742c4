// The controller on the core clock: its orders go to the array and the DMA, its waits let time
// pass.
#pragma once

#include <deque>
#include <optional>
#include <systemc>

#include "sim/cycle/job.h"

namespace orrery {

class ControllerModule : public sc_core::sc_module, private Player {
 public:
  sc_core::sc_fifo_out<PassPtr> passes;
  sc_core::sc_fifo_out<TransferPtr> transfers;

  explicit ControllerModule(const sc_core::sc_module_name& name);
  // Plays `job` when the simulation runs next, and pauses the simulation at its end.
  void play(Job& job);

 private:
  // Orders that somebody may still wait for, by number; those before `first` are over.
  template <class Order>
  struct Live {
    std::deque<std::shared_ptr<Order>> order;
    std::int64_t first = 1;
    // Null: none, or over.
    std::shared_ptr<Order> find(std::int64_t number);
  };

  void run();
  void give_up();

  std::int64_t cycle() const override { return job_->core_cycle(); }
  void let_pass(std::int64_t cycles) override;
  void order(const TransferOrder& transfer) override;
  void order(const PlannedPass& pass) override;
  void wait_for_transfer(TransferNumber transfer) override;
  void wait_for_pass(PassNumber pass) override;
  std::optional<std::int64_t> array_idle_since() const override;
  void clear_psums(int buffer) override;
  bool failed() const override { return !job_->failure.empty(); }
  void report(std::int64_t done, std::int64_t of) override;

  Job* job_ = nullptr;
  sc_core::sc_event begin_;
  Live<PassOrder> live_passes_;
  Live<Transfer> live_transfers_;
};

}  // namespace orrery
