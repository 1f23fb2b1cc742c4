// The module `pe` beside PeAlone, with every datapath that has a place in it.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "sim/twin/script.h"
#include "tests/twins/pe_twin_case.h"

namespace orrery {
namespace {

namespace fs = std::filesystem;
using test::pe_modules;
using test::PeModule;
using test::PeTwinVerdict;

// Of each module; 10^6 and 10^8 of all.
std::int64_t cycles_to_play() {
  const char* all = std::getenv("ORRERY_ALL");
  const bool long_run = all != nullptr && std::string(all) == "1";
  return (long_run ? 100'000'000 : 1'000'000) / static_cast<std::int64_t>(pe_modules().size());
}

TEST(PeTwin, IsThereForEveryDatapathThatDoesNotSkip) {
  std::size_t modules = 0;
  for (std::size_t code = 0; code < kMacs.size(); ++code) {
    if (kMacs[code].traits.skips) continue;
    ASSERT_LT(modules, pe_modules().size());
    EXPECT_EQ(pe_modules()[modules].mac, kMacs[code].name);
    EXPECT_EQ(pe_modules()[modules++].code, static_cast<int>(code));
  }
  EXPECT_EQ(modules, pe_modules().size());
}

class EachPe : public testing::TestWithParam<PeModule> {};

TEST_P(EachPe, EqualsPeAloneInEveryCycleOfRandomOnes) {
  const PeModule& module = GetParam();
  const std::string wave = fmt::format("{}pe-{}.fst", testing::TempDir(), module.mac);
  const PeTwinVerdict verdict = test::play_pe_twin(module, 0, cycles_to_play(), wave);
  ASSERT_TRUE(verdict.difference.empty()) << verdict.difference << "\nwave: " << wave;
  for (std::size_t i = 0; i < verdict.spent.size(); ++i) {
    EXPECT_GT(verdict.spent[i], cycles_to_play() / 400) << "hardly a cycle of " << kPeStateNames[i];
    RecordProperty(std::string(kPeStateNames[i]), std::to_string(verdict.spent[i]));
  }
}

INSTANTIATE_TEST_SUITE_P(Rtl, EachPe, testing::ValuesIn(pe_modules()),
                         [](const auto& module) { return std::string(module.param.mac); });

Said prove(const std::string& name, const std::string& rtl) {
  return run_script(ORRERY_SOURCE_DIR "/rtl/proof/prove_bounded", {name, rtl});
}

TEST(ProveBounded, HoldsForTheModules) {
  const std::string rtl = ORRERY_SOURCE_DIR "/rtl";
  for (const std::string says :
       {"fifo: 5 assert cells hold in 9 cycles", "pe_operand: 5 assert cells hold in 9 cycles",
        "spad: 1 assert cells hold in 12 cycles", "noc_room: 7 assert cells hold in 12 cycles",
        "psum_out_fifo: 8 assert cells hold in 12 cycles",
        "pass_counters: 14 assert cells hold in 8 cycles"}) {
    EXPECT_EQ(prove(says.substr(0, says.find(':')), rtl).text, says);
  }
}

TEST(ProveBounded, FailsForAFifoThatTakesAPacketTooMany) {
  const auto copy = fs::path(testing::TempDir()) / "orrery_wrong_fifo";
  fs::remove_all(copy);
  fs::copy(ORRERY_SOURCE_DIR "/rtl", copy, fs::copy_options::recursive);
  std::ostringstream text;
  text << std::ifstream(copy / "array/fifo.sv").rdbuf();
  std::string wrong = text.str();
  const std::string right = "packets_q < depth_i";
  wrong.replace(wrong.find(right), right.size(), "packets_q <= depth_i");
  std::ofstream(copy / "array/fifo.sv") << wrong;
  const Said said = prove("fifo", copy);
  EXPECT_EQ(said.code, 1);
  EXPECT_NE(said.text.find("Assert failed in fifo_proof"), std::string::npos) << said.text;
}

}  // namespace
}  // namespace orrery
