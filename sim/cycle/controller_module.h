// The controller: sets a layer up, follows the schedule, and decides what overlaps with what.
#pragma once

#include <array>
#include <deque>
#include <optional>
#include <systemc>
#include <vector>

#include "sim/cycle/job.h"

namespace orrery {

// For each step of the walk: wait for the tiles that it needs, order the pass, and order what the
// machine may move beside it for the steps to come. What it may not move beside the array waits
// until the array is idle. Where passes overlap, the next one is ordered while this one plays.
class ControllerModule : public sc_core::sc_module {
 public:
  sc_core::sc_fifo_out<PassPtr> passes;
  sc_core::sc_fifo_out<TransferPtr> transfers;

  explicit ControllerModule(const sc_core::sc_module_name& name);
  // Plays `job` when the simulation runs next, and pauses the simulation at its end.
  void play(Job& job);

 private:
  // One buffer of the GLB: the last pass that was planned to use it, and the last transfer that
  // empties it.
  struct Buffer {
    PassPtr user;
    TransferPtr store;
  };
  struct Tile {
    PassPtr user;  // the last one planned
    std::int64_t words = 0;
  };

  void run();
  void play_passes();
  void play_pooling();
  void set_up();
  void plan_next();
  void place_tile(const PassPtr& pass, Tensor t);
  static PassPtr first_too_many(const Store& store, const std::deque<Tile>& latest,
                                std::int64_t words);
  void look_ahead();
  bool needs_idle_array(const PassOrder& pass) const;
  void order_loads(PassOrder& pass, bool beside_array);
  void order_load(PassOrder& pass, Tensor t);
  TransferPtr prepare(TransferKind kind, const Box& box, int buffer) const;
  bool may_order_next(const PassOrder& pass) const;
  void give_up();
  void order_pass(const PassPtr& pass);
  void store(const PassPtr& pass);
  void settle(PassOrder& pass);
  void settle_and_charge(const std::vector<std::pair<TransferPtr, Stall>>& needs);
  void report(std::int64_t done, std::int64_t of) const;

  Job* job_ = nullptr;
  sc_core::sc_event begin_;
  std::optional<Walk> walk_;
  std::deque<PassPtr> planned_;  // the first one is next
  PassPtr last_planned_;
  std::array<std::vector<Buffer>, kTensors> buffers_;
  std::array<int, kTensors> tiles_{};              // planned so far
  std::array<std::deque<Tile>, kTensors> latest_;  // tiles planned
  std::int64_t passes_planned_ = 0;
  TransferPtr last_store_;
  Stall store_cause_ = Stall::kOfmapStore;  // of the last store
  std::int64_t charged_ = 0;                // core cycles before this one have their cause
};

}  // namespace orrery
