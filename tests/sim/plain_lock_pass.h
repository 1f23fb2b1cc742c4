// One pass on the slow array in lock step: its controller, buses and PEs.
//
// In a systolic array everything that a step needs goes in at the last row and at column 0,
// and on through registers: the PE at (row, column) is (rows - 1 - row) + column stages further. A
// step's command, a row's ifmap words and a column's filter words move side by side, so they meet
// in each PE in one cycle, as do psums that climb. With multicast all PEs are at stage 0.
//
// Each pass has registers of its own.
#pragma once

#include <deque>
#include <optional>
#include <utility>
#include <vector>

#include "tests/sim/plain_lock_bus.h"
#include "tests/sim/plain_lock_step.h"

namespace orrery::test {

// The psums of a window on their way to their store.
struct OutItem {
  std::vector<std::pair<Word, std::int32_t>> psums;
  std::int64_t ready = 0;
};

class PlainLockPass {
 public:
  PlainLockPass(const Machine& machine, const Layer& layer, const Mapping& mapping, PlainWork work,
                const PlainPass& pass, const PlainLoss& loss, PlainTensors& tensors,
                Counts& counts);

  // The whole filter stream moves into shadow registers before the pass begins.
  bool shadows() const { return shadows_; }
  void start_fill() { filling_ = true; }
  bool filling() const { return filling_; }
  bool filters_are_sent() const { return filter_.sent_all(); }
  bool filters_are_there(std::int64_t now) const;
  std::int64_t filters_free_from() const { return filter_.free_from(); }
  void begin();

  bool has_steps() const { return next_step_ < script_.steps.size(); }
  const LockStep& next_step() const { return script_.steps[next_step_]; }
  // Issues the next step, unless it lacks something: then returns what. `psums_leaving`: psum-out
  // items of windows before that have not left yet.
  std::optional<PeState> issue(std::int64_t now, int psums_leaving);
  // Everything between buses and PEs moves on by a cycle.
  void move(std::int64_t now);
  void send(std::int64_t now);

  // Windows whose psums are ready to leave, or will be.
  std::deque<OutItem>& out() { return out_; }
  std::size_t pes() const { return script_.pes.size(); }
  std::size_t windows() const { return script_.windows.size(); }
  std::int32_t combine(std::int32_t a, std::int32_t b) const;

 private:
  struct Slot {
    int item = -1;
    std::int16_t value = 0;
  };
  struct PePlain {
    std::vector<Slot> ifmap, filter;                      // rings
    std::vector<Slot> shadow;                             // filters of this pass before it begins
    std::map<Word, std::int32_t> psums;                   // of the present window
    std::map<int, std::map<Word, std::int32_t>> leaving;  // of finished windows
    std::deque<std::pair<int, std::int16_t>> held;        // step and ifmap word, for neighbours
  };
  struct PsumFlit {
    Word psum = 0;
    std::int32_t value = 0;
    int place = 0;  // of the PE that made it, in the order of the nest
  };
  using Climbing = std::map<std::pair<int, int>, std::vector<PsumFlit>>;  // by row and column

  int wave(int row, int col) const;
  int collect_delay(int row, int col) const;
  std::size_t lane_of(Tensor t, int pe) const;
  int width_of(Tensor t) const;
  PlainBus make_bus(Tensor t) const;
  std::uint64_t psum_words(std::size_t psums) const;
  int windows_ended() const;

  void read_psums(int window);
  void shift_filters(int item, int left);
  void take_off(Tensor t, int k);
  void count_item(Tensor t, const LockItem& item);
  void land(Tensor t, std::optional<int> item);
  void store(Tensor t, int pe, int stage);
  std::int16_t ring_word(const std::vector<Slot>& ring, int item) const;
  std::int16_t ifmap_word(int pe, int step, const LockUse& use);
  void work(int pe, int step);
  void multiply(PePlain& p, const LockUse& use, std::int16_t x, std::int16_t w);
  void add(PePlain& p, const LockUse& use, std::int32_t term, bool switches);
  void collect(std::int64_t now);
  void meet(int pe, int window, std::vector<PsumFlit>& flits);
  OutItem leave(int window);

  const Machine& machine_;
  const Arithmetic arithmetic_;
  const PlainWork work_;
  const PlainLoss loss_;
  PlainTensors& tensors_;
  Counts& counts_;
  const LockScript script_;
  const bool systolic_, shifts_, climbs_, reads_, shadows_;
  bool filling_ = false, begun_ = false;
  std::size_t next_step_ = 0, steps_before_ = 0;  // before: of earlier cycles
  PlainBus ifmap_, filter_, psum_in_;
  std::map<int, Flit> ifmap_flying_, filter_flying_;      // have left the GLB
  std::deque<std::map<Word, std::int32_t>> psums_in_;     // on their way or waiting
  std::map<int, std::map<Word, std::int32_t>> incoming_;  // taken by the step that ends a window
  std::vector<std::deque<std::int16_t>> columns_;         // registers that filters shift through
  std::vector<ShiftRegister<Flit>> ifmap_lanes_, filter_lanes_;
  std::optional<int> command_;  // step that issues in this cycle
  bool swap_ = false;           // the pass begins in this cycle
  ShiftRegister<int> commands_, collects_;
  ShiftRegister<bool> swaps_;
  std::vector<PePlain> pes_;
  Climbing climbing_;
  std::map<int, std::vector<PsumFlit>> exits_;  // by window
  std::deque<OutItem> out_;
};

}  // namespace orrery::test
