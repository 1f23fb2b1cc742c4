// The controller: sets a layer up, follows the schedule, and decides what overlaps with what.
#pragma once

#include <array>
#include <systemc>

#include "sim/cycle/job.h"

namespace orrery {

// For each step of the walk: wait for the tiles that it needs, order the pass, and order what the
// machine may move beside it for the next step. What it may not move beside the array waits until
// the array is idle.
class ControllerModule : public sc_core::sc_module {
 public:
  sc_core::sc_fifo_out<PassPtr> passes;
  sc_core::sc_fifo_out<TransferPtr> transfers;

  explicit ControllerModule(const sc_core::sc_module_name& name);
  // Plays `job` when the simulation runs next, and pauses the simulation at its end.
  void play(Job& job);

 private:
  void run();
  void play_passes();
  void play_pooling();
  void set_up();
  void order_loads(const Step& step, bool beside_array);
  TransferPtr order(TransferKind kind, const Box& box, int buffer,
                    std::shared_ptr<Gate> room = nullptr);
  std::shared_ptr<Gate> room_for_filter(const Step& step) const;
  void order_pass(const Step& step);
  void store(const Step& step);
  void settle(const Step& step);
  void wait_for(const TransferPtr& transfer, Stall cause);
  std::int64_t core_cycle() const;
  void report(std::int64_t done, std::int64_t of) const;

  Job* job_ = nullptr;
  sc_core::sc_event begin_;
  std::array<TransferPtr, kTensors> loads_;  // those that the next pass waits for
  std::array<TransferPtr, 2> stores_;        // the last out of each psum buffer
  TransferPtr last_store_;
  Stall store_cause_ = Stall::kOfmapStore;  // of the last store
  PassPtr pass_;                            // the last one ordered
};

}  // namespace orrery
