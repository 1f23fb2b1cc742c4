// A layer without clocks: each order and each wait of the sequence moves the time on by what it
// takes.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "sim/fast/array_times.h"
#include "sim/fast/dma_timeline.h"
#include "sim/fast/engine.h"
#include "sim/fast/fold.h"
#include "sim/fast/transfer_times.h"
#include "sim/schedule/sequencer.h"

namespace orrery {

// Every unit works in order, so the cycle of each event is the latest of a few others'. A pass goes
// through three stages (its filters move into shadow registers, it is played, its psums leave),
// each behind a queue of one.
class Timeline : public Player {
 public:
  Timeline(const Machine& machine, const Layer& layer, const Mapping& mapping,
           const FastOptions& options);

  // Plays the layer. Throws DeadlockError, InputError.
  LayerResult play(const std::function<void(std::int64_t done, std::int64_t of)>& progress);

 private:
  // Core cycles up to which each stage is taken by the passes so far.
  struct Stages {
    std::int64_t read = 0;      // the order is taken out of the first queue
    std::int64_t shadowed = 0;  // the shadow registers and the filter bus are free
    std::int64_t begun = 0;     // the order is taken out of the second queue
    std::int64_t handed = 0;    // the array can begin another pass
    std::int64_t done = 0;      // the last psum is in the GLB
  };
  struct StepHash {
    std::size_t operator()(const std::vector<std::int32_t>& form) const;
  };
  struct KnownPass {
    PassNumber number = 0;
    std::int64_t filled = 0, over = 0;  // ticks
  };
  class Describe;  // visits what decides how it goes on
  class Move;      // and moves it

  std::int64_t cycle() const override { return now_ / clocks_.core.period; }
  void let_pass(std::int64_t cycles) override { now_ += cycles * clocks_.core.period; }
  void order(const TransferOrder& transfer) override;
  void order(const PlannedPass& pass) override;
  void wait_for_transfer(TransferNumber transfer) override;
  void wait_for_pass(PassNumber pass) override;
  std::optional<std::int64_t> array_idle_since() const override;
  void clear_psums(int) override {}
  bool failed() const override { return false; }
  void report(std::int64_t done, std::int64_t of) override;
  int sort(const Step& step) override;
  void at_next_pass() override;

  void finish_until(std::int64_t cycle);
  void forget_passes();
  std::array<std::int64_t, 7> sketch() const;
  std::vector<std::int64_t> state(int loop);
  bool alike(int loop, int block);
  void repeat(const Fold::Sums& sums);
  Fold::Sums sums() const;

  const Machine& machine_;
  const Layer& layer_;
  ClockDomains clocks_;
  TransferTimes transfer_times_;
  DmaTimeline dma_;
  std::unique_ptr<ArrayTimes> array_;  // null: a pooling layer that goes through post-processing
  Sequencer sequencer_;
  std::optional<Fold> fold_;
  std::unordered_map<std::vector<std::int32_t>, int, StepHash> sort_of_;  // of steps, by their form
  const std::function<void(std::int64_t, std::int64_t)>* progress_ = nullptr;
  std::int64_t now_ = 0;  // tick
  Stages stages_;
  std::deque<KnownPass> known_;  // those that are not over
  std::deque<std::int64_t>
      ends_;  // core cycles in which passes end that the array has not been told of
  PassNumber latest_pass_ = 0;
  TransferNumber latest_transfer_ = 0;
  int most_pes_ = 0;
  Fold::Sums repeated_;           // what repeated stretches add to what was played
  std::uint64_t active_pes_ = 0;  // summed over the passes that were played
};

}  // namespace orrery
