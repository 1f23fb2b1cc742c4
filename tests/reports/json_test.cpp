#include "reports/json.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <fstream>
#include <limits>
#include <set>
#include <sstream>

#include "tests/reports/sample.h"

namespace orrery {
namespace {

namespace json = boost::json;

json::object parsed(const NetworkResult& result) {
  return json::parse(to_json(result)).as_object();
}

std::vector<std::string> keys(const json::object& object) {
  std::vector<std::string> names;
  for (const auto& member : object) names.emplace_back(member.key());
  return names;
}

const json::object& first_layer(const json::object& root) {
  return root.at("layers").as_array().at(0).as_object();
}

std::uint64_t number(const json::value& value) { return value.to_number<std::uint64_t>(); }

// Every key at any depth.
void collect(const json::value& value, std::set<std::string>& found) {
  if (value.is_array()) {
    for (const json::value& item : value.get_array()) collect(item, found);
  } else if (value.is_object()) {
    for (const auto& [key, item] : value.get_object()) {
      found.emplace(key);
      collect(item, found);
    }
  }
}

TEST(Json, KeepsTheOrderOfItsKeys) {
  EXPECT_EQ(keys(parsed(sample())),
            (std::vector<std::string>{"schema",   "orrery_version", "complete",    "machine",
                                      "set",      "network",        "dataflow",    "mac",
                                      "engine",   "values",         "batch",       "seed",
                                      "data",     "core_mhz",       "word_bits",   "pes",
                                      "area_um2", "energy_table",   "energy_unit", "layers",
                                      "total",    "beside"}));
}

TEST(Json, GivesLayersAndTotalTheSameFiguresInOneOrder) {
  const json::object root = parsed(sample());
  const std::vector<std::string> figures{"name",
                                         "cycles",
                                         "processing_cycles",
                                         "pass_cycles",
                                         "passes",
                                         "steps",
                                         "latency_ms",
                                         "processing_ms",
                                         "macs",
                                         "macs_gated",
                                         "chain_overflows",
                                         "active_pes",
                                         "active_pes_mean",
                                         "utilization",
                                         "energy",
                                         "energy_per_mac",
                                         "edp",
                                         "power_mw",
                                         "processing_power_mw",
                                         "link_bytes",
                                         "link_plain_bytes",
                                         "link_ratio",
                                         "link_ifmap_zeros",
                                         "link_ofmap_zeros",
                                         "dram_reads",
                                         "dram_writes",
                                         "dram_row_hits",
                                         "dram_row_misses",
                                         "dram_row_conflicts",
                                         "dram_activates",
                                         "dram_refreshes",
                                         "dram_bytes",
                                         "dram_bytes_per_second",
                                         "dram_activate_pj",
                                         "dram_read_pj",
                                         "dram_write_pj",
                                         "dram_refresh_pj",
                                         "dram_background_pj",
                                         "dram_io_pj",
                                         "dram_pj",
                                         "stalls",
                                         "pe_cycles",
                                         "pe_cycles_before_mac",
                                         "counts",
                                         "energy_pj",
                                         "energy_mac",
                                         "bounds",
                                         "check"};
  EXPECT_EQ(keys(root.at("total").as_object()), figures);
  std::vector<std::string> of_layer = figures;
  of_layer.insert(of_layer.end(), {"ofmap_sha256", "difference", "product_shift", "requant_shift",
                                   "reduction", "mapping"});
  EXPECT_EQ(keys(first_layer(root)), of_layer);
}

TEST(Json, GivesEnergyByLevelAndTensorInItsOwnUnitOnly) {
  NetworkResult result = sample();
  const json::object layer = first_layer(parsed(result));
  EXPECT_EQ(layer.at("energy_pj").at("glb").at("psum").as_double(), 6e6);  // level 1, tensor 2
  EXPECT_TRUE(layer.at("energy_mac").is_null());
  EXPECT_EQ(layer.at("energy").as_double(), 210e6);
  EXPECT_EQ(layer.at("power_mw").as_double(), 2000);  // 200 uJ beside DRAM's in 0.1 ms
  for (LayerResult& each : result.layers) each.energy->unit = EnergyUnit::kMac;
  const json::object total = parsed(result).at("total").as_object();
  EXPECT_TRUE(total.at("energy_pj").is_null());
  EXPECT_EQ(total.at("energy_mac").at("glb").at("psum").as_double(), 12e6);
  EXPECT_TRUE(total.at("power_mw").is_null());
}

TEST(Json, HasNullWhereNothingWasPricedOrBound) {
  NetworkResult result = sample();
  result.layers[1].energy.reset();
  result.layers[0].bounds.reset();
  const json::object total = parsed(result).at("total").as_object();
  for (const char* key : {"energy", "energy_per_mac", "edp", "energy_pj", "energy_mac", "bounds"})
    EXPECT_TRUE(total.at(key).is_null()) << key;
}

TEST(Json, TellsWhatBindsALayer) {
  const json::object bounds = first_layer(parsed(sample())).at("bounds").as_object();
  EXPECT_EQ(bounds.at("binds"), "noc_psum_out");
  EXPECT_EQ(bounds.at("cycles").at("array").as_double(), 10);
  EXPECT_EQ(number(bounds.at("least_dram_words")), 8U);
}

TEST(Json, HasEveryActionOfTheListAndNoOther) {
  const json::object root = parsed(sample());
  const json::object& counts = first_layer(root).at("counts").as_object();
  std::size_t found = 0;
  for (const auto& structure : counts) {
    for (const auto& tensor : structure.value().as_object())
      found += tensor.value().as_object().size();
  }
  EXPECT_EQ(found, kActions.size());
  for (std::size_t i = 0; i < kActions.size(); ++i) {
    const ActionName& a = kActions[i];
    const json::object& actions = counts.at(a.structure).at(a.tensor).as_object();
    EXPECT_EQ(number(actions.at(a.action)), i) << a.structure << a.tensor << a.action;
  }
}

TEST(Json, NamesEveryStallAndState) {
  const json::object root = parsed(sample());
  const json::object& stalls = first_layer(root).at("stalls").as_object();
  EXPECT_EQ(keys(stalls), std::vector<std::string>(kStallNames.begin(), kStallNames.end()));
  EXPECT_EQ(number(stalls.at("ifmap_load")), 70U);
  const json::object& states = first_layer(root).at("pe_cycles").as_object();
  EXPECT_EQ(keys(states), std::vector<std::string>(kPeStateNames.begin(), kPeStateNames.end()));
  EXPECT_EQ(number(states.at("done")), 200U);
  const json::object& first = first_layer(root).at("pe_cycles_before_mac").as_object();
  EXPECT_EQ(number(first.at("wait_ifmap")), 20U);
  EXPECT_EQ(number(first.at("wait_filter")), 30U);
}

TEST(Json, KeepsIntegersExact) {
  EXPECT_EQ(number(parsed(sample()).at("seed")), std::numeric_limits<std::uint64_t>::max());
}

TEST(Json, WritesDoublesThatReadBackEqualInTheFewestDigits) {
  NetworkResult result = sample();
  for (const double x : {0.1, 1.0 / 3, 115.3, 1e-7, 1e300, 200.0, 5e-324}) {
    result.core_mhz = x;
    const json::value back = parsed(result).at("core_mhz");
    ASSERT_TRUE(back.is_double()) << x;  // 200.0, not 200
    EXPECT_EQ(back.get_double(), x);
  }
  result.core_mhz = 0.1;
  EXPECT_NE(to_json(result).find("\"core_mhz\": 0.1,"), std::string::npos);
}

TEST(Json, WritesWhatIsNotANumberAsNull) {
  NetworkResult result = sample();
  result.core_mhz = std::numeric_limits<double>::infinity();
  EXPECT_TRUE(parsed(result).at("core_mhz").is_null());
}

TEST(Json, EscapesText) {
  NetworkResult result = sample();
  result.network = "a \"b\"\n\\";
  EXPECT_EQ(parsed(result).at("network"), "a \"b\"\n\\");
}

TEST(Json, TotalIsTheSumOfTheLayers) {
  const json::object root = parsed(sample());
  const json::object& sum = root.at("total").as_object();
  for (const char* key :
       {"cycles", "processing_cycles", "pass_cycles", "passes", "steps", "macs", "macs_gated"}) {
    std::uint64_t by_hand = 0;
    for (const json::value& layer : root.at("layers").as_array()) by_hand += number(layer.at(key));
    EXPECT_EQ(number(sum.at(key)), by_hand) << key;
  }
}

TEST(Json, ShowsAMappingAsTheFileThatReadsBack) {
  NetworkResult result = sample();
  EXPECT_EQ(first_layer(parsed(result)).at("mapping"), "");
  Mapping& mapping = result.layers[0].mapping;
  mapping.dataflow = "rs";
  mapping.nest = {{Dim::kM, 1, Place::kPe}};
  EXPECT_EQ(first_layer(parsed(result)).at("mapping").as_string(), to_yaml({{"A", mapping}}));
}

std::string documentation() {
  std::ifstream file(ORRERY_SOURCE_DIR "/docs/json.md");
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(Json, EveryKeyIsDocumented) {
  const std::string text = documentation();
  std::set<std::string> found;
  collect(parsed(sample()), found);
  for (const std::string& key : found) {
    EXPECT_NE(text.find("`" + key + "`"), std::string::npos) << key;
  }
}

TEST(Json, EveryActionIsDocumentedInTheWordsOfTheList) {
  const std::string text = documentation();
  for (const ActionName& a : kActions) {
    const std::string row = fmt::format("| `{}` | `{}` | `{}` | {} | {} |\n", a.structure, a.tensor,
                                        a.action, a.unit, a.meaning);
    EXPECT_NE(text.find(row), std::string::npos) << row;
  }
}

}  // namespace
}  // namespace orrery
