// A sequence of passes, played by the array in lock step and by its witness.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <vector>

#include "dataflows/pass/pass.h"
#include "sim/random/lock_step_case.h"
#include "tests/sim/plain_lock_step.h"

namespace orrery::test {

// The tensors of a layer, once as the array sees them and once word by word.
struct BothTensors {
  std::array<TileLayout, kTensors> layout;  // of the whole layer
  std::vector<std::int16_t> ifmap, filter;
  std::vector<std::uint8_t> made;  // empty: padding is stored
  std::vector<std::int32_t> psum;
  std::map<Word, std::size_t> psum_at;  // where the array has it
  PlainTensors plain;
};

// `draw` gives the value of a word of a tensor; made padding is zero.
BothTensors make_tensors(const LockStepCase& c, const std::function<std::int32_t(Tensor)>& draw);

// Plays a case by both and expects the same times, PE-cycles, counts and psums of both. Returns the
// witness's record; psums are left in `tensors`. Where a word is lost, only psums are compared.
PlainLockRecord play_both(const LockStepCase& c, BothTensors& tensors, const PlainLoss& loss = {});

}  // namespace orrery::test
