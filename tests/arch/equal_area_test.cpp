// Machines of equal storage area against the sizes that ISCA 2016 prints (Chen, Emer, Sze: Eyeriss,
// Fig. 7).
#include "arch/equal_area/equal_area.h"

#include <gtest/gtest.h>

#include "workloads/input/input_error.h"

namespace orrery {
namespace {

constexpr double kKilobyte = 1024;

Machine eyeriss() { return read_machine(std::string(ORRERY_SOURCE_DIR) + "/arch/eyeriss.yaml"); }

TEST(EqualArea, TakesAreasOfBytesFromTheDrawing) {
  EXPECT_EQ(area_of_a_byte(2), 8.15);
  EXPECT_EQ(area_of_a_byte(512), 1.64);
  EXPECT_EQ(area_of_a_byte(1 << 20), 1);
  EXPECT_DOUBLE_EQ(area_of_a_byte(96), (4.66 + 3.15) / 2);  // half way from 64 to 128
}

// Fig. 7b: the buffer beside 256 PEs. RF bytes: RS 512, NLR none; WS and OS_C one word; OS_A and
// OS_B a psum and the ifmap words that their PEs hold for neighbours at AlexNet's stride of 4 and
// 11 filter columns: 1 + 4 + 44 and 1 + 4 words.
TEST(EqualArea, LeavesTheBuffersThatArePrinted) {
  const std::pair<int, double> printed[] = {
      {512, 128.0}, {2, 334.3}, {2 * 49, 243.9}, {2 * 5, 303.9}, {0, 338.3}};
  for (const auto& [rf, kilobytes] : printed) {
    EXPECT_NEAR(static_cast<double>(buffer_bytes(256, rf)) / kKilobyte, kilobytes,
                0.003 * kilobytes)
        << rf << " bytes of RF";
  }
}

TEST(EqualArea, GrowsWithThePes) {
  for (const int rf : {0, 2, 10, 98, 512}) {
    const auto one = static_cast<double>(buffer_bytes(256, rf));
    for (const int times : {2, 4}) {
      EXPECT_NEAR(static_cast<double>(buffer_bytes(256 * times, rf)), times * one, times);
    }
  }
}

TEST(EqualArea, LeavesNoBufferBesideTooMuchRf) {
  EXPECT_GT(buffer_bytes(256, 1024), 0);
  EXPECT_THROW(buffer_bytes(256, 2048), InputError);
}

TEST(EqualArea, MachinesReadBackAndHoldWhatTheRulesLeave) {
  for (const int pes : {1, 168, 256, 512, 1024}) {
    for (const int words : {0, 1, 5, 49, 256}) {
      const ArrayNeeds needs{.rf_words = words, .why = "a test"};
      const Machine machine = equal_area_machine(eyeriss(), needs, pes);
      const std::string text = equal_area_yaml(machine, needs, pes);
      Machine back = read_machine(parse_yaml_text(text, "equal_area"));
      EXPECT_EQ(to_yaml(back), to_yaml(machine));
      EXPECT_EQ(machine.pes(), pes);
      const Store& store = machine.store_of(Tensor::kPsum);
      const std::int64_t held = std::int64_t{2} * store.banks * store.bank_words;
      EXPECT_LE(held, buffer_bytes(pes, 2 * words));
      EXPECT_GT(1000 * held, 998 * buffer_bytes(pes, 2 * words));
    }
  }
}

}  // namespace
}  // namespace orrery
