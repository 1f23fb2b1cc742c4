// The program's answers to its caller: 0 done, 1 differs, 2 the user's mistake, 3 its own fault.
#include "tests/cli/program.h"

namespace orrery {
namespace {

using ExitCode = Cli;

// The command line with tests/cli/faulty_engine.cpp in place of the engine.
Answer faulty(const Arguments& arguments) { return run_program(ORRERY_FAULTY_PROGRAM, arguments); }

const Arguments kSimulate{"simulate", "tutorial_4x4", "tutorial", "--quiet", "--layers"};

TEST_F(ExitCode, IsZeroWhereAllLayersAreEqual) {
  EXPECT_EQ(faulty(kSimulate + Arguments{"STRIDED,DILATED"}).code, 0);
}

TEST_F(ExitCode, IsOneWhereALayerDiffersAndTheFilesAreWritten) {
  const Answer answer =
      faulty(kSimulate + Arguments{"STRIDED,FC", "--json", path("x.json"), "--csv", path("x.csv")});
  EXPECT_EQ(answer.code, 1);
  EXPECT_EQ(answer.err,
            "orrery: the golden reference says otherwise: FC: ofmap[0][1][0][0] is 3, golden 2\n");
  EXPECT_NE(content(path("x.json")).find("\"check\": \"differs\""), std::string::npos);
  EXPECT_NE(content(path("x.csv")).find(",differs,"), std::string::npos);
}

TEST_F(ExitCode, IsZeroWhereNobodyLooks) {
  EXPECT_EQ(faulty(kSimulate + Arguments{"FC", "--check", "off"}).code, 0);
}

TEST_F(ExitCode, IsThreeForAFaultOfTheProgramAndNoFileIsLeft) {
  const Answer fault = faulty(kSimulate + Arguments{"STRIDED,GEMM", "--json", path("x.json")});
  EXPECT_EQ(fault.code, 3);
  EXPECT_EQ(fault.err, "orrery: internal fault: a wheel came off\n");
  const Answer memory = faulty(kSimulate + Arguments{"POOL", "--csv", path("x.csv")});
  EXPECT_EQ(memory.code, 3);
  EXPECT_EQ(memory.err,
            "orrery: not enough memory; a smaller --batch or fewer --layers need less\n");
  EXPECT_TRUE(files().empty());
}

// Both where one write is enough and where several fill the buffer.
TEST_F(ExitCode, IsTwoWhereTheOutputTakesNoText) {
  if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "no /dev/full here";
  for (const std::string command : {"version", "list", "simulate tutorial_4x4 tutorial"}) {
    const std::string line = std::string(ORRERY_PROGRAM) + " " + command + " >/dev/full";
    const Answer answer = run_program("/bin/sh", {"-c", line});
    EXPECT_EQ(answer.code, 2) << command;
    EXPECT_EQ(answer.err, "orrery: cannot write to the standard output\n") << command;
  }
}

}  // namespace
}  // namespace orrery
