// `orrery simulate`: what it writes, and what its options change.
#include <algorithm>
#include <map>

#include "dataflows/all.h"
#include "tests/cli/program.h"
#include "tests/reports/csv_reader.h"
#include "workloads/golden/golden.h"
#include "workloads/network/widths.h"
#include "workloads/tensor/operands.h"

namespace orrery {
namespace {

namespace json = boost::json;

using Simulate = Cli;

const Arguments kMachines{"tutorial_2x2", "tutorial_4x4"};
const std::vector<std::string> kLayers{"STRIDED", "DILATED", "DEPTHWISE", "POOL", "GEMM", "FC"};

const char* const kRunKeys[] = {
    "schema", "orrery_version", "complete", "machine", "network",  "mac",          "dataflow",
    "engine", "batch",          "seed",     "data",    "core_mhz", "word_bits",    "pes",
    "layers", "total",          "set",      "beside",  "area_um2", "energy_table", "energy_unit"};
const char* const kLayerKeys[] = {"name",
                                  "cycles",
                                  "processing_cycles",
                                  "pass_cycles",
                                  "passes",
                                  "steps",
                                  "latency_ms",
                                  "macs",
                                  "processing_ms",
                                  "macs_gated",
                                  "active_pes",
                                  "stalls",
                                  "utilization",
                                  "active_pes_mean",
                                  "pe_cycles",
                                  "counts",
                                  "check",
                                  "energy",
                                  "energy_per_mac",
                                  "edp",
                                  "energy_pj",
                                  "energy_mac",
                                  "power_mw",
                                  "processing_power_mw",
                                  "bounds",
                                  "link_bytes",
                                  "link_plain_bytes",
                                  "link_ratio",
                                  "link_ifmap_zeros",
                                  "link_ofmap_zeros"};
const char* const kTextKeys[] = {"ofmap_sha256",  "difference", "product_shift",
                                 "requant_shift", "reduction",  "mapping"};

std::uint64_t number(const json::value& value) { return value.to_number<std::uint64_t>(); }

TEST_F(Simulate, WritesEveryDocumentedKey) {
  for (const std::string& machine : kMachines) {
    const json::object result = simulated({machine, "tutorial"});
    for (const char* key : kRunKeys) EXPECT_TRUE(result.contains(key)) << key;
    for (const char* key : kLayerKeys) EXPECT_TRUE(result.at("total").as_object().contains(key));
    for (const json::value& layer : result.at("layers").as_array()) {
      for (const char* key : kLayerKeys) EXPECT_TRUE(layer.as_object().contains(key)) << key;
      for (const char* key : kTextKeys) EXPECT_TRUE(layer.as_object().contains(key)) << key;
    }
    EXPECT_EQ(of_layers(result, "name"), kLayers);
    EXPECT_EQ(result.at("machine").as_string(), machine);
    EXPECT_EQ(result.at("complete"), true);
  }
}

TEST_F(Simulate, FindsEveryOfmapEqualToTheGoldenOne) {
  for (const std::string& machine : kMachines) {
    const json::object result = simulated({machine, "tutorial"});
    EXPECT_EQ(of_layers(result, "check"), std::vector<std::string>(kLayers.size(), "equal"));
    EXPECT_EQ(result.at("total").at("check"), "equal");
  }
}

// This machine's psums wrap, so that the order of additions does not matter.
TEST_F(Simulate, HashesTheOfmapOfThePlainConvolution) {
  const auto hashes =
      of_layers(simulated({"tutorial_4x4", "tutorial", "--seed", "9"}), "ofmap_sha256");
  const Network network = at_widths(read_network(ORRERY_SOURCE_DIR "/workloads/tutorial"),
                                    {.operand_bits = 8, .product_bits = 32, .psum_bits = 32});
  for (std::size_t i = 0; i < kLayers.size(); ++i) {
    const Layer& layer = network.layers[i];
    const OperandTensor ofmap =
        golden_ofmap(layer, synthetic_operands(layer, 9, 32),
                     {layer.product_shift, 32, 32, Overflow::kWrap}, plain_reduction());
    EXPECT_EQ(hashes.at(i), sha256(ofmap)) << layer.name;
  }
}

TEST_F(Simulate, GivesEveryCycleACause) {
  for (const std::string& machine : kMachines) {
    const json::object result = simulated({machine, "tutorial"});
    for (const json::value& layer : result.at("layers").as_array()) {
      std::uint64_t cycles = number(layer.at("pass_cycles"));
      for (const auto& stall : layer.at("stalls").as_object()) cycles += number(stall.value());
      EXPECT_EQ(number(layer.at("cycles")), cycles) << layer.at("name");
      EXPECT_LE(number(layer.at("processing_cycles")), cycles) << layer.at("name");
    }
  }
}

TEST_F(Simulate, GivesTheSameBytesForTheSameSeedAndOthersForAnother) {
  const Arguments run{"tutorial_4x4", "tutorial", "--seed"};
  const std::string seven = json_text(run + Arguments{"7"});
  EXPECT_EQ(json_text(run + Arguments{"7"}), seven);
  const json::object eight = simulated(run + Arguments{"8"});
  const json::object parsed = json::parse(seven).as_object();
  EXPECT_EQ(number(parsed.at("seed")), 7U);
  const auto hashes = of_layers(parsed, "ofmap_sha256"), others = of_layers(eight, "ofmap_sha256");
  for (std::size_t i = 0; i < hashes.size(); ++i) EXPECT_NE(hashes[i], others[i]) << kLayers[i];
  EXPECT_EQ(of_layers(parsed, "macs"), of_layers(eight, "macs"));
}

TEST_F(Simulate, TakesTheLargestSeed) {
  const std::string most = "18446744073709551615";  // 2^64 - 1
  const json::object result =
      simulated({"tutorial_4x4", "tutorial", "--layers", "FC", "--seed", most});
  EXPECT_EQ(json::serialize(result.at("seed")), most);
}

TEST_F(Simulate, RunsTheChosenLayersInTheNetworksOrderAsInAFullRun) {
  const json::object all = simulated({"tutorial_4x4", "tutorial"});
  for (const Arguments& layers :
       {Arguments{"--layers", "FC,DILATED"}, Arguments{"--layers", "FC", "--layers", "DILATED"},
        Arguments{"--layers=FC,DILATED,FC"}}) {
    const json::object two = simulated(layers + Arguments{"tutorial_4x4", "tutorial"});
    ASSERT_EQ(of_layers(two, "name"), (std::vector<std::string>{"DILATED", "FC"}));
    EXPECT_EQ(two.at("layers").at(0), all.at("layers").at(1));
    EXPECT_EQ(two.at("layers").at(1), all.at("layers").at(5));
    EXPECT_EQ(
        number(two.at("total").at("cycles")),
        number(two.at("layers").at(0).at("cycles")) + number(two.at("layers").at(1).at("cycles")));
  }
}

TEST_F(Simulate, MultipliesTheWorkByTheBatch) {
  for (const std::string& machine : kMachines) {
    const json::object one = simulated({machine, "tutorial"});
    const json::object three = simulated({machine, "tutorial", "--batch", "3"});
    EXPECT_EQ(number(three.at("batch")), 3U);
    for (std::size_t i = 0; i < kLayers.size(); ++i) {
      const json::value& a = one.at("layers").at(i);
      const json::value& b = three.at("layers").at(i);
      EXPECT_EQ(number(b.at("macs")), 3 * number(a.at("macs"))) << kLayers[i];
      EXPECT_GT(number(b.at("cycles")), number(a.at("cycles"))) << kLayers[i];
      EXPECT_EQ(b.at("check"), "equal") << kLayers[i];
    }
  }
}

TEST_F(Simulate, GivesTheSameOfmapsWhateverTheDataflow) {
  for (const std::string& machine : kMachines) {
    for (const Dataflow& dataflow : kDataflows) {
      const std::string name(dataflow.name);
      const json::object result = simulated({machine, "tutorial", "--dataflow", name});
      EXPECT_TRUE(result.at("dataflow").as_string().starts_with(name)) << "or its kinds";
      EXPECT_EQ(result.at("total").at("check"), "equal") << machine << " " << name;
      if (machine != "tutorial_4x4") continue;  // psums of the other saturate, so order matters
      EXPECT_EQ(of_layers(result, "ofmap_sha256"),
                of_layers(simulated({machine, "tutorial"}), "ofmap_sha256"))
          << name;
    }
  }
}

TEST_F(Simulate, MovesTheSameCodesOnTheLinkInBothEngines) {
  const std::vector<std::string> run{"tutorial_4x4", "tutorial",
                                     "--layers",     "STRIDED,DILATED,GEMM",
                                     "--set",        "dma.compression=rlc",
                                     "--set",        "dma.compressed=[ifmap, ofmap]"};
  for (const std::string data : {"synthetic", "chained"}) {
    std::vector<std::string> clocked = run, fast = run;
    clocked.insert(clocked.end(), {"--data", data});
    fast.insert(fast.end(), {"--data", data, "--engine", "fast", "--values", "link"});
    const json::object ours = simulated(fast), other = simulated(clocked);
    for (const char* key : {"cycles", "link_bytes", "link_plain_bytes", "link_ifmap_zeros"})
      EXPECT_EQ(ours.at("total").at(key), other.at("total").at(key)) << key << ", " << data;
    EXPECT_NE(ours.at("total").at("link_bytes"), ours.at("total").at("link_plain_bytes"));
  }
}

TEST_F(Simulate, ChangesNothingButTheCheckWhereItIsOff) {
  std::string off = json_text({"tutorial_2x2", "tutorial", "--check", "off"});
  const std::string on = json_text({"tutorial_2x2", "tutorial", "--check", "on"});
  EXPECT_EQ(off.find("\"equal\""), std::string::npos);
  const std::string from = "\"check\": \"off\"", to = "\"check\": \"equal\"";
  for (std::size_t at = off.find(from); at != std::string::npos; at = off.find(from)) {
    off.replace(at, from.size(), to);
  }
  EXPECT_EQ(off, on);
}

// The keys of JSON are the columns of CSV, lists of actions and causes unfolded.
std::map<std::string, std::string> unfolded(const json::object& result, const json::object& layer) {
  std::map<std::string, std::string> cells;
  const auto add = [&](const std::string& column, const json::value& value) {
    cells[column] = value.is_string() ? std::string(value.as_string()) : json::serialize(value);
    if (value.is_null()) cells[column] = "";
  };
  for (const auto& [key, value] : result) add(key, value);
  for (const auto& [key, value] : layer) add(key, value);
  for (const auto& [key, value] : layer.at("stalls").as_object())
    add("stall_" + std::string(key), value);
  for (const auto& [key, value] : layer.at("pe_cycles").as_object())
    add("pe_" + std::string(key), value);
  for (const auto& [key, value] : layer.at("pe_cycles_before_mac").as_object())
    add("pe_before_mac_" + std::string(key), value);
  for (const auto& [structure, tensors] : layer.at("counts").as_object()) {
    for (const auto& [tensor, actions] : tensors.as_object()) {
      for (const auto& [action, value] : actions.as_object()) {
        add(std::string(structure) + "_" + std::string(tensor) + "_" + std::string(action), value);
      }
    }
  }
  cells["layer"] = cells["name"];
  cells["set"] = "";  // a list there, a text here; empty in both
  for (const char* key :
       {"schema", "layers", "total", "name", "stalls", "pe_cycles", "pe_cycles_before_mac",
        "counts", "mapping", "beside", "energy_pj", "energy_mac", "bounds"}) {
    cells.erase(key);
  }
  return cells;
}

// Reads numbers as numbers: JSON of the library and of the program write doubles differently.
std::string same_form(const std::string& text) {
  json::error_code error;
  const json::value value = json::parse(text, error);
  return error || !value.is_double() ? text : std::to_string(value.as_double());
}

TEST_F(Simulate, SaysWhyWhereAsked) {
  const Arguments run{"simulate", "tutorial_4x4", "tutorial", "--layers", "GEMM"};
  EXPECT_EQ(orrery(run).out.find("cycles for"), std::string::npos);
  const Answer answer = orrery(run + Arguments{"--why"});
  EXPECT_EQ(answer.code, 0);
  for (const char* line : {"\ncycles for ", "\nmerge slots ", "\nfirst window ", "\nall "})
    EXPECT_NE(answer.out.find(line), std::string::npos) << line << answer.out;
}

TEST_F(Simulate, SaysTheSameInCsvAsInJson) {
  const Arguments run{"simulate", "tutorial_2x2", "tutorial", "--quiet"};
  ASSERT_EQ(orrery(run + Arguments{"--json", path("a.json"), "--csv", path("a.csv")}).code, 0);
  const json::object result = json::parse(content(path("a.json"))).as_object();
  const auto lines = csv_lines(content(path("a.csv")));
  ASSERT_EQ(lines.size(), 1 + kLayers.size());
  for (std::size_t i = 0; i < kLayers.size(); ++i) {
    auto expected = unfolded(result, result.at("layers").at(i).as_object());
    EXPECT_EQ(lines[0].size(), expected.size());
    for (std::size_t c = 0; c < lines[0].size(); ++c) {
      ASSERT_EQ(expected.count(lines[0][c]), 1U) << lines[0][c];
      EXPECT_EQ(same_form(lines[i + 1].at(c)), same_form(expected[lines[0][c]])) << lines[0][c];
    }
  }
}

TEST_F(Simulate, PrintsATableAndNothingOnStderr) {
  const Answer answer = orrery({"simulate", "tutorial_4x4", "tutorial", "--layers", "FC"});
  EXPECT_EQ(answer.code, 0);
  EXPECT_EQ(answer.err, "");  // no progress where stderr is no terminal
  EXPECT_TRUE(answer.out.starts_with("tutorial on tutorial_4x4: batch 1, dataflow rs\n"))
      << answer.out;
  for (const char* word : {"\nFC ", "\ntotal ", " equal\n", "utilization"}) {
    EXPECT_NE(answer.out.find(word), std::string::npos) << word;
  }
  EXPECT_TRUE(files().empty());
}

TEST_F(Simulate, TakesFilesAndFoldersByPath) {
  const std::string machine = ORRERY_SOURCE_DIR "/arch/tutorial_4x4.yaml";
  const std::string folder = ORRERY_SOURCE_DIR "/workloads/tutorial";
  const std::string by_name = json_text({"tutorial_4x4", "tutorial", "--layers", "FC"});
  for (const std::string& network : {folder, folder + "/", folder + "/network.yaml"}) {
    EXPECT_EQ(json_text({machine, network, "--layers", "FC"}), by_name) << network;
  }
  EXPECT_EQ(json_text({"arch/tutorial_4x4.yaml", "workloads/tutorial", "--layers", "FC"}), by_name);
  EXPECT_EQ(json_text({"--layers", "FC", "--", "tutorial_4x4", "tutorial"}), by_name);
}

}  // namespace
}  // namespace orrery
