// What the sequencer orders, however long it takes.
#include "sim/schedule/sequencer.h"

#include <gtest/gtest.h>

#include <map>

#include "tests/cycle/random_case.h"

namespace orrery::test {
namespace {

// Everything is done at once.
class Recorder : public Player {
 public:
  std::vector<TransferOrder> transfers;

 private:
  std::int64_t cycle() const override { return 0; }
  void let_pass(std::int64_t) override {}
  void order(const TransferOrder& transfer) override { transfers.push_back(transfer); }
  void order(const PlannedPass&) override {}
  void wait_for_transfer(TransferNumber) override {}
  void wait_for_pass(PassNumber) override {}
  std::optional<std::int64_t> array_idle_since() const override { return 0; }
  void clear_psums(int) override {}
  bool failed() const override { return false; }
  void report(std::int64_t, std::int64_t) override {}
};

TEST(Sequencer, BringsPsumsBackOnceTheirBufferHasBeenEmptied) {
  int loads = 0;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    const Case c = random_case(seed);
    Recorder recorder;
    Sequencer(c.layer, c.mapping, c.machine, recorder).play();
    std::map<int, TransferNumber> emptied;  // by buffer
    for (const TransferOrder& t : recorder.transfers) {
      using enum TransferKind;
      if (t.kind == kStorePsum || t.kind == kStoreOfmap) emptied[t.buffer] = t.number;
      if (t.kind != kLoadPsum) continue;
      EXPECT_EQ(t.after, emptied[t.buffer]) << c.text;
      ++loads;
    }
  }
  EXPECT_GT(loads, 100);
}

}  // namespace
}  // namespace orrery::test
