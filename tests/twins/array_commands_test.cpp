// `orrery verify --array` and `orrery simulate --engine rtl` as their users run them.
#include <gmock/gmock.h>

#include <cstdlib>

#include "tests/cli/program.h"

namespace orrery {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;

class ArrayCommands : public Cli {
 protected:
  ArrayCommands() { ::setenv("ORRERY_ARRAYS", ORRERY_ARRAYS_DIR, 1); }
};

TEST_F(ArrayCommands, VerifyTellsOfEveryArrayAndOfTheSums) {
  const std::string report = path("verify.json");
  const Answer answer = orrery(
      {"verify", "--array", "--mac", "mac_int16,mac_int8", "--cases", "20", "--json", report});
  EXPECT_EQ(answer.code, 0) << answer.out << answer.err;
  for (const char* array : {"independent", "lock step", "systolic"})
    EXPECT_THAT(answer.out, ContainsRegex(std::string("\n") + array + " +mac_int8 +20 "));
  EXPECT_THAT(answer.out, ContainsRegex("\n120 cases, [0-9]+ passes, [0-9]+ cycles, [0-9]+ psums, "
                                        "0 differences\n$"));
  const boost::json::value json = boost::json::parse(content(report));
  EXPECT_EQ(json.at("arrays").as_array().size(), 6u);
  EXPECT_EQ(json.at("differences").as_int64(), 0);
}

TEST_F(ArrayCommands, VerifyRefusesADatapathThatNoArrayHolds) {
  expect_mistake({"verify", "--array", "--mac", "mac_zero_skip"},
                 "--mac: no array has a datapath 'mac_zero_skip' (known: mac_int8, mac_int16, "
                 "mac_int16_dfp, mac_zero_gated, mac_lut, mac_binary, mac_ternary, mac_shift)");
}

TEST_F(ArrayCommands, SimulateChecksTheOfmapsOfAnRtlArray) {
  const Arguments layers{"simulate", "tutorial_4x4",         "tutorial", "--mac",  "mac_zero_gated",
                         "--set",    "pe.pipeline_stages=3", "--layers", "STRIDED"};
  const Answer rtl = orrery(layers + Arguments{"--engine", "rtl"});
  const Answer cycle = orrery(layers);
  EXPECT_EQ(rtl.code, 0) << rtl.err;
  EXPECT_THAT(rtl.out, HasSubstr("equal"));
  // But for the line that names the engine.
  const auto tables = [](const std::string& out) { return out.substr(out.find("processing")); };
  EXPECT_EQ(tables(rtl.out), tables(cycle.out));
}

}  // namespace
}  // namespace orrery
