// yosys reads the arrays and makes gates of them.
#include <gtest/gtest.h>

#include <sstream>

#include "sim/twin/script.h"

namespace orrery {
namespace {

struct ArrayDesign {
  const char* called;
  std::vector<std::string> arguments;
};

// Small maxima: 2 x 2 PEs take some 15 s of yosys each.
std::vector<ArrayDesign> designs() {
  const auto lock_step = [](const char* systolic) -> std::vector<std::string> {
    return {"lock_step_array", systolic,       "Rows=2",      "Cols=2",     "MaxIfmapRing=2",
            "MaxFilterRing=2", "MaxHold=2",    "Lanes=1",     "BusWords=1", "PsumBus=1",
            "MaxPsumIn=2",     "MaxPsumOut=1", "MaxLatency=1"};
  };
  return {{"lock step, multicast", lock_step("Systolic=0")},
          {"lock step, systolic", lock_step("Systolic=1")},
          {"independent",
           {"pe_array", "Rows=2", "Cols=2", "MaxIfmapSpad=2", "MaxFilterSpad=2", "MaxPsumSpad=2",
            "MaxFifoPackets=2", "MaxIfmapPacketWords=1", "MaxFilterPacketWords=1",
            "MaxPacketPsums=1", "MaxLatency=1"}},
          {"lanes that walk columns",
           {"column_lanes", "Lanes=2", "Levels=2", "MaxEntries=4", "MaxPointers=4", "MaxValues=2",
            "MaxPsums=2", "MaxItems=2", "MaxLatency=1", "MaxStages=4"}},
          {"lanes that walk bricks",
           {"brick_lanes", "Lanes=2", "Filters=2", "Levels=1", "MaxAddresses=4", "MaxItems=2",
            "MaxLatency=1", "MaxStages=4"}}};
}

TEST(ArraySynthesis, EveryArrayBecomesGatesAndRegisters) {
  for (const ArrayDesign& design : designs()) {
    const Said said = run_script(std::string(ORRERY_SOURCE_DIR) + "/tests/twins/synthesize_array",
                                 design.arguments);
    ASSERT_EQ(said.code, 0) << design.called << ": " << said.text;
    int gates = 0, registers = 0, latches = -1, memories = -1;
    std::istringstream(said.text) >> gates >> registers >> latches >> memories;
    EXPECT_GT(registers, 1000) << design.called;
    EXPECT_GT(gates, registers) << design.called;
    EXPECT_EQ(latches, 0) << design.called;
    EXPECT_EQ(memories, 0) << design.called << ": spads are registers here";
  }
}

TEST(ArraySynthesis, AnArrayThatYosysRefusesIsAFault) {
  EXPECT_EQ(run_script(std::string(ORRERY_SOURCE_DIR) + "/tests/twins/synthesize_array",
                       {"no_array", "Rows=2"})
                .code,
            1);
}

}  // namespace
}  // namespace orrery
