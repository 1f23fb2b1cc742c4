// `--set`: a machine with other values than its file's.
#include <fmt/format.h>

#include <algorithm>

#include "tests/cli/program.h"
#include "tests/reports/csv_reader.h"

namespace orrery {
namespace {

namespace json = boost::json;

using Set = Cli;

const Arguments kRun{"tutorial_4x4", "tutorial", "--layers", "GEMM,FC"};

TEST_F(Set, RunsAsAFileWithThatValueWould) {
  const std::string machine =
      changed("m.yaml", "arch/tutorial_4x4.yaml", "  pipeline_stages: 2", "  pipeline_stages: 9");
  json::object expected = simulated({machine, "tutorial", "--layers", "GEMM,FC"});
  const json::object plain = simulated(kRun);
  const json::object set = simulated(kRun + Arguments{"--set", "pe.pipeline_stages=9"});
  EXPECT_EQ(set.at("layers"), expected.at("layers"));
  EXPECT_NE(set.at("total").at("cycles"), plain.at("total").at("cycles"));
  EXPECT_EQ(set.at("set"), json::array{"pe.pipeline_stages=9"});
  EXPECT_EQ(plain.at("set"), json::array());
}

TEST_F(Set, MayBeRepeatedAndStandAnywhere) {
  const Arguments sets{"--set", "pe.adders=1", "--set=dma.overlap=[filter, ifmap]"};
  const std::string text = json_text(kRun + sets);
  EXPECT_EQ(json_text(sets + kRun), text);
  EXPECT_EQ(json::parse(text).at("set"),
            (json::array{"pe.adders=1", "dma.overlap=[filter, ifmap]"}));
}

TEST_F(Set, TheLastOfTwoOnOnePathHolds) {
  const auto twice = simulated(kRun + Arguments{"--set", "pe.adders=1", "--set", "pe.adders=2"});
  EXPECT_EQ(twice.at("layers"), simulated(kRun + Arguments{"--set", "pe.adders=2"}).at("layers"));
}

TEST_F(Set, StandsInEveryReport) {
  const Arguments run = Arguments{"simulate"} + kRun + Arguments{"--set", "pe.adders=1"};
  const Answer answer = orrery(run + Arguments{"--csv", path("a.csv")});
  EXPECT_NE(answer.out.find("\nset: pe.adders=1\n"), std::string::npos) << answer.out;
  const auto lines = csv_lines(content(path("a.csv")));
  const auto column = std::find(lines[0].begin(), lines[0].end(), "set") - lines[0].begin();
  EXPECT_EQ(lines.at(1).at(static_cast<std::size_t>(column)), "pe.adders=1");
  EXPECT_EQ(orrery(Arguments{"simulate"} + kRun).out.find("set:"), std::string::npos);
}

TEST_F(Set, ShowsTheMachineAsChanged) {
  const Answer answer = orrery({"show", "tutorial_4x4", "--set", "array.rows=3"});
  EXPECT_EQ(answer.code, 0);
  EXPECT_NE(answer.out.find("3 x 4 = 12 PEs"), std::string::npos) << answer.out;
  EXPECT_TRUE(answer.out.ends_with("\nSet, in place of the file's\n  array.rows=3\n"));
}

TEST_F(Set, MapsOntoTheMachineAsChanged) {
  const Answer answer = orrery(
      {"map", "tutorial_4x4", "tutorial", "--layers", "FC", "--set", "limits.stride_rows=[2]"});
  EXPECT_EQ(answer.code, 2);
  EXPECT_NE(answer.out.find("a vertical stride of 1 is not one of the machine's (2)"),
            std::string::npos)
      << answer.out;
}

TEST_F(Set, IsAnsweredAsAMistakeInTheFileWouldBe) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"pe.adder=1", "unknown key 'adder' in pe (did you mean 'adders'?)"},
      {"arry.rows=1", "unknown key 'arry' in the file (did you mean 'array'?)"},
      {"pe.adders=3", "pe.adders is 3; it must be 1 to 2"},
      {"pe.adders=two", "pe.adders is 'two'; it must be a whole number"},
      {"pe.adders", "PATH=VALUE is expected, e.g. pe.adders=2"},
      {"levels.glb.shared.banks=0", "levels[0].stores[0].banks is 0; it must be 1 to 4096"},
      {"levels.glb.shard.banks=1", "levels[0] has no element 'shard' (did you mean 'shared'?)"},
      {"dma.overlap=[ifmp]", "dma.overlap names the unknown tensor 'ifmp' (did you mean 'ifmap'?)"},
      {"native=wss", "native: there is no dataflow 'wss' (did you mean 'ws'?)"}};
  for (const auto& [set, sentence] : cases) {
    expect_mistake(Arguments{"simulate"} + kRun + Arguments{"--set", set, "--json", path("x.json")},
                   fmt::format("--set {}: {}", set, sentence));
  }
  expect_mistake({"show", "workloads/tutorial/network.yaml", "--set", "pe.adders=1"},
                 "--set pe.adders=1: workloads/tutorial/network.yaml is a network; --set changes "
                 "machines");
}

}  // namespace
}  // namespace orrery
