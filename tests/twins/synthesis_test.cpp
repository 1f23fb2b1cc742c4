// What synthesis of the twins shows, and that its cells do what the modules do.
#include "reports/synthesis.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "sim/twin/script.h"
#include "sim/twin/synthesis.h"

namespace orrery {
namespace {

const std::string kRoot = ORRERY_SOURCE_DIR;
const SynthesisOptions kOptions{kRoot + "/rtl/synthesis/synthesize", {}};

// um2 of the cells that sums and products are made of, as in gates.lib.
constexpr double kAnd = 1.064, kFullAdder = 4.256, kRegister = 5.320;

Cells cells_of(const std::vector<std::string>& arguments) {
  return synthesize({{"", "", arguments, 0, ""}}, kOptions).front().cells;
}

// Of a twin with its first usual setting for good.
Cells set_for_good(std::string_view mac) {
  return synthesize({designs_of(*find_mac(mac)).at(1)}, kOptions).front().cells;
}

TEST(Synthesis, AMultiplierOfBytesIsNineAdders) {
  const double adders = cells_of({"unit_multiplier", "Bits=8"}).area_um2 /
                        cells_of({"unit_adder", "Bits=8"}).area_um2;
  // 8 x 8 products of bits, and a full adder for each but those of one row, beside 8 full adders.
  EXPECT_NEAR(adders, (64 * kAnd + 56 * kFullAdder) / (8 * kFullAdder), 0.5);
}

TEST(Synthesis, AMacIsAProductAndASumAndItsRegisters) {
  for (const int bits : {2, 4, 8, 16}) {
    for (const int psum_bits : {2 * bits + 8, 40}) {
      const Cells mac = cells_of(
          {"unit_mac", "Bits=" + std::to_string(bits), "PsumBits=" + std::to_string(psum_bits)});
      const int registers = 2 * bits + psum_bits;
      EXPECT_EQ(mac.registers, registers);
      const double law =
          (kAnd + kFullAdder) * bits * bits + kFullAdder * psum_bits + kRegister * registers;
      EXPECT_NEAR(mac.area_um2 / law, 1, 0.1) << bits << " bits, psum of " << psum_bits;
    }
  }
}

TEST(Synthesis, GatingAddsRegisters) {
  // A psum beside the adder, that it is gated in both stages, and one bit more for the difference.
  EXPECT_EQ(cells_of({"mac_zero_gated"}).registers, cells_of({"mac_int16"}).registers + 32 + 2 + 1);
}

TEST(Synthesis, BinaryIsSmallerThanTernaryIsSmallerThanBytesThanWords) {
  const char* const macs[] = {"mac_binary", "mac_ternary", "mac_int8", "mac_int16"};
  double smaller = 0;
  for (const char* mac : macs) {
    const double area = set_for_good(mac).area_um2;
    EXPECT_LT(smaller, area) << mac;
    smaller = area;
  }
}

TEST(Synthesis, EveryDatapathHasAUsualSetting) {
  for (const Mac& mac : kMacs) {
    EXPECT_FALSE(usual_settings(mac).empty()) << mac.name;
    for (const MacRegisters& r : usual_settings(mac)) EXPECT_EQ(why_not(mac, r), "") << mac.name;
  }
}

TEST(Synthesis, AModuleThatIsNotThereIsAFault) {
  EXPECT_THROW(cells_of({"mac_none"}), std::runtime_error);
}

Said prove(const std::string& folder, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), folder + "/synthesis");
  return run_script(kRoot + "/tests/twins/prove_netlist", arguments);
}

TEST(Synthesis, CellsDoWhatTheModulesDo) {
  // Without wide products, on which SAT takes hours.
  std::vector<std::vector<std::string>> all{{"unit_adder", "Bits=32"},
                                            {"unit_multiplier", "Bits=5"},
                                            {"unit_multiplier", "Bits=6", "OtherBits=3"},
                                            {"unit_multiplier", "Bits=2", "OtherBits=5"},
                                            {"unit_mac", "Bits=3", "PsumBits=9"}};
  for (const char* mac : {"mac_binary", "mac_ternary", "mac_shift"}) {
    for (const Design& design : designs_of(*find_mac(mac))) {
      if (!design.setting.empty()) all.push_back(design.arguments);
    }
  }
  for (const auto& arguments : all) {
    const Said said = prove(kRoot + "/rtl", arguments);
    EXPECT_EQ(said.code, 0) << arguments.front() << ": " << said.text;
  }
}

TEST(Synthesis, CellsThatDoSomethingElseAreNoticed) {
  const auto copy = std::filesystem::path(testing::TempDir()) / "orrery_wrong_cells";
  std::filesystem::remove_all(copy);
  std::filesystem::copy(kRoot + "/rtl", copy, std::filesystem::copy_options::recursive);
  std::ifstream in(kRoot + "/rtl/synthesis/arithmetic.v");
  std::ostringstream text;
  text << in.rdbuf();
  std::string wrong = text.str();
  const std::string constant = "{1'b1, sums";
  wrong.replace(wrong.find(constant), constant.size(), "{1'b0, sums");
  std::ofstream(copy / "synthesis/arithmetic.v") << wrong;
  EXPECT_EQ(prove(copy, {"unit_adder"}).code, 0);
  EXPECT_EQ(prove(copy, {"unit_multiplier", "Bits=5"}).code, 1);
}

TEST(Synthesis, TheDocsHaveItsTables) {
  if (run_script("yosys", {"-V"}).text.find("Yosys 0.23 ") == std::string::npos)
    GTEST_SKIP() << "the tables of docs/synthesis.md are those of yosys 0.23";
  std::vector<Design> designs;
  for (const Mac& mac : kMacs) {
    for (Design& design : designs_of(mac)) designs.push_back(std::move(design));
  }
  const std::string tables =
      to_table(synthesize(designs, kOptions), synthesize(units(), kOptions), 0);
  std::ostringstream docs;
  docs << std::ifstream(kRoot + "/docs/synthesis.md").rdbuf();
  EXPECT_NE(docs.str().find("```\n" + tables + "```\n"), std::string::npos) << tables;
}

}  // namespace
}  // namespace orrery
