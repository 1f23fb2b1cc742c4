// `orrery map`, and the files it writes for `--mapping`.
#include "dataflows/all.h"
#include "tests/cli/program.h"

namespace orrery {
namespace {

namespace json = boost::json;

using Map = Cli;

TEST_F(Map, SavesMappingsThatReplayToTheSameResult) {
  for (const std::string machine : {"tutorial_2x2", "tutorial_4x4"}) {
    for (const Dataflow& dataflow : kDataflows) {
      const Arguments run{machine, "tutorial"};
      const Arguments by{"--dataflow", std::string(dataflow.name)};
      const Answer saved =
          orrery(Arguments{"map"} + run + by + Arguments{"--yaml", path("m.yaml")});
      EXPECT_EQ(saved.code, 0) << saved.err;
      EXPECT_EQ(json_text(run + Arguments{"--mapping", path("m.yaml")}), json_text(run + by))
          << machine << " " << dataflow.name;
    }
  }
}

TEST_F(Map, TheMappingInAResultReplaysToo) {
  const Arguments run{"tutorial_4x4", "tutorial", "--layers", "DILATED"};
  const std::string before = json_text(run + Arguments{"--dataflow", "os"});
  const auto mapping = of_layers(json::parse(before).as_object(), "mapping").at(0);
  EXPECT_EQ(json_text(run + Arguments{"--mapping", file("m.yaml", mapping)}), before);
}

TEST_F(Map, LeavesLayersThatAFileDoesNotNameToTheDataflow) {
  const Arguments run{"tutorial_4x4", "tutorial"};
  const std::string mine = path("fc.yaml");
  orrery(Arguments{"map"} + run + Arguments{"--layers", "FC", "--dataflow", "ws", "--yaml", mine});
  const json::object mixed = simulated(run + Arguments{"--mapping", mine, "--dataflow", "nlr"});
  EXPECT_EQ(mixed.at("dataflow"), "nlr, ws");
  const json::object nlr = simulated(run + Arguments{"--dataflow", "nlr"});
  const json::object ws = simulated(run + Arguments{"--dataflow", "ws"});
  for (std::size_t i = 0; i < 5; ++i) EXPECT_EQ(mixed.at("layers").at(i), nlr.at("layers").at(i));
  EXPECT_EQ(mixed.at("layers").at(5), ws.at("layers").at(5));
}

// GEMM: P 24, M 10, C 12.
const char* const kMine =
    "mappings:\n"
    "  - layer: GEMM\n"
    "    dataflow: mine\n"
    "    keep: {glb: [ifmap, filter, psum], pe: [ifmap, filter, psum]}\n"
    "    dram: [P 8]\n"
    "    glb: [M 4, P 4]\n"
    "    rows: [C 3]\n"
    "    cols: [P 1]\n"
    "    pe: [C 1, M 1]\n";

TEST_F(Map, TakesAMappingOfTheUsersOwn) {
  const Arguments run{"tutorial_4x4", "tutorial", "--layers", "GEMM"};
  const json::object mine = simulated(run + Arguments{"--mapping", file("m.yaml", kMine)});
  EXPECT_EQ(mine.at("dataflow"), "mine");
  EXPECT_EQ(mine.at("total").at("check"), "equal");
  EXPECT_EQ(of_layers(mine, "active_pes"), std::vector<std::string>{"16"});  // 12/3 rows, 4 columns
  EXPECT_EQ(of_layers(mine, "passes"), std::vector<std::string>{"18"});      // 24/4 by ceil(10/4)
  EXPECT_EQ(of_layers(mine, "ofmap_sha256"), of_layers(simulated(run), "ofmap_sha256"));
}

TEST_F(Map, PrintsTheNestOfEachLayerAndThatItFits) {
  const Answer answer = orrery({"map", "tutorial_4x4", "tutorial", "--batch", "2"});
  EXPECT_EQ(answer.code, 0);
  EXPECT_EQ(answer.err, "");
  for (const char* text :
       {"STRIDED (conv): G=1 N=2 M=8 C=3 P=8 Q=12 R=3 S=4\nrs mapping of STRIDED, tiles in words\n",
        "POOL (pool): G=12 N=2 M=1 C=1 P=4 Q=6 R=2 S=2\nfits tutorial_4x4\n",
        "FC (fc): G=1 N=2 M=16 C=10 P=1 Q=1 R=4 S=6\n"}) {
    EXPECT_NE(answer.out.find(text), std::string::npos) << text << "in\n" << answer.out;
  }
}

// kMine with one text replaced, and why it does not fit.
struct Misfit {
  std::string right, wrong, why;
};
const std::vector<Misfit> kMisfits{
    {"[C 3]", "[C 2]", "the mapping spreads over 6 x 4 PEs; the array has 4 x 4"},
    {"[C 3]", "[C 5, P 2]", "the mapping spreads over 6 x 2 PEs; the array has 4 x 4"},
    {"cols: [P 1]", "cols: [C 1]",
     "P is covered in blocks of 4 only; a loop with step 1 is missing"},
    {"[C 1, M 1]", "[C 1]", "M is covered in blocks of 4 only; a loop with step 1 is missing"},
    {"[C 1, M 1]", "[C 1, M 2]", "PE loop M has step 2; inside a PE loops step by 1"},
    {"[C 1, M 1]", "[C 1, M 1, C 1]", "PE loop C is named twice"},
    {"pe: [ifmap, filter, psum]", "pe: [ifmap, filter]",
     "psums do not stay in the PE, so C cannot turn inside it: a pass visits a psum once"}};

TEST_F(Map, SaysWhyAMappingDoesNotFitAndWritesNone) {
  for (const Misfit& m : kMisfits) {
    std::string text = kMine;
    text.replace(text.find(m.right), m.right.size(), m.wrong);
    const Arguments given{"tutorial_4x4", "tutorial",  "--layers",
                          "GEMM",         "--mapping", file("m.yaml", text)};
    const Answer answer = orrery(Arguments{"map"} + given + Arguments{"--yaml", path("out.yaml")});
    EXPECT_EQ(answer.code, 2);
    EXPECT_EQ(answer.err, "orrery: 1 of 1 layers do not fit tutorial_4x4\n");
    EXPECT_NE(answer.out.find("\ndoes not fit: " + m.why + "\n"), std::string::npos) << answer.out;
    EXPECT_FALSE(std::filesystem::exists(path("out.yaml")));
    expect_mistake(Arguments{"simulate"} + given + Arguments{"--json", path("out.json")},
                   path("m.yaml") + ":2: layer GEMM: " + m.why);
  }
}

TEST_F(Map, RefusesMappingsOfLayersThatHaveNone) {
  const Arguments run{"simulate", "tutorial_4x4", "tutorial", "--mapping"};
  std::string text = kMine;
  const std::string pool = file("pool.yaml", text.replace(text.find("GEMM"), 4, "POOL"));
  expect_mistake(run + Arguments{pool}, pool +
                                            ":2: layer POOL: a pooling layer has no mapping here: "
                                            "the PEs of this machine do not pool");
  const std::string none = file("none.yaml", text.replace(text.find("POOL"), 4, "GEM"));
  expect_mistake(run + Arguments{none},
                 none + ":2: there is no layer 'GEM' in tutorial (did you mean 'GEMM'?)");
}

}  // namespace
}  // namespace orrery
