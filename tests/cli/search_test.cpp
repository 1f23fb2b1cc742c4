// `orrery map --search`.
#include "tests/cli/program.h"

namespace orrery {
namespace {

namespace json = boost::json;

using MapSearch = Cli;

const Arguments kRun{"tutorial_4x4", "tutorial"};
const Arguments kSearch{"map", "tutorial_4x4", "tutorial", "--search", "--budget", "20"};

TEST_F(MapSearch, SavesMappingsThatReplayInNoMoreCycles) {
  const std::string mine = path("best.yaml");
  for (const std::string dataflow : {"rs", "ws", "os"}) {
    const Arguments by{"--dataflow", dataflow};
    const Answer found = orrery(kSearch + by + Arguments{"--objective", "cycles", "--yaml", mine});
    EXPECT_EQ(found.code, 0) << found.err;
    EXPECT_EQ(found.err, "");
    const json::object before = simulated(kRun + by);
    const json::object after = simulated(kRun + by + Arguments{"--mapping", mine});
    EXPECT_EQ(after.at("total").at("check"), "equal");
    EXPECT_EQ(of_layers(after, "ofmap_sha256"), of_layers(before, "ofmap_sha256"));
    for (std::size_t i = 0; i < before.at("layers").as_array().size(); ++i) {
      EXPECT_LE(after.at("layers").at(i).at("cycles").to_number<std::int64_t>(),
                before.at("layers").at(i).at("cycles").to_number<std::int64_t>())
          << dataflow;
    }
  }
}

TEST_F(MapSearch, SaysByWhatItJudgedAndAnswersTheSameTwice) {
  const Arguments by{"--objective", "edp", "--energy", "horowitz45"};
  const Answer once = orrery(kSearch + by);
  EXPECT_EQ(once.code, 0) << once.err;
  EXPECT_EQ(once.out, orrery(kSearch + by).out);
  for (const char* text : {"rs of tutorial on tutorial_4x4, least edp by table horowitz45\n",
                           "(pJ x cycles)", "\nGEMM ", "\nFC "}) {
    EXPECT_NE(once.out.find(text), std::string::npos) << text << " in\n" << once.out;
  }
  EXPECT_EQ(once.out.find("\nPOOL "), std::string::npos) << once.out;
}

TEST_F(MapSearch, LeavesLayersAloneThatAFileMaps) {
  const std::string fc = path("fc.yaml");
  orrery(Arguments{"map"} + kRun + Arguments{"--layers", "FC", "--dataflow", "ws", "--yaml", fc});
  const Answer found = orrery(kSearch + Arguments{"--mapping", fc});
  EXPECT_EQ(found.code, 0) << found.err;
  EXPECT_EQ(found.out.find("\nFC "), std::string::npos) << found.out;
  EXPECT_NE(found.out.find("\nGEMM "), std::string::npos) << found.out;
}

TEST_F(MapSearch, RefusesObjectivesAndTablesThatItDoesNotKnow) {
  expect_mistake(kSearch + Arguments{"--objective", "energie"},
                 "--objective: 'energie' is not one of energy, cycles, edp (did you mean "
                 "'energy'?); orrery map --help shows the options");
  expect_mistake(Arguments{"map"} + kRun + Arguments{"--budget", "5"},
                 "--budget requires --search; orrery map --help shows the options");
}

}  // namespace
}  // namespace orrery
