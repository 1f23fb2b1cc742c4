// `orrery verify` as its users run it.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <boost/json.hpp>

#include "tests/cli/program.h"

namespace orrery {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;

class Verify : public Cli {
 protected:
  static Answer broken(const Arguments& arguments) {
    return run_program(ORRERY_BROKEN_PROGRAM, Arguments{"verify"} + arguments);
  }
  static int prove(const std::string& folder) {
    return run_program(ORRERY_SOURCE_DIR "/rtl/proof/prove", {"mac_int8", folder}).code;
  }
};

TEST_F(Verify, EndsWithTheNumbersOfTwinsPairsAndMismatches) {
  const Answer answer = orrery({"verify", "--mac", "mac_ternary,mac_zero_skip", "--cases", "2e3"});
  EXPECT_EQ(answer.code, 0) << answer.out << answer.err;
  EXPECT_THAT(answer.out, ContainsRegex("\n2 twins, [0-9]+ pairs, 0 mismatches\n$"));
  EXPECT_THAT(answer.out, HasSubstr("mac_ternary: 2 assert cells proved"));
  EXPECT_EQ(answer.err, "");
}

TEST_F(Verify, GivesTheSamePairsForTheSameSeed) {
  const auto pairs = [&](const std::string& seed) {
    const std::string report = path("verify.json");
    const Answer answer = orrery({"verify", "--mac", "mac_zero_skip", "--cases", "20000", "--seed",
                                  seed, "--json", report, "--quiet"});
    EXPECT_EQ(answer.code, 0) << answer.err;
    return boost::json::parse(content(report)).at("pairs").as_int64();
  };
  EXPECT_EQ(pairs("3"), pairs("3"));
  EXPECT_NE(pairs("3"), pairs("4"));  // resets lose other pairs
}

TEST_F(Verify, TellsOfAMismatchWritesItsWaveAndFails) {
  const std::string wave = path("failing.fst"), report = path("verify.json");
  const Answer answer = broken({"--cases", "0", "--wave", wave, "--json", report});
  EXPECT_EQ(answer.code, 1) << answer.err;
  EXPECT_THAT(answer.out, ContainsRegex("mac_int8: cycle [0-9]+: psum_o is -?[0-9]+, expected "
                                        "-?[0-9]+; ifmap -?[0-9]+, filter -?[0-9]+, psum"));
  EXPECT_THAT(answer.out, ContainsRegex("\n1 twins, [0-9]+ pairs, [1-9][0-9]* mismatches\n$"));
  // An FST file begins with a block of type 0, 329 bytes long.
  const std::string bytes = content(wave);
  ASSERT_GT(bytes.size(), 400u);
  EXPECT_EQ(bytes.substr(0, 9), std::string("\0\0\0\0\0\0\0\x01\x49", 9));
  const boost::json::value json = boost::json::parse(content(report));
  EXPECT_GT(json.at("mismatches").as_int64(), 0);
}

TEST_F(Verify, FailsWhereAProofFails) {
  EXPECT_EQ(prove(ORRERY_SOURCE_DIR "/rtl/mac"), 0);
  EXPECT_EQ(prove(ORRERY_BROKEN_DIR), 1);
}

TEST_F(Verify, RefusesDatapathsThatItDoesNotKnowAndNumbersThatAreNone) {
  expect_mistake({"verify", "--mac", "mac_in8"},
                 "--mac: no datapath is named 'mac_in8' (did you mean 'mac_int8'?)");
  const Answer answer = orrery({"verify", "--cases", "many"});
  EXPECT_EQ(answer.code, 2);
  EXPECT_THAT(answer.err, HasSubstr("'many' is not a whole number from 0 to 1e12"));
}

}  // namespace
}  // namespace orrery
