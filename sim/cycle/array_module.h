// The PE array with its NoC, as a module: plays the passes that the controller orders, on the core
// clock.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <systemc>

#include "sim/cycle/job.h"
#include "sim/machine/clocked_array.h"
#include "sim/machine/lock_step.h"

namespace orrery {

// Inside a pass nothing depends on the rest of the machine (GLB banks belong to one tensor, DMA has
// its own slot), so the array plays its cycles in one go up to the next point that others wait for,
// and then lets that many clocks pass. Passes go through three stages: filters that move into
// shadow registers, the pass itself, and psums that are still on their way. Cycles in which the
// next pass is under way are its own. An array that is played clock by clock (ClockedArray) is
// asked in each cycle instead.
class ArrayModule : public sc_core::sc_module {
 public:
  sc_core::sc_fifo_in<PassPtr> orders;

  explicit ArrayModule(const sc_core::sc_module_name& name);
  void configure(Job& job);

 private:
  struct Draining {
    PassPtr order;
    std::int64_t done = 0;  // core cycle; of a clocked array: it tells when it knows
  };

  void fill();
  void run();
  void drain();
  void move_shadow_filters(PassOrder& order);
  void give_up(PassOrder& order, const std::string& why);
  bool given_up() const { return !job_->failure.empty(); }
  void leave(PassOrder& order);
  void play(const PassPtr& order);
  void charge_overlap(std::int64_t cycles);
  void play_in_lock_step(const PassPtr& order);
  void give(PassOrder& order);
  void play_clocked(const PassPtr& order);
  void wait_for(const PassOrder& order, std::int64_t PassTimes::*what, std::int64_t after = 0);
  void finish(PassOrder& order);
  void let_pass_until(std::int64_t cycle);
  const ArrayPass& compiled(const Box& pass);
  PassTiles tiles(const PassOrder& order);
  void note(const PassRecord& record);

  Job* job_ = nullptr;
  std::optional<Array> array_;
  std::optional<LockStepArray> lock_step_;
  std::unique_ptr<ClockedArray> clocked_;  // plays in place of both, where there is one
  // Passes over boxes of one size are alike.
  std::map<std::array<int, kDims>, ArrayPass> passes_;
  // The latest pass of independent PEs: when it is over, in core cycles, and its PEs.
  std::int64_t over_ = 0;
  int pes_ = 0;
  sc_core::sc_fifo<PassPtr> filled_{"filled", 1};
  std::deque<Draining> draining_;
  sc_core::sc_event drains_;
};

}  // namespace orrery
