// `list`, `show`, `version` and help.
#include <fmt/format.h>

#include "arch/mac/all.h"
#include "dataflows/all.h"
#include "tests/cli/program.h"

namespace orrery {
namespace {

using Commands = Cli;

const Arguments kCommands{"simulate", "map",  "compare", "verify", "synth",
                          "activity", "dram", "list",    "show",   "version"};

void expect_in(const std::string& text, const Answer& answer) {
  EXPECT_EQ(answer.code, 0) << answer.err;
  EXPECT_EQ(answer.err, "");
  EXPECT_NE(answer.out.find(text), std::string::npos) << "no '" << text << "' in\n" << answer.out;
}

TEST_F(Commands, VersionIsOneLine) {
  for (const std::string word : {"version", "--version"}) {
    const Answer answer = orrery({word});
    EXPECT_EQ(answer.code, 0);
    EXPECT_EQ(answer.out, fmt::format("orrery {}\n", ORRERY_VERSION));
  }
}

TEST_F(Commands, HelpListsEveryCommand) {
  for (const std::string word : {"--help", "-h"}) {
    const Answer answer = orrery({word});
    for (const std::string& command : kCommands) expect_in("\n  " + command + " ", answer);
  }
}

TEST_F(Commands, HelpOfACommandShowsItsOptionsAndExamples) {
  for (const std::string& command : kCommands) {
    const Answer answer = orrery({command, "--help"});
    expect_in("Usage: orrery " + command, answer);
    expect_in("Examples:\n  orrery " + command, answer);
  }
  const Answer answer = orrery({"simulate", "--help"});
  for (const char* option :
       {"--batch", "--layers", "--dataflow", "--mapping", "--seed", "--data", "--check", "--json",
        "--csv", "--quiet", "--set PATH=VALUE", "--beside FILE", "Exit codes: 0 done; 1 "}) {
    expect_in(option, answer);
  }
}

TEST_F(Commands, ListNamesWhatIsAtHand) {
  const Answer answer = orrery({"list"});
  for (const char* name : {"tutorial_2x2", "tutorial_4x4", "eyeriss", "alexnet", "tutorial",
                           "isca2016", "horowitz45", "eyeriss65", "sram"}) {
    expect_in(fmt::format("\n  {:<24} ", name), answer);
  }
  for (const Dataflow& d : kDataflows)
    expect_in(fmt::format("\n  {:<24} {}\n", d.name, d.description), answer);
  for (const Mac& mac : kMacs) expect_in(fmt::format("\n  {:<24} ", mac.name), answer);
  expect_in("  tutorial                 6 layers, 86,208 MACs an image, 4,834 parameters\n",
            answer);
  expect_in("  4 x 4 PEs, 8-bit operands, 32-bit psums\n", answer);
}

TEST_F(Commands, ListTellsOfAFileThatCannotBeRead) {
  const std::string broken =
      changed("arch/mine.yaml", "arch/tutorial_2x2.yaml", "rows: 2", "rows: 0");
  ::setenv("ORRERY_HOME", folder_.c_str(), 1);
  expect_in("  mine                     (unreadable: " + broken + ":", orrery({"list"}));
}

TEST_F(Commands, AHomeWithNothingInItIsPointedOut) {
  ::setenv("ORRERY_HOME", folder_.c_str(), 1);
  expect_in("machines\n  none here; $ORRERY_HOME names the folder to look in\n", orrery({"list"}));
  expect_mistake(
      {"simulate", "tutorial_4x4", "tutorial"},
      "no machine 'tutorial_4x4'; $ORRERY_HOME names the folder that holds arch/ and workloads/");
}

TEST_F(Commands, ShowDrawsAMachine) {
  for (const std::string machine : {"tutorial_4x4", "arch/tutorial_4x4.yaml"}) {
    const Answer answer = orrery({"show", machine});
    for (const char* text :
         {"4 x 4 = 16 PEs", "tutorial_4x4", "mac_int8", "DRAM", "\nArea at 45 nm, "})
      expect_in(text, answer);
  }
}

TEST_F(Commands, ShowPrintsAnEnergyTable) {
  for (const std::string table : {"isca2016", "arch/energy/isca2016.yaml"}) {
    const Answer answer = orrery({"show", table});
    for (const char* text : {"values in MAC; convention: published", "200 MAC at 16 bits"})
      expect_in(text, answer);
  }
}

TEST_F(Commands, ShowPrintsThePricesOfATableOnAMachine) {
  const Answer answer = orrery({"show", "tutorial_4x4", "--energy", "isca2016"});
  for (const char* text :
       {"Prices of isca2016 on tutorial_4x4, in MAC\n  dram.ifmap.read ",
        "\n  mac.none.compute                 0.25 a op    1 x 8/16 bits squared\n"})
    expect_in(text, answer);
  expect_mistake({"show", "tutorial_4x4", "--energy", "isca2015"},
                 "no energy table 'isca2015' (did you mean 'isca2016'?)");
  expect_mistake({"show", "alexnet", "--energy", "isca2016"},
                 "--energy shows the prices of a machine; alexnet is a network");
}

TEST_F(Commands, ShowListsTheLayersOfANetwork) {
  for (const std::string network :
       {"tutorial", "workloads/tutorial", "workloads/tutorial/network.yaml"}) {
    const Answer answer = orrery({"show", network});
    for (const char* layer : {"STRIDED", "DILATED", "DEPTHWISE", "POOL", "GEMM", "FC", "total"}) {
      expect_in(fmt::format("\n{} ", layer), answer);
    }
    expect_in("27,648", answer);  // MACs of STRIDED: 8 * 3 * 8 * 12 * 3 * 4
    expect_in("86,208", answer);
  }
}

}  // namespace
}  // namespace orrery
