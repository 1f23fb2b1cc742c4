// The sequencer: sets a layer up, follows the schedule, and decides what overlaps with what. It is
// one sequence of orders and waits; an engine lets the time pass in which they are carried out.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <vector>

#include "sim/result/result.h"
#include "sim/schedule/planner.h"

namespace orrery {

enum class TransferKind : std::uint8_t {
  kLoadIfmap,
  kLoadFilter,
  kLoadPsum,
  kStorePsum,
  kStoreOfmap,
  kPoolPlanes
};

// Transfers have numbers from 1 on, in the order in which they are ordered; 0 stands for none.
using TransferNumber = std::int64_t;

// An order to the DMA: one tile, one way.
struct TransferOrder {
  TransferNumber number = 0;
  TransferKind kind = TransferKind::kLoadIfmap;
  Box box;
  int buffer = 0;       // of the GLB
  PassNumber pass = 0;  // the first that waits for it
  // It can begin once this pass has taken its filters, or is over, and that transfer is done; 0: at
  // once.
  PassNumber after_fill = 0, after_pass = 0;
  TransferNumber after = 0;
};

// What carries orders out. Waiting takes time; nothing else here does, but that an array that
// cannot take another pass yet holds up the one who orders it.
class Player {
 public:
  virtual ~Player() = default;
  virtual std::int64_t cycle() const = 0;  // of the core clock, from the start of the layer
  virtual void let_pass(std::int64_t cycles) = 0;
  virtual void order(const TransferOrder& transfer) = 0;
  virtual void order(const PlannedPass& pass) = 0;
  // Until the core knows that the transfer is done.
  virtual void wait_for_transfer(TransferNumber transfer) = 0;
  virtual void wait_for_pass(PassNumber pass) = 0;
  // From when on the array has had nothing to play; empty: it has a pass.
  virtual std::optional<std::int64_t> array_idle_since() const = 0;
  // A psum tile starts from zero, at no cost.
  virtual void clear_psums(int buffer) = 0;
  // A pass could not be played: the sequencer stops.
  virtual bool failed() const = 0;
  // So many passes (of a pooling layer: images) are over.
  virtual void report(std::int64_t done, std::int64_t of) = 0;
  // For engines that skip passes which repeat others: a number for passes, and their tiles, that
  // take the same time.
  virtual int sort(const Step&) { return 0; }
  // All passes that are planned but one have been ordered, or wait for their tiles in a queue.
  virtual void at_next_pass() {}
};

// For each step of the walk: wait for the tiles that it needs, order the pass, and order what the
// machine may move beside it for the steps to come. What it may not move beside the array waits
// until the array is idle. Where passes overlap, the next one is ordered while this one plays.
class Sequencer {
 public:
  Sequencer(const Layer& layer, const Mapping& mapping, const Machine& machine, Player& player);
  // Plays the layer. A layer without a nest is a pooling layer that goes through post-processing.
  void play();
  // Core cycles in which the array waits as a whole, by cause.
  const std::array<std::uint64_t, kStallNames.size()>& stalls() const { return stalls_; }

  // For engines that skip passes which repeat others: everything that decides what comes, as
  // references to passes and transfers and as cycles. Calls number(n), transfer(n), cycle(c) and
  // value(v), each with a reference.
  template <class Visitor>
  void visit(Visitor& visitor);
  Walk& walk() { return planner_->walk(); }
  const Walk& walk() const { return planner_->walk(); }
  std::size_t planned() const { return planned_.size(); }
  void add_stalls(const std::array<std::uint64_t, kStallNames.size()>& cycles);

 private:
  // A planned pass, and the transfers that it waits for.
  struct Planned {
    PlannedPass pass;
    std::array<TransferNumber, kTensors> load{};  // 0: nothing was ordered
  };
  struct Need {
    TransferNumber transfer = 0;
    Stall cause = Stall::kSetup;
  };

  void play_passes();
  void play_pooling();
  void set_up();
  bool plan_next();
  void look_ahead();
  void order_loads(Planned& planned, bool beside_array);
  void order_load(Planned& planned, Tensor t);
  TransferNumber order(TransferOrder transfer);
  bool may_order_next(const PlannedPass& pass) const;
  void store(const PlannedPass& pass);
  void settle(const Planned& planned);
  void settle_and_charge(std::span<const Need> needs);
  TransferNumber& store_of_buffer(const PlannedPass& pass);

  const Layer& layer_;
  const Mapping& mapping_;
  const Machine& machine_;
  Player& player_;
  std::optional<Planner> planner_;
  std::deque<Planned> planned_;             // the first one is next
  std::vector<TransferNumber> psum_store_;  // of each psum buffer, the last that empties it
  TransferNumber transfers_ = 0, last_store_ = 0;
  Stall store_cause_ = Stall::kOfmapStore;  // of the last store
  std::int64_t charged_ = 0;                // core cycles before this one have their cause
  std::array<std::uint64_t, kStallNames.size()> stalls_{};
};

template <class Visitor>
void Sequencer::visit(Visitor& visitor) {
  planner_->visit(visitor);
  visitor.value(static_cast<std::int64_t>(planned_.size()));
  for (Planned& planned : planned_) {
    visitor.value(planned.pass.sort);
    visitor.number(planned.pass.number);
    for (const Tensor t : kAllTensors) {
      visitor.value(planned.pass.buffer[index(t)]);
      visitor.number(planned.pass.makes_room[index(t)]);
      visitor.transfer(planned.load[index(t)]);
    }
  }
  for (TransferNumber& store : psum_store_) visitor.transfer(store);
  visitor.transfer(transfers_);
  visitor.transfer(last_store_);
  visitor.value(static_cast<std::int64_t>(store_cause_));
  visitor.cycle(charged_);
}

}  // namespace orrery
