// `orrery dram`.
#include <fstream>

#include "tests/cli/program.h"

namespace orrery {
namespace {

namespace json = boost::json;

class DramCommandLine : public Cli {
 protected:
  const std::string trace_ = file("t.csv", "0,0,R\n0,64,W\n0,262144,R\n9000,0,R\n");
  const Arguments run_{"dram", "--standard", "ddr4-2400", "--trace", trace_};
};

TEST_F(DramCommandLine, ReportsTimeRowsLatenciesCommandsAndEnergy) {
  const Answer answer = orrery(run_);
  EXPECT_EQ(answer.code, 0) << answer.err;
  EXPECT_EQ(answer.err, "");
  for (const char* text :
       {"3 reads, 1 writes of 64 bytes", "\nhit ", "\nmiss (closed) ", "\nconflict ",
        "\nlatency, cycles ", "\ncommands ", "\nenergy ", "pJ/bit", " mW mean power\n"}) {
    EXPECT_NE(answer.out.find(text), std::string::npos) << text << answer.out;
  }
}

TEST_F(DramCommandLine, WritesFiguresAndCommands) {
  const Answer answer =
      orrery(run_ + Arguments{"--json", path("r.json"), "--commands", path("c.csv"), "--quiet"});
  EXPECT_EQ(answer.code, 0) << answer.err;
  EXPECT_EQ(answer.out, "");
  const json::value r = json::parse(content(path("r.json")));
  EXPECT_EQ(r.at("reads").to_number<int>(), 3);
  EXPECT_EQ(r.at("commands").at("WR").to_number<int>(), 1);
  EXPECT_GT(r.at("energy_pj").at("total").to_number<double>(), 0);
  EXPECT_TRUE(
      content(path("c.csv"))
          .starts_with("cycle,command,channel,rank,group,bank,row,column\n1,ACT,0,0,0,0,0,\n"));
}

TEST_F(DramCommandLine, PricesAtAFlatRateWhereThereIsOne) {
  const Arguments hbm{"dram", "--standard", "hbm2", "--trace", trace_, "--energy", "flat"};
  EXPECT_NE(orrery(hbm).out.find("total, flat  0.008  100.0%   3.900\n"), std::string::npos)
      << orrery(hbm).out;
  const Answer answer = orrery(run_ + Arguments{"--energy", "flat"});
  EXPECT_EQ(answer.code, 2);
  EXPECT_NE(answer.err.find("has no flat_pj_per_bit"), std::string::npos) << answer.err;
}

TEST_F(DramCommandLine, AnswersMistakesWithTheNearest) {
  const auto with = [&](const std::string& standard, const Arguments& more) {
    return Arguments{"dram", "--standard", standard, "--trace", trace_} + more;
  };
  expect_mistake(with("ddr4-240", {}), "no DRAM standard 'ddr4-240' (did you mean 'ddr4-2400'?)");
  expect_mistake(with("ddr4-2400", {"--policy", "opn"}),
                 "no DRAM policy 'opn' (did you mean 'open'?)");
  expect_mistake(with("ddr4-2400", {"--format", "csw"}),
                 "there is no trace format 'csw' (did you mean 'csv'?)");
  expect_mistake(with("ddr4-2400", {"--ranks", "3"}), "3 ranks: must be a power of two");
  expect_mistake(with("ddr4-2400", {"--ranks", "8"}),
                 "8 ranks of 16 banks; a channel of ddr4-2400 has 1 to 4 ranks");
  expect_mistake({"dram", "--standard", "ddr4-2400", "--trace", "none.csv"},
                 "there is no file none.csv");
  const std::string bad = file("bad.csv", "0,0,R\n0,0,X\n");
  expect_mistake({"dram", "--standard", "ddr4-2400", "--trace", bad, "--json", path("x.json")},
                 bad + ":2: 'X' is neither R nor W; a line is cycle,address,R|W");
}

TEST_F(DramCommandLine, LetsAMachineHaveAMemory) {
  const Arguments run{"tutorial_4x4", "tutorial",
                      "--set",        "dram.standard=ddr3-1600",
                      "--layout",     "ifmap=nhwc,filter=tiled"};
  const json::object r = simulated(run);
  EXPECT_EQ(of_layers(r, "check"), std::vector<std::string>(6, "equal"));
  for (const json::value& layer : r.at("layers").as_array()) {
    const auto n = [&](const char* key) { return layer.at(key).to_number<double>(); };
    EXPECT_EQ(n("dram_row_hits") + n("dram_row_misses") + n("dram_row_conflicts"),
              n("dram_reads") + n("dram_writes"));
    EXPECT_DOUBLE_EQ(layer.at("energy_pj").at("dram").at("none").to_number<double>(), n("dram_pj"));
  }
  EXPECT_NE(orrery(Arguments{"simulate"} + run).out.find("\nDRAM "), std::string::npos);
}

TEST_F(DramCommandLine, AnswersMistakesOfMachinesAndLayouts) {
  const Arguments run{"simulate", "tutorial_4x4", "tutorial"};
  expect_mistake(
      run + Arguments{"--set", "dram.standard=ddr3-160"},
      "--set dram.standard=ddr3-160: dram.standard: no DRAM standard 'ddr3-160' (did you "
      "mean 'ddr3-1600'?)");
  expect_mistake(run + Arguments{"--layout", "nchv"},
                 "--layout: there is no layout 'nchv' (did you mean 'nchw'?)");
}

}  // namespace
}  // namespace orrery
