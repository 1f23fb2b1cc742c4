// Machines whose DRAM names a standard.
#include "arch/machine/machine.h"

#include <gtest/gtest.h>

#include "workloads/input/input_error.h"
#include "workloads/input/override.h"

namespace orrery::test {
namespace {

const std::string kFile = std::string(ORRERY_SOURCE_DIR) + "/arch/eyeriss.yaml";

Machine eyeriss(const std::vector<std::string>& set) {
  Node file = parse_yaml(kFile);
  override_values(file, set);
  return read_machine(file);
}

TEST(MachineDram, IsThatOfTheStandard) {
  const Machine m = eyeriss({"dram.standard=lpddr3-1600", "dram.channels=2", "dram.ranks=2"});
  EXPECT_EQ(m.dram.setup->policy.name, "open");
  EXPECT_EQ(m.dram.capacity_bytes(), std::int64_t{4} << 30);  // 2 x 2 x 8 Gb
  EXPECT_DOUBLE_EQ(m.dram.peak_bytes_per_second(), 2 * 6.4e9);
  EXPECT_DOUBLE_EQ(m.dram.first_word_ns(), (15 + 12 + 4) * 1.25);
}

TEST(MachineDram, IsWrittenAndReadBack) {
  const Machine m = eyeriss({"dram.standard=ddr4-2400", "dram.policy=closed",
                             "dram.mapping=ro|ba|bg|co", "dram.derating=0.5"});
  EXPECT_EQ(read_machine(parse_yaml_text(to_yaml(m), kFile)).dram, m.dram);
}

TEST(MachineDram, IsRefusedWithWhatWouldBeRight) {
  const std::string ddr4 = "dram.standard=ddr4-2400";
  const std::pair<std::vector<std::string>, const char*> mistakes[] = {
      {{"dram.standard=ddr3-160"},
       "dram.standard: no DRAM standard 'ddr3-160' (did you mean 'ddr3-1600'?)"},
      {{ddr4, "dram.policy=opn"}, "dram.policy: no DRAM policy 'opn' (did you mean 'open'?)"},
      {{ddr4, "dram.mapping=ro|co|ba"}, "dram.mapping: the mapping ro|co|ba leaves out bg"},
      {{ddr4, "dram.channels=3"}, "dram.channels: 3 channels; it must be a power of two, 1 to 64"},
      {{ddr4, "dram.ranks=8"},
       "dram.ranks: 8 ranks of 16 banks; it must be a power of two, 1 to 4"},
      {{ddr4, "clocks.core_mhz=199.999", "clocks.link_mhz=199.999"},
       "dram.standard is ddr4-2400 with a clock of 833 ps"},
      {{"dram.bytes_per_second=10"}, "without a dram.standard it must be at least 1000 byte/s"}};
  for (const auto& [set, answer] : mistakes) {
    try {
      eyeriss(set);
      ADD_FAILURE() << answer;
    } catch (const InputError& mistake) {
      EXPECT_NE(std::string(mistake.what()).find(answer), std::string::npos) << mistake.what();
    }
  }
}

}  // namespace
}  // namespace orrery::test
