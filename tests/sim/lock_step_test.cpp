// The array in lock step against its witness, over random machines, layers, mappings and sequences
// of passes.
#include "sim/machine/lock_step.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "sim/random/conv.h"
#include "sim/random/lock_step_case.h"
#include "tests/sim/both_lock_step.h"

namespace orrery {
namespace {

using test::BothTensors;
using test::PlainLockRecord;

std::uint64_t cases() {
  const char* all = std::getenv("ORRERY_ALL");
  return all != nullptr && std::string(all) == "1" ? 100'000 : 1'000;
}

// A word of the tensor's width; some are zero, most psums large enough to leave their range.
BothTensors random_tensors(const LockStepCase& c) {
  Rng rng(c.seed);
  return test::make_tensors(c, [&](Tensor t) {
    const auto low = static_cast<std::uint32_t>(rng.in(0, 0xffff));
    const auto all = low | static_cast<std::uint32_t>(rng.in(0, 0xffff)) << 16;
    const Numbers& n = c.machine.numbers;
    const int unused = 32 - (t == Tensor::kPsum ? n.psum_bits : n.operand_bits);
    const bool zero = rng.in(1, 100) <= (t == Tensor::kIfmap ? 30 : 10);
    return zero ? 0 : static_cast<std::int32_t>(all << unused) >> unused;
  });
}

TEST(LockStep, EqualsASlowArrayInSequencesOfPassesOfRandomCases) {
  std::uint64_t passes = 0, cycles = 0;
  for (std::uint64_t seed = 1; seed <= cases(); ++seed) {
    const LockStepCase c = random_lock_step_case(seed);
    BothTensors tensors = random_tensors(c);
    const PlainLockRecord record = test::play_both(c, tensors);
    ASSERT_FALSE(HasFailure()) << to_string(c);
    passes += c.passes.size();
    cycles += static_cast<std::uint64_t>(record.times.back().done);
  }
  RecordProperty("passes", std::to_string(passes));
  RecordProperty("cycles", std::to_string(cycles));
}

}  // namespace
}  // namespace orrery
