// The GLB's side of the array in lock step in RTL: sends operands, takes psums, and says when a
// pass begins, cycle by cycle. What is counted is what the RTL did.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "sim/machine/lock_step_clock.h"
#include "sim/machine/lock_step_log.h"
#include "sim/machine/mac_unit.h"
#include "sim/rtl/lock_step_load.h"

namespace orrery {

class LockStepDriver {
 public:
  // Both must outlive it. Throws InputError where the RTL cannot play the machine.
  LockStepDriver(const Machine& machine, const MacRegisters& registers, PeWork work,
                 LockStepRtl& rtl);

  // A pass to be played after those before it; `pass` and `plan`, made to drive, and the tiles must
  // outlive it. Its tiles are in the GLB from cycle `from` on. Throws InputError where the RTL
  // cannot play it.
  void add(const LockStepPass& pass, const LockStepPlan& plan, const PassTiles& tiles,
           std::int64_t from);

  // Plays a cycle. Throws DeadlockError where nothing has moved for long.
  void cycle();
  bool done() const { return left_ == passes_.size() && passes_.back()->times.done <= now_; }
  std::int64_t now() const { return now_; }
  // The point in time of a wave at which a cycle begins; the reset is a clock before the first.
  static std::int64_t wave_time(std::int64_t cycle) { return 2 + 2 * cycle; }

  // Of a pass, as far as it has come.
  const LockStepLog::Pass& log(std::size_t pass) const { return passes_[pass]->times; }
  std::size_t passes() const { return passes_.size(); }
  // Of any pass: what is known so far, else -1. `handed` also of the cycle that look_ahead() saw.
  PassTimes times(std::size_t pass) const;
  // Whether a pass has its last step in the cycle that comes next, where the next pass can begin in
  // that one.
  void look_ahead();
  // Nothing is under way, nor has been for long: cycles can be left out.
  bool rests() const;
  void skip_to(std::int64_t cycle);
  // All since the last call. Overflows of chains are not seen in RTL, and stay zero.
  PassRecord take_record();

 private:
  struct Stream {
    std::size_t item = 0;
    std::int64_t sent = 0;  // words of it, or cycles where filters shift in
  };
  struct Pass {
    const LockStepPlan* plan = nullptr;
    const LockStepLoad* load = nullptr;
    PassTiles tiles;
    std::int64_t from = 0;
    bool shadows = false;
    std::array<Stream, 2> stream;
    std::size_t source = 0;
    std::size_t window_in = 0, psum_in = 0;  // psums of the window that have gone in
    std::int64_t words_in = 0;               // words of the window
    std::size_t window_out = 0, psum_out = 0;
    bool stepped = false;
    LockStepLog::Pass times;
  };

  const LockStepLoad& loaded(const LockStepPass& pass, const LockStepPlan& plan, bool reads_psums);
  void open_next();
  void begin(Pass& pass);
  bool filters_there(const Pass& pass) const;
  bool filters_sent(const Pass& pass) const;
  Pass* sending(Tensor t);
  void ask_for_room();
  void charge(const LockStepOutputs& out);
  void charge_idle();
  void charge(PeState state, const Pass& pass);
  void send(Tensor t, Pass& pass, bool room);
  std::int64_t put_words(Tensor t, Pass& pass, const BusGroup& group, OperandBeat& beat);
  std::int64_t put_shift(Pass& pass, const BusGroup& group, OperandBeat& beat);
  void put_word(OperandBeat& beat, int at, std::int16_t value, const BusWord& word);
  void send_source(Pass& pass, bool ready);
  void send_psums(Pass& pass, bool room);
  void offer_psums();
  void take_psums(const LockStepOutputs& out);
  void store(Pass& pass, const PsumPlace& place, std::int32_t value);
  void count(const LockStepOutputs& out);
  void count_fills(const LockStepOutputs& out, Tensor t);
  bool leads_to_work(Tensor t, std::size_t pe) const;
  void count_moves(const LockStepOutputs& out, Tensor t);
  void count_options(const LockStepOutputs& out);
  const BusGroup& group(const Pass& pass, Tensor t, std::size_t item) const {
    return pass.load->groups[index(t)][pass.plan->items[index(t)][item].group];
  }
  // Cycles by which a PE works after the first one.
  int wave(std::size_t pe) const {
    const int cols = rtl_.size().cols, at = static_cast<int>(pe);
    return systolic_ ? machine_.array.rows - 1 - at / cols + at % cols : 0;
  }
  static std::size_t past(std::int64_t cycle) { return static_cast<std::size_t>(cycle) % kPast; }
  void count_words(Action action, std::int64_t words) {
    record_.counts[action] += static_cast<std::uint64_t>(words);
  }

  const Machine& machine_;
  const MacRegisters registers_;
  const PeWork work_;
  LockStepRtl& rtl_;
  MacUnit mac_;
  const bool systolic_, shifts_in_, takes_psums_;
  const std::int64_t psum_words_, psum_in_width_;
  LockStepInputs in_;
  std::map<std::pair<const LockStepPlan*, bool>, LockStepLoad> loads_;  // by old psums read or not
  std::vector<std::unique_ptr<Pass>> passes_;
  std::int64_t now_ = 0, last_event_ = 0, last_step_ = -1;
  std::size_t begun_ = 0, filling_ = 0, left_ = 0;  // passes
  // Of each PE of the RTL: the ifmap item that it used last, products of its chain.
  std::vector<int> last_item_, products_;
  // Of the cycles before: ifmap items of their steps, and by operand the passes whose words left.
  static constexpr std::size_t kPast = 1024;
  std::array<int, kPast> items_{};
  std::array<std::array<const Pass*, kPast>, 2> sender_{};
  PassRecord record_;
};

}  // namespace orrery
