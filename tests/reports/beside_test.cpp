// A run's figures beside published ones.
#include "reports/beside.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <fstream>
#include <sstream>

#include "reports/json.h"

namespace orrery::test {
namespace {

// Layers A and B of 1 and 3 ms, 4 images, words of 16 bits.
NetworkResult run() {
  NetworkResult result;
  result.batch = 4;
  for (const auto& [name, ms] : {std::pair{"A", 1.0}, {"B", 3.0}}) {
    LayerResult& layer = result.layers.emplace_back();
    layer.name = name;
    layer.latency_ms = ms;
    layer.macs = 100;
    layer.macs_gated = 25;
    layer.plain_link_bytes = 5'000'000;
    layer.counts[Action::dram_filter_read] = 1'000'000;
    layer.counts[Action::glb_psum_array_read] = 500'000;
  }
  return result;
}

// Published figures of both layers, of one figure.
Published of(const std::string& figure, std::vector<PublishedValue> values) {
  Published published;
  published.name = "chip";
  published.source = "paper";
  published.batch = 4;
  published.layers = {"A", "B"};
  published.figures = {{figure, "u", "table", "why", std::move(values)}};
  return published;
}

TEST(Beside, FindsEveryFigureInTheResult) {
  const std::vector<std::pair<std::string, std::array<double, 3>>> cases{
      {"latency_ms", {1, 3, 4}},
      {"macs", {100, 100, 200}},
      {"gated_fraction", {.25, .25, .25}},
      {"dram_mb", {2, 2, 4}},
      {"dram_plain_mb", {5, 5, 10}},
      {"glb_array_mb", {1, 1, 2}},
      {"dram_filter_read", {1e6, 1e6, 2e6}},
      {"frames_per_s", {4000, 4000 / 3.0, 1000}}};
  for (const auto& [figure, expected] : cases) {
    const auto rows = beside(run(), of(figure, {{"A", 1}, {"B", 1}, {"total", 1}}));
    ASSERT_EQ(rows.size(), 3U);
    for (std::size_t i = 0; i < 3; ++i) EXPECT_DOUBLE_EQ(rows[i].ours, expected.at(i)) << figure;
  }
}

TEST(Beside, KnowsWindowsToTheirEnds) {
  const std::vector<std::pair<PublishedValue, bool>> cases{
      {{"A", 1.25, 20}, true},       {{"A", 1.25, 19}, false}, {{"A", 0.5, 100}, true},
      {{"A", 0.75, -1, 0.25}, true}, {{"A", 1, 0}, true},      {{"A", 1.25, -1, 0.25}, true},
      {{"A", 1.25, -1, 0.2}, false}, {{"A", 1, -1, 0}, true}};
  for (const auto& [value, inside] : cases) {
    const auto rows = beside(run(), of("latency_ms", {value}));
    EXPECT_TRUE(rows.at(0).value.has_window());
    EXPECT_EQ(rows.at(0).inside(), inside) << value.value << " " << value.slack();
  }
  EXPECT_FALSE(beside(run(), of("latency_ms", {{"A", 1}})).at(0).value.has_window());
}

TEST(Beside, LeavesOutLayersThatDidNotRunAndTheirTotal) {
  NetworkResult part = run();
  part.layers.pop_back();
  const Published published = of("latency_ms", {{"A", 1}, {"B", 1}, {"total", 1}});
  const auto rows = beside(part, published);
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].value.layer, "A");
  part.layers.clear();
  EXPECT_TRUE(
      to_text(beside(part, published), published, 0).ends_with("None of its layers ran.\n"));
}

TEST(Beside, SumsTheLayersOfTheFileOnly) {
  NetworkResult more = run();
  more.layers.push_back(more.layers[0]);
  more.layers.back().name = "C";
  EXPECT_EQ(beside(more, of("latency_ms", {{"total", 1}})).at(0).ours, 4);
}

TEST(Beside, PrintsAGridAndItsNotes) {
  const Published published =
      of("latency_ms", {{"A", 1.1, 10, -1, 1}, {"B", 2.0, -1, 0.5, 1}, {"total", 4, -1, -1, 0}});
  EXPECT_EQ(to_text(beside(run(), published), published, 0),
            "beside chip: paper\n\n"
            "figure      layer  unit  ours  published  ratio  window  ours is\n"
            "----------------------------------------------------------------\n"
            "latency_ms      A     u  1.00        1.1  0.909   +-10%   inside\n"
            "                B     u  3.00        2.0  1.500   +-0.5  outside\n"
            "            total     u     4          4  1.000       -        -\n"
            "\nlatency_ms: table. why\n");
}

TEST(Beside, StandsInTheJson) {
  const Published published = of("latency_ms", {{"A", 2, 50}, {"B", 2}});
  const auto json = boost::json::parse(to_json(run(), beside(run(), published))).at("beside");
  EXPECT_EQ(json, boost::json::parse(R"([
      {"layer": "A", "figure": "latency_ms", "unit": "u", "ours": 1.0, "published": 2.0,
       "ratio": 0.5, "least": 1.0, "most": 3.0, "inside": true, "source": "table"},
      {"layer": "B", "figure": "latency_ms", "unit": "u", "ours": 3.0, "published": 2.0,
       "ratio": 1.5, "least": null, "most": null, "inside": null, "source": "table"}])"));
  EXPECT_EQ(boost::json::parse(to_json(run())).at("beside"), boost::json::array());
}

TEST(Beside, IsDocumented) {
  std::ostringstream page;
  page << std::ifstream(ORRERY_SOURCE_DIR "/docs/published.md").rdbuf();
  EXPECT_TRUE(page.str().ends_with("\n\n" + document<Published>())) << document<Published>();
  for (const char* name : {"gated_fraction", "glb_array_mb", "dram_mb", "frames_per_s"})
    EXPECT_NE(page.str().find(std::string("| `") + name + "` |"), std::string::npos) << name;
}

}  // namespace
}  // namespace orrery::test
