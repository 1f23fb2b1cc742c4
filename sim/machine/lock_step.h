// The PE array in lock step (docs/lock_step.md): every PE takes the same step of the nest in the
// same cycle. Time is a recurrence over steps; values move through the registers of the PEs.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "sim/machine/lock_step_plan.h"
#include "sim/machine/mac_matrix.h"

namespace orrery {

// Core cycles on one axis for all passes of a layer.
struct PassTimes {
  std::int64_t begin = 0;   // buses start
  std::int64_t filled = 0;  // the last filter word has left the GLB
  std::int64_t handed = 0;  // the next pass can begin
  std::int64_t done = 0;    // the last psum is in the GLB
};

class LockStepArray {
 public:
  explicit LockStepArray(const Machine& machine);

  // Whether the filters of a pass move into shadow registers before it begins, and the cycles that
  // this takes.
  bool shadows(const LockStepPlan& plan) const;
  std::int64_t fill_cycles(const LockStepPlan& plan) const;

  // Plays a pass whose buses start in cycle `begin`, no earlier than `handed` of the pass before.
  // Its filters, where shadowed, moved from cycle `fill_begin` on, and are there.
  PassTimes play(const LockStepPlan& plan, PeWork work, const Arithmetic& arithmetic,
                 const PassTiles& tiles, std::int64_t fill_begin, std::int64_t begin);

  // What has been counted since the last call. Cycles are those up to the last step so far, and
  // those after it up to the end of the pass or `now`, whichever comes first. Each cycle is charged
  // once, whatever passes overlap in it.
  PassRecord take_record(std::int64_t now);

  // Plans of the passes to come must have been made with the same lost word.
  void lose(const LostWord& word) { lost_ = word; }

 private:
  // An operand's path from the GLB into the PEs: a bus, and a ring of words in every PE.
  struct Path {
    std::int64_t ring = 1;  // words of spad and FIFO
    std::int64_t latency = 0;
    const std::vector<Item>* items = nullptr;
    std::int64_t sent = 0, dead = 0;     // items
    std::int64_t free = 0, there = 0;    // cycles: the bus is free, the last item sent is there
    std::vector<std::int64_t> last_use;  // of dead items, by item modulo the ring
    std::vector<std::int16_t> words;     // of each lane, by item modulo the slots
    std::int64_t slots = 1;              // a power of two
    std::size_t lanes = 1;

    std::int16_t* slot(std::int64_t item) {
      return &words[static_cast<std::size_t>(item & (slots - 1)) * lanes];
    }
  };

  void start(Path& path, Tensor t, const LockStepPlan& plan, std::int64_t begin);
  void prefill(const LockStepPlan& plan);
  std::int64_t need(Path& path, Tensor t, const LockStepPlan& plan, std::int64_t item);
  void send(Path& path, Tensor t, const LockStepPlan& plan, std::int64_t item);
  void release(Path& path, std::int64_t dead);
  std::int64_t need_psums(const LockStepPlan& plan, std::int64_t window);
  void charge(PeState state, std::int64_t until);
  void settle(const LockStepPlan& plan, std::int64_t fill_begin, std::int64_t begin);
  void issue(const LockStepPlan& plan, const StepRow& step, std::int64_t window);
  void work(const LockStepPlan& plan, const StepRow& step);
  void multiply(const MacGroup& group, const StepRow& step, std::int32_t* psum);
  void multiply_each(const MacGroup& group, const StepRow& step, std::int32_t* psum);
  bool multiply_matrix(const MacGroup& group, const StepRow& step);
  void pool(const MacGroup& group, const StepRow& step, std::int32_t* psum);
  void finish_window(const LockStepPlan& plan, std::int64_t window);
  void take_from_pes(const PsumGroup& group, std::int32_t address);
  void take_from_matrix(const PsumGroup& group, std::int32_t address);
  void count_psums(const PsumGroup& group);

  const Machine& machine_;
  // Of the machine, looked up once.
  const std::int64_t words_per_psum_, psum_in_width_, psum_out_width_;
  const bool adds_at_store_;
  const bool has_psum_spad_;  // otherwise psums pass through the PEs, and nothing is counted there
  const bool gates_;
  LostWord lost_;
  PeWork work_ = PeWork::kMultiply;
  Arithmetic arithmetic_;
  bool plain_ = false;  // cuts of products and psums can wait until psums leave
  PassTiles tiles_;
  Path ifmap_, filter_;
  std::vector<std::int32_t> psum_;  // slot of the window, then PE
  // A matrix of filters serves the steps from the second with the same item and the same PEs on.
  MacMatrix matrix_;
  std::vector<std::int16_t> row_words_;
  std::int64_t matrix_item_ = -1, last_item_ = -1;
  std::uint32_t matrix_group_ = 0, last_group_ = 0;
  bool by_matrix_ = false;  // the present step's psums are the matrix's
  // Psums in: the bus, and the last steps of the windows that the FIFO still holds.
  std::int64_t psum_in_free_ = 0, psum_in_sent_ = 0;
  std::vector<std::int64_t> window_end_;
  // Psums out, of all passes: ends of the transfers that the FIFO may still wait for.
  std::int64_t psum_out_free_ = 0, psum_out_items_ = 0;
  std::vector<std::int64_t> psum_out_end_;
  PassRecord record_;
  std::int64_t counted_ = 0;  // cycles before this one are in a record
  std::int64_t last_step_ = -1, done_ = 0;
  std::int64_t mapped_ = 0;  // PEs of the present pass
  bool first_ = true;        // it has not taken a step yet
};

}  // namespace orrery
