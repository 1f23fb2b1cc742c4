// A slow and obvious array in lock step: the witness of docs/lock_step.md.
//
// Written from that page alone, it steps cycle by cycle. Every PE is an object with its rings, its
// psums and the words that it holds for its neighbours. Words cross the buses a few a cycle, wait
// in queues and move through shift registers, a PE a cycle; psums climb their column a row a cycle,
// and what is added is what two of them bring to the same PE in the same cycle.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <set>
#include <vector>

#include "arch/counts/counts.h"
#include "sim/random/lock_step_case.h"
#include "sim/result/result.h"
#include "tests/sim/plain_lock_script.h"

namespace orrery::test {

using PlainWork = PeWork;
using PlainPass = LockStepCasePass;

// Tensors of the layer by the number of each word (word_of).
struct PlainTensors {
  std::map<Word, std::int16_t> ifmap, filter;
  std::set<Word> made;  // ifmap words that are padding made on the way, not read
  std::map<Word, std::int32_t> psum;
};

// The word of an item that is lost on its way to a PE.
struct PlainLoss {
  Tensor tensor = Tensor::kIfmap;
  int item = -1;
  int pe = 0;
};

struct PlainTimes {
  std::int64_t fill_begin = 0, begin = 0, filled = 0, handed = 0, done = 0;
  bool operator==(const PlainTimes&) const = default;
};

struct PlainLockRecord {
  bool ends = false;  // false: nothing moved for long
  std::vector<PlainTimes> times;
  std::array<std::uint64_t, kPeStateNames.size()> pe_cycles{};
  Counts counts;
};

// Plays the passes one after the other; their psums are left in `tensors`.
PlainLockRecord play_lock_step(const Machine& machine, const Layer& layer, const Mapping& mapping,
                               PlainWork work, const std::vector<PlainPass>& passes,
                               PlainTensors& tensors, const PlainLoss& loss = {});

}  // namespace orrery::test
