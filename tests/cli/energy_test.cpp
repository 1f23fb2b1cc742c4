// `simulate --energy`: energy in the results, against prices written down here.
#include <cmath>

#include "tests/cli/program.h"

namespace orrery {
namespace {

namespace json = boost::json;

using EnergyOfARun = Cli;

// pJ of a 16-bit word, psum or MAC: the constants that eyeriss65 cites.
const std::map<std::string, double> kPj{
    {"dram.read", 460},      {"dram.write", 460},      {"glb.array_read", 15},
    {"glb.array_write", 15}, {"glb.dma_read", 15},     {"glb.dma_write", 15},
    {"noc.bus_word", 0},     {"noc.delivery", 4},      {"noc.hop", 4},
    {"spad.fill", 1},        {"spad.operand_read", 1}, {"spad.first_write", 1},
    {"spad.update_read", 1}, {"spad.update_write", 1}, {"spad.drain_read", 1},
    {"mac.compute", 2},      {"mac.gate", 0.064},      {"mac.lut_read", 0},
    {"mac.table_build", 0},  {"mac.spill", 0},         {"adder.merge", 0},
    {"pool.compute", 0},     {"post.word", 0}};
const std::map<std::string, std::string> kLevels{
    {"dram", "dram"}, {"glb", "glb"},   {"noc", "noc"},  {"spad", "spad"},
    {"mac", "mac"},   {"adder", "mac"}, {"pool", "mac"}, {"post", "control"}};
const std::map<std::string, std::string> kTensors{{"ifmap", "ifmap"}, {"filter", "filter"},
                                                  {"bias", "filter"}, {"psum", "psum"},
                                                  {"ofmap", "psum"},  {"none", "none"}};

using Parts = std::map<std::string, double>;  // by "level.tensor"

Parts by_hand(const json::value& layer) {
  Parts parts;
  for (const auto& [structure, tensors] : layer.at("counts").as_object()) {
    for (const auto& [tensor, actions] : tensors.as_object()) {
      for (const auto& [action, n] : actions.as_object()) {
        const std::string price = std::string(structure) + "." + std::string(action);
        parts[kLevels.at(structure) + "." + kTensors.at(tensor)] +=
            kPj.at(price) * n.to_number<double>();
      }
    }
  }
  // 30 mW: 30e9 pJ/s for the layer's milliseconds.
  parts["control.none"] += 30e9 * layer.at("latency_ms").as_double() * 1e-3;
  return parts;
}

TEST_F(EnergyOfARun, IsCountsTimesPricesInEveryLayerAndInTotal) {
  const json::object result =
      simulated({"eyeriss", "tutorial", "--layers", "STRIDED,DILATED,DEPTHWISE,GEMM,FC", "--energy",
                 "eyeriss65"});
  EXPECT_EQ(result.at("energy_table"), "eyeriss65");
  EXPECT_EQ(result.at("energy_unit"), "pJ");
  json::array all = result.at("layers").as_array();
  all.push_back(result.at("total"));
  for (const json::value& layer : all) {
    Parts parts = by_hand(layer);
    double sum = 0;
    for (const auto& [level, tensors] : layer.at("energy_pj").as_object()) {
      for (const auto& [tensor, energy] : tensors.as_object()) {
        const std::string part = std::string(level) + "." + std::string(tensor);
        EXPECT_NEAR(energy.as_double(), parts[part], 1e-9 * std::abs(parts[part])) << part;
        sum += parts[part];
      }
    }
    EXPECT_NEAR(layer.at("energy").as_double(), sum, 1e-9 * sum);
    const double seconds = layer.at("latency_ms").as_double() * 1e-3;
    EXPECT_NEAR(layer.at("edp").as_double(), sum * seconds, 1e-9 * sum * seconds);
  }
  EXPECT_GT(result.at("total").at("energy_pj").at("mac").at("none").as_double(), 0);
}

TEST_F(EnergyOfARun, IsPricedByTheMemoryModelWhereNobodyNamesATable) {
  const json::object result = simulated({"tutorial_4x4", "tutorial"});
  EXPECT_EQ(result.at("energy_table"), "sram");
  EXPECT_GT(result.at("area_um2").as_double(), 0);
  const Answer answer = orrery({"simulate", "tutorial_4x4", "tutorial", "--layers", "FC"});
  EXPECT_NE(answer.out.find("\nenergy, uJ "), std::string::npos) << answer.out;
}

TEST_F(EnergyOfARun, InMacsIsNotCalledPicojoules) {
  const json::object result = simulated({"tutorial_4x4", "tutorial", "--energy", "isca2016"});
  EXPECT_EQ(result.at("energy_unit"), "MAC");
  EXPECT_TRUE(result.at("total").at("energy_pj").is_null());
  EXPECT_TRUE(result.at("total").at("power_mw").is_null());
  EXPECT_GT(result.at("total").at("energy_mac").at("dram").at("ifmap").as_double(), 0);
}

TEST_F(EnergyOfARun, IsLeftOutWhereThereAreNoTables) {
  ::setenv("ORRERY_HOME", path("nowhere").c_str(), 1);
  const std::string source = ORRERY_SOURCE_DIR;
  const Arguments run{"simulate", source + "/arch/tutorial_4x4.yaml",
                      source + "/workloads/tutorial", "--layers", "FC"};
  const Answer answer = orrery(run);
  EXPECT_EQ(answer.code, 0) << answer.err;
  EXPECT_NE(answer.out.find("No energy: "), std::string::npos) << answer.out;
}

TEST_F(EnergyOfARun, AnswersMistakesBeforeTheRun) {
  const Arguments run{"simulate", "tutorial_4x4", "tutorial"};
  expect_mistake(run + Arguments{"--energy", "sramm"},
                 "no energy table 'sramm' (did you mean 'sram'?)");
  const std::string empty = file("e.yaml",
                                 "name: e\ndescription: e\nsource: e\ntechnology: e\nunit: pJ\n"
                                 "convention: hardware\nprices: []\nper_cycle: []\n");
  EXPECT_EQ(orrery(run + Arguments{"--energy", empty, "--json", path("x.json")}).code, 2);
  EXPECT_FALSE(std::filesystem::exists(path("x.json")));
}

TEST_F(EnergyOfARun, StandsBesideItsBoundsWhereAsked) {
  const Arguments run{"simulate", "tutorial_4x4", "tutorial", "--layers", "GEMM"};
  EXPECT_EQ(orrery(run).out.find("least cycles for"), std::string::npos);
  const Answer answer = orrery(run + Arguments{"--bounds"});
  EXPECT_EQ(answer.code, 0);
  for (const char* line : {"\nleast cycles for ", "\nbinds ", "\nleast possible "})
    EXPECT_NE(answer.out.find(line), std::string::npos) << line << answer.out;
}

}  // namespace
}  // namespace orrery
