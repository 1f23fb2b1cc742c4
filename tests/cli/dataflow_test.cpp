// `--dataflow` and a machine's own dataflow.
#include <fmt/format.h>

#include <map>

#include "tests/cli/program.h"

namespace orrery {
namespace {

namespace json = boost::json;

using Dataflows = Cli;

const Arguments kGemm{"tutorial_4x4", "tutorial", "--layers", "GEMM"};

// GEMM: P 24, M 10, C 12; on 4 x 4 PEs 3 channels a row, 4 filters, all 24 rows a pass.
const char* const kMine =
    "name: mine\n"
    "description: a trial\n"
    "dram: [P <=all, M <=cols, C <=3*rows]\n"
    "rows: [C 3]\n"
    "cols: [M 1]\n"
    "pe: [P 1, C 1]\n"
    "keep: {pe: [filter, psum]}\n";

TEST_F(Dataflows, OfTheUsersOwnRunByTheirFile) {
  const json::object mine = simulated(kGemm + Arguments{"--dataflow", file("m.yaml", kMine)});
  EXPECT_EQ(mine.at("dataflow"), "mine");
  EXPECT_EQ(mine.at("total").at("check"), "equal");
  EXPECT_EQ(of_layers(mine, "active_pes"), std::vector<std::string>{"16"});
  EXPECT_EQ(of_layers(mine, "passes"), std::vector<std::string>{"3"});  // ceil(10/4)
  EXPECT_EQ(of_layers(mine, "ofmap_sha256"), of_layers(simulated(kGemm), "ofmap_sha256"));
}

TEST_F(Dataflows, OfTheDocsExampleRun) {
  const std::string page = content(std::string(ORRERY_SOURCE_DIR) + "/docs/dataflow.md");
  const std::size_t from = page.find("```yaml\n") + 8;
  const std::string mine = file("m.yaml", page.substr(from, page.find("```\n", from) - from));
  for (const std::string machine : {"tutorial_2x2", "tutorial_4x4"}) {
    const json::object run = simulated({machine, "tutorial", "--dataflow", mine});
    EXPECT_EQ(run.at("dataflow"), "mine");
    EXPECT_EQ(run.at("total").at("check"), "equal");
  }
}

TEST_F(Dataflows, ThatComeAsFilesRunByNameAndByPath) {
  for (const auto& entry : std::filesystem::directory_iterator(ORRERY_SOURCE_DIR "/dataflows")) {
    if (entry.path().extension() != ".yaml") continue;
    const std::string name = entry.path().stem().string();
    const std::string by_name = json_text({"tutorial_4x4", "tutorial", "--dataflow", name});
    const json::object result = json::parse(by_name).as_object();
    EXPECT_EQ(result.at("dataflow").as_string(), name);
    EXPECT_EQ(result.at("total").at("check"), "equal");
    const Arguments on_eyeriss{"eyeriss", "tutorial", "--layers", "STRIDED,DILATED,DEPTHWISE,FC"};
    EXPECT_EQ(simulated(on_eyeriss + Arguments{"--dataflow", name}).at("total").at("check"),
              "equal");
    for (const std::string& path : {entry.path().string(), "dataflows/" + name + ".yaml"}) {
      EXPECT_EQ(json_text({"tutorial_4x4", "tutorial", "--dataflow", path}), by_name);
    }
  }
}

TEST_F(Dataflows, OfOutputStationaryRunEachLayerAsTheKindThatTheyName) {
  const Arguments run{"tutorial_4x4", "tutorial", "--dataflow"};
  std::map<std::string, json::object> kinds;
  for (const char* kind : {"os_a", "os_b", "os_c"}) kinds[kind] = simulated(run + Arguments{kind});
  const json::object chosen = simulated(run + Arguments{"os"});
  const std::vector<std::string> mappings = of_layers(chosen, "mapping");
  for (std::size_t i = 0; i < mappings.size(); ++i) {
    for (const auto& [kind, own] : kinds) {
      if (mappings[i].find(kind) == std::string::npos) continue;
      EXPECT_EQ(chosen.at("layers").at(i), own.at("layers").at(i)) << kind;
    }
  }
  EXPECT_EQ(chosen.at("dataflow"), "os_a, os_b, os_c");
}

TEST_F(Dataflows, OfTheMachineAreUsedWhereTheUserNamesNone) {
  const std::string right = "mac: mac_int8\n";
  for (const std::string native : {"ws", "stripe"}) {
    const std::string machine =
        changed("m.yaml", "arch/tutorial_4x4.yaml", right, right + "native: " + native + "\n");
    EXPECT_EQ(simulated({machine, "tutorial"}).at("dataflow").as_string(), native);
    EXPECT_EQ(simulated({machine, "tutorial", "--dataflow", "nlr"}).at("dataflow"), "nlr");
  }
  EXPECT_EQ(simulated({"tutorial_4x4", "tutorial"}).at("dataflow"), "rs");
}

TEST_F(Dataflows, OfTheMachineThatNobodyKnowsAreAMistakeInItsFile) {
  const std::string right = "mac: mac_int8\n";
  const std::string machine =
      changed("m.yaml", "arch/tutorial_4x4.yaml", right, right + "native: strip\n");
  for (const std::string command : {"simulate", "map"}) {
    expect_mistake({command, machine, "tutorial"},
                   machine + ":10: native: there is no dataflow 'strip' (did you mean 'stripe'?)");
  }
  EXPECT_EQ(orrery({"map", machine, "tutorial", "--dataflow", "ws"}).code, 0);
}

TEST_F(Dataflows, WithAMistakeAreAnsweredWithFileAndLine) {
  std::string text = kMine;
  const std::string broken = file("m.yaml", text.replace(text.find("<=all"), 5, "<=al"));
  expect_mistake(Arguments{"simulate"} + kGemm + Arguments{"--dataflow", broken},
                 broken +
                     ":3: dram[0]: 'al' is no size; it must be a number, rows, cols, a product "
                     "such as 4*rows, or all (did you mean 'all'?)");
  expect_mistake(Arguments{"map"} + kGemm + Arguments{"--dataflow", "arch/tutorial_4x4.yaml"},
                 "arch/tutorial_4x4.yaml:8: unknown key 'source' in the file (known: name, "
                 "description, keep, shrink, dram, glb, rows, cols, pe)");
}

TEST_F(Dataflows, ThatDoNotFitSayWhatIsLacking) {
  const std::string whole = "name: whole\ndram: [P all]\npe: [M 1, C 1]\nkeep: {pe: [psum]}\n";
  for (const std::string command : {"simulate", "map"}) {
    expect_mistake(
        Arguments{command} + kGemm + Arguments{"--dataflow", file("w.yaml", whole)},
        "layer GEMM cannot be mapped on tutorial_4x4 by whole: P is covered in blocks of "
        "24 only; a loop with step 1 is missing");
  }
}

TEST_F(Dataflows, AreListedWithTheirFilesAndTheirMistakes) {
  file("dataflows/mine.yaml", kMine);
  const std::string hidden = file("dataflows/ws.yaml", kMine);
  const std::string broken = file("dataflows/zero.yaml", "name: zero\n");
  ::setenv("ORRERY_HOME", folder_.c_str(), 1);
  const std::string out = orrery({"list"}).out;
  for (const std::string& line :
       {fmt::format("\n  {:<24} a trial\n", "mine"),
        fmt::format("\n  {:<24} (the name is built in; --dataflow {} means this file)\n", "ws",
                    hidden),
        fmt::format("\n  {:<24} (unreadable: {}:1: the file lacks the key 'keep' (", "zero",
                    broken)}) {
    EXPECT_NE(out.find(line), std::string::npos) << line << "in\n" << out;
  }
}

}  // namespace
}  // namespace orrery
