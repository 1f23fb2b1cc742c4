// The words of an array in lock step: the registers of its PEs, and what they make of them. Time
// does not matter to it.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "sim/machine/lock_step_log.h"
#include "sim/machine/lock_step_plan.h"
#include "sim/machine/mac_matrix.h"
#include "sim/machine/mac_unit.h"

namespace orrery {

class LockStepValues {
 public:
  explicit LockStepValues(const Machine& machine);

  // Leaves the psums of a pass in its tile; `plan` was made for values.
  GatedMacs play(const LockStepPlan& plan, PeWork work, const MacRegisters& registers,
                 const PassTiles& tiles);
  // Of the last pass.
  std::uint64_t chain_overflows() const { return chain_overflows_; }
  void lose(const LostWord& word) { lost_ = word; }
  // Where to write down the psums that leave, in the order in which they do, but without cycles;
  // null: nowhere.
  void log(LockStepLog::Pass* pass) { log_ = pass; }

 private:
  // The words of an operand in the PEs.
  struct Registers {
    const std::vector<Item>* items = nullptr;
    const std::vector<WordGroup>* groups = nullptr;
    const std::int16_t* tile = nullptr;
    std::int64_t sent = 0;            // items
    std::vector<std::int16_t> words;  // of each lane, by item modulo the slots
    std::int64_t slots = 1;           // a power of two
    std::size_t lanes = 1;

    std::int16_t* slot(std::int64_t item) {
      return &words[static_cast<std::size_t>(item & (slots - 1)) * lanes];
    }
  };

  void start(Tensor t, const LockStepPlan& plan, const std::int16_t* tile);
  void send_up_to(Tensor t, const LockStepPlan& plan, std::int64_t item);
  void multiply(const MacGroup& group, const StepRow& step, std::int32_t* psum);
  void multiply_each(const MacGroup& group, const StepRow& step, std::int32_t* psum);
  void multiply_by_mac(const MacGroup& group, const StepRow& step, std::int32_t* psum);
  void count_gated(const MacGroup& group, const StepRow& step);
  std::int32_t single_part(std::size_t at);
  bool multiply_matrix(const MacGroup& group, const StepRow& step);
  void pool(const MacGroup& group, const StepRow& step, std::int32_t* psum);
  void log_psums(const PsumGroup& group, std::int32_t address, std::size_t window);
  std::int32_t part(std::size_t at);
  void take_from_pes(const PsumGroup& group, std::int32_t address);
  void take_from_matrix(const PsumGroup& group, std::int32_t address);

  const Machine& machine_;
  LostWord lost_;
  PeWork work_ = PeWork::kMultiply;
  MacUnit mac_;
  Arithmetic arithmetic_;
  bool multiplies_ = true;  // by a plain multiplier
  bool plain_ = false;      // so, and cuts of products and psums can wait until psums leave
  PassTiles tiles_;
  GatedMacs gated_;
  Registers ifmap_, filter_;
  std::vector<std::int32_t> psum_;  // slot of the window, then PE
  std::vector<DfpChain> chains_;    // beside them; none where psums are integers
  std::uint64_t chain_overflows_ = 0;
  // A matrix of filters serves the steps from the second with the same item and the same PEs on.
  MacMatrix matrix_;
  std::vector<std::int16_t> row_words_;
  std::int64_t matrix_item_ = -1, last_item_ = -1;
  std::uint32_t matrix_group_ = 0, last_group_ = 0;
  bool by_matrix_ = false;  // the present step's psums are the matrix's
  LockStepLog::Pass* log_ = nullptr;
};

}  // namespace orrery
