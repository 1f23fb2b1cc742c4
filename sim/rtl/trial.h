// Random cases, made ready to be played by an array in C++ and by that in RTL.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "sim/random/array_case.h"
#include "sim/random/lock_step_case.h"
#include "sim/rtl/compare.h"
#include "sim/rtl/lock_step_compare.h"
#include "sim/rtl/shape.h"

namespace orrery {

// What the arrays are elaborated with that random cases fit in, but those with runs longer than a
// burst or more PEs than a machine word has bits.
RtlShape small_shape(const std::string& mac);
LockStepRtlSize small_size(const std::string& mac, bool systolic);

// The case with the pipeline that RTL needs and with this datapath, its options drawn from the
// seed. Says whether the datapath has a place there; cases of mac_int16, mac_zero_gated and
// mac_int8 keep theirs, others take those whose psums have 32 bits.
bool give_mac(ArrayCase& c, const std::string& mac);
bool give_mac(LockStepCase& c, const std::string& mac);

// A row of passes with their words, which point to `compiled`.
struct ArrayTrial {
  Machine machine;
  MacRegisters registers;
  std::vector<std::unique_ptr<const Pass>> compiled;
  std::vector<PassCase> passes;
};
// The first passes of the layer, at most `most`, with random words.
ArrayTrial trial_of(const ArrayCase& c, std::size_t most);

struct LockStepTrial {
  std::vector<std::int16_t> ifmap, filter;  // of the whole layer
  std::vector<std::uint8_t> padding;        // beside ifmap; empty: padding is stored
  std::deque<LockStepPass> compiled;
  std::deque<LockStepPlan> plans;
  LockStepSequence sequence;
};
// The case must outlive it.
LockStepTrial trial_of(const LockStepCase& c);

}  // namespace orrery
