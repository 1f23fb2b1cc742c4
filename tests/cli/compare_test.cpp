// `compare`.
#include <fmt/format.h>

#include "tests/cli/program.h"

namespace orrery {
namespace {

using Compare = Cli;

const Arguments kSmall{"compare", "tutorial_4x4", "tutorial"};

TEST_F(Compare, PutsEveryDataflowOfTheTaxonomyBesideTheOthers) {
  const Answer answer = orrery(kSmall);
  EXPECT_EQ(answer.code, 0) << answer.err;
  EXPECT_EQ(answer.err, "");
  for (const char* dataflow : {"rs", "ws", "os_a", "os_b", "os_c", "nlr"})
    EXPECT_NE(answer.out.find(fmt::format("\n{:<4} |", dataflow)), std::string::npos) << dataflow;
}

TEST_F(Compare, WritesARunForEachDataflowPesAndBatch) {
  const std::string json = path("compare.json");
  const Answer answer =
      orrery(kSmall + Arguments{"--equal-area", "--pes", "16,32", "--batch", "1,2", "--dataflows",
                                "rs,nlr", "--quiet", "--json", json});
  EXPECT_EQ(answer.code, 0) << answer.err;
  EXPECT_EQ(answer.out, "");
  const auto read = boost::json::parse(content(json));
  std::string all;
  for (const auto& run : read.at("runs").as_array()) {
    all += fmt::format("{} {} {}; ", run.at("pes").as_int64(), run.at("batch").as_int64(),
                       run.at("dataflow").as_string().c_str());
  }
  EXPECT_EQ(all, "16 1 rs; 16 1 nlr; 16 2 rs; 16 2 nlr; 32 1 rs; 32 1 nlr; 32 2 rs; 32 2 nlr; ");
}

TEST_F(Compare, FindsNothingWorseWhenTheMapperLooksFurther) {
  const auto energy = [&](const Arguments& more) {
    const std::string json = path("compare.json");
    const Answer answer = orrery(kSmall +
                                 Arguments{"--dataflows", "os_a", "--layers", "STRIDED", "--energy",
                                           "sram", "--json", json} +
                                 more);
    EXPECT_EQ(answer.code, 0) << answer.err;
    return boost::json::parse(content(json)).at("runs").at(0).at("energy_per_mac").as_double();
  };
  const double alone = energy({});
  EXPECT_LE(energy({"--search", "--budget", "40"}), alone);
  expect_mistake(kSmall + Arguments{"--search", "--equal-area"},
                 "--search is for a machine that stands; with --equal-area its shape is open");
}

TEST_F(Compare, ShowsMachinesOfEqualAreaThatReadBack) {
  const Arguments one =
      kSmall + Arguments{"--equal-area", "--pes", "64", "--dataflows", "os_b", "--show-machines"};
  const std::string machine = file("equal.yaml", orrery(one).out);
  const Answer answer = orrery({"show", machine});
  EXPECT_EQ(answer.code, 0) << answer.err;
}

TEST_F(Compare, PutsDatapathsBesideEachOther) {
  const std::string network = file("small.yaml",
                                   "name: small\nsource: s\nlayers:\n"
                                   "- {name: A, conv: {in: [20, 6, 6], filters: 8, kernel: 3, "
                                   "pad: 1}, post: {relu: true}}\n");
  const std::string json = path("macs.json");
  const Answer answer =
      orrery({"compare", "eyeriss", network, "--macs",
              "mac_int8,mac_int16_dfp,mac_lut,mac_ternary,mac_shift,mac_binary,mac_zero_skip",
              "--json", json});
  EXPECT_EQ(answer.code, 0) << answer.err;
  EXPECT_NE(answer.out.find("\nmac_zero_skip cannot run: layer A: mac_zero_skip passes over zeros"),
            std::string::npos)
      << answer.out;
  const boost::json::value read = boost::json::parse(content(json));
  std::string all;
  for (const auto& run : read.at("runs").as_array()) {
    const bool ran = run.at("refused").as_string().empty();
    all += fmt::format("{} {} {}; ", run.at("mac").as_string().c_str(),
                       run.at("lanes").to_number<int>(),
                       ran ? run.at("layers").at(0).at("check").as_string().c_str() : "refused");
  }
  EXPECT_EQ(all,
            "mac_int8 1 equal; mac_int16_dfp 1 equal; mac_lut 1 equal; mac_ternary 1 equal; "
            "mac_shift 1 equal; mac_binary 16 equal; mac_zero_skip 1 refused; ");
}

TEST_F(Compare, AnswersMistakesWithWhatWouldBeRight) {
  expect_mistake(kSmall + Arguments{"--dataflows", "rs,os_d"},
                 "--dataflows: there is no dataflow 'os_d' (did you mean 'os_a'?)");
  expect_mistake(kSmall + Arguments{"--objective", "energie"},
                 "--objective: 'energie' is none of energy, cycles and edp (did you mean "
                 "'energy'?)");
  expect_mistake(kSmall + Arguments{"--pes", "256"},
                 "--pes is for --equal-area: a machine file says how many PEs it has");
  expect_mistake(kSmall + Arguments{"--macs", "mac_int8,mac_binery"},
                 "--macs: there is no MAC datapath 'mac_binery' (did you mean 'mac_binary'?)");
  expect_mistake(kSmall + Arguments{"--macs", "mac_int8", "--equal-area"},
                 "--equal-area and --macs do not go together");
  expect_mistake(kSmall + Arguments{"--show-machines"},
                 "--show-machines is for --equal-area; orrery show prints a machine file");
}

}  // namespace
}  // namespace orrery
