// `--beside`: published figures beside those of a run.
#include "tests/cli/program.h"

namespace orrery {
namespace {

namespace json = boost::json;

using Beside = Cli;

const Arguments kRun{"tutorial_4x4", "tutorial", "--layers", "GEMM,FC"};

const std::string kFigures =
    "name: chip\n"
    "source: paper\n"
    "batch: 1\n"
    "layers: [GEMM, FC]\n"
    "figures:\n"
    "  - figure: macs\n"
    "    unit: op\n"
    "    source: table 1\n"
    "    values:\n"
    "      - {layer: GEMM, value: 2880, plus_minus: 0}\n"  // 24 * 10 * 12
    "      - {layer: FC, value: 4000, percent: 1}\n"       // 10 * 4 * 6 * 16 = 3840
    "      - {layer: total, value: 6720}\n";

TEST_F(Beside, PrintsASecondTable) {
  const std::string figures = file("f.yaml", kFigures);
  const Answer answer = orrery(Arguments{"simulate"} + kRun + Arguments{"--beside", figures});
  EXPECT_EQ(answer.code, 0) << answer.err;
  EXPECT_TRUE(
      answer.out.ends_with("\nbeside chip: paper\n\n"
                           "figure  layer  unit  ours  published  ratio  window  ours is\n"
                           "------------------------------------------------------------\n"
                           "macs     GEMM    op  2880       2880  1.000     +-0   inside\n"
                           "           FC    op  3840       4000  0.960    +-1%  outside\n"
                           "        total    op  6720       6720  1.000       -        -\n"
                           "\nmacs: table 1\n"))
      << answer.out;
}

TEST_F(Beside, IsRecordedInTheJson) {
  const auto result = simulated(kRun + Arguments{"--beside", file("f.yaml", kFigures)});
  const json::array& rows = result.at("beside").as_array();
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[1].at("inside"), false);
  EXPECT_EQ(rows[2].at("ours"), 6720.0);
}

// A figure file with one text replaced, and the answer to it after the file's name.
struct Wrong {
  std::string right, wrong, sentence;
};
const Wrong kWrong[] = {
    {"figure: macs", "figure: mac", ":6: there is no figure 'mac' (did you mean 'macs'?)"},
    {"figure: macs", "figure: taste",
     ":6: there is no figure 'taste' (docs/published.md lists them)"},
    {"layers: [GEMM, FC]", "layers: [GEM, FC]",
     ":4: there is no layer 'GEM' in tutorial (did you mean 'GEMM'?)"},
    {"layer: total", "layer: totl", ":12: 'totl' is none of `layers` (did you mean 'total'?)"},
    {"layer: total", "layer: FC", ":12: macs has a second value of 'FC'"},
    {"batch: 1", "batch: 4", ":3: the figures are of batches of 4; the run has 1"},
    {"percent: 1", "percent: -1",
     ":11: figures[0].values[1].percent is -1; it must be at least 0 %"},
    {"percent: 1", "percent: 1, plus_minus: 1", ":11: a window is either percent or plus_minus"},
    {"percent: 1", "persent: 1",
     ":11: unknown key 'persent' in figures[0].values[1] (did you mean 'percent'?)"}};

TEST_F(Beside, AnswersMistakesWithFileAndLineBeforeTheRun) {
  for (const Wrong& w : kWrong) {
    std::string text = kFigures;
    text.replace(text.find(w.right), w.right.size(), w.wrong);
    const std::string figures = file("f.yaml", text);
    expect_mistake(
        Arguments{"simulate"} + kRun + Arguments{"--beside", figures, "--json", path("x.json")},
        figures + w.sentence);
  }
  expect_mistake(Arguments{"simulate"} + kRun + Arguments{"--beside", "none.yaml"},
                 "there is no file none.yaml");
}

}  // namespace
}  // namespace orrery
