// Passes that are remembered are those that would be played.
#include "sim/fast/pass_memory.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "sim/fast/engine.h"
#include "tests/cycle/random_case.h"
#include "tests/fast/same.h"
#include "workloads/input/input_error.h"

namespace orrery::test {
namespace {

namespace fs = std::filesystem;

class PassMemoryFile : public testing::Test {
 protected:
  fs::path file_ = fs::temp_directory_path() / fmt::format("orrery_passes_{}", ::getpid());
  void TearDown() override { fs::remove(file_); }

  void remember_one() {
    PassMemory memory;
    memory.put({1, 2, 3}, {.record = {}, .pes = 12});
    memory.save(file_);
  }
};

// One memory for all cases: what one leaves there must not mislead another.
TEST(PassMemory, ChangesNoFigureOfRandomCases) {
  PassMemory memory;
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    const Case c = random_case(seed);
    if (c.machine.array.pace != Pace::kIndependent) continue;
    for (int bank = 0; bank < 2; ++bank) {
      Machine machine = c.machine;
      machine.dma.burst_words += bank;  // matters to no pass
      SCOPED_TRACE(c.text);
      ASSERT_EQ(difference_of_memory(machine, c.layer, c.mapping, memory), "");
    }
  }
  EXPECT_GT(memory.size(), 100U);
}

TEST_F(PassMemoryFile, BringsPassesToAnotherProcess) {
  remember_one();
  PassMemory other;
  other.load(file_);
  ASSERT_NE(other.find({1, 2, 3}), nullptr);
  EXPECT_EQ(other.find({1, 2, 3})->pes, 12);
  EXPECT_EQ(other.find({1, 2, 4}), nullptr);
}

TEST_F(PassMemoryFile, KeepsWhatOthersHavePutThereMeanwhile) {
  PassMemory early;
  early.load(file_);
  early.put({7}, {.record = {}, .pes = 7});
  remember_one();
  early.save(file_);
  PassMemory both;
  both.load(file_);
  EXPECT_EQ(both.size(), 2U);
}

TEST_F(PassMemoryFile, HoldsNothingOnceItIsDamaged) {
  remember_one();
  std::fstream bytes(file_, std::ios::in | std::ios::out | std::ios::binary);
  bytes.seekp(-40, std::ios::end);
  bytes.put('x');
  bytes.close();
  PassMemory memory;
  memory.load(file_);
  EXPECT_EQ(memory.size(), 0U);
}

TEST_F(PassMemoryFile, HoldsNothingOfOtherSources) {
  remember_one();
  std::fstream bytes(file_, std::ios::in | std::ios::out | std::ios::binary);
  bytes.seekp(20);
  bytes.put('x');
  bytes.close();
  PassMemory memory;
  memory.load(file_);
  EXPECT_EQ(memory.size(), 0U);
}

}  // namespace
}  // namespace orrery::test
