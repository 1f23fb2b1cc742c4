// What the ports of a MAC's module must show on every cycle: the datapath's values in an elastic
// pipeline.
#pragma once

#include <array>
#include <cstdint>

#include "arch/mac/all.h"
#include "sim/twin/rtl.h"

namespace orrery {

// A pair of operand words with its psum, and what becomes of it.
struct PairResult {
  std::int16_t ifmap = 0, filter = 0;
  std::int32_t psum_in = 0;
  bool last = false;
  std::int32_t psum = 0;
  MacAction action = MacAction::kCompute;
};

// Stages move on as soon as there is room behind them. The first one works on a pair of words for
// as many cycles as the datapath states. Where the datapath skips, pairs wait in a window of
// kLookAhead; those whose operand is zero leave it without a result.
class Reference {
 public:
  Reference(const Mac& mac, const MacRegisters& registers);

  // All stages are empty.
  void reset();
  // Under these inputs, before the clock's edge.
  RtlOutputs outputs(const RtlInputs& in);
  // The edge, under the inputs of the last outputs().
  void clock(const RtlInputs& in);

  bool is_empty() const { return held_ == 0; }
  // The pair whose psum is at the output; of meaning where outputs() is valid.
  const PairResult& leaving() const { return stages_.at(last_).pair; }
  // Pairs that left since the beginning, with a result or passed over.
  std::uint64_t left() const { return left_; }

 private:
  static constexpr std::size_t kMostStages = 4;
  struct Stage {
    bool full = false;
    int cycles = 0;  // of work still to do after this one
    PairResult pair;
  };

  PairResult result(const RtlInputs& in);
  std::int32_t psum(const RtlInputs& in);
  MacAction action(const RtlInputs& in);
  bool is_zero(const PairResult& pair) const { return pair.action == MacAction::kSkip; }
  void look_ahead(bool ready);
  void enter(const PairResult& pair);

  const Mac& mac_;
  const MacRegisters registers_;
  const std::size_t last_;  // stage
  const int cycles_;        // a pair of words
  std::array<Stage, kMostStages> stages_{};
  std::array<bool, kMostStages> moves_{};  // at the next edge
  std::array<PairResult, kLookAhead> window_{};
  bool ready_ = true;  // for a pair
  int waiting_ = 0;    // pairs in the window
  int held_ = 0;       // pairs in window and stages
  std::uint64_t left_ = 0;
  bool has_table_ = false;
  std::int16_t table_of_ = 0;  // ifmap word
  DfpChain chain_;
};

}  // namespace orrery
