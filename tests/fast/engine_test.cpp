// The fast engine against the SystemC engine, figure by figure.
#include "sim/fast/engine.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <ostream>

#include "dataflows/all.h"
#include "tests/cycle/random_case.h"
#include "tests/fast/long_case.h"
#include "tests/fast/same.h"
#include "workloads/input/override.h"
#include "workloads/network/network.h"
#include "workloads/network/widths.h"

namespace orrery::test {
namespace {

bool all_cases() { return std::getenv("ORRERY_ALL") != nullptr; }

TEST(FastEngine, EqualsTheSystemCEngineOnRandomCases) {
  const std::uint64_t cases = all_cases() ? 10'000 : 600;
  for (std::uint64_t seed = 1; seed <= cases && !testing::Test::HasFailure(); ++seed) {
    const Case c = random_case(seed);
    SCOPED_TRACE("seed " + std::to_string(seed));
    for (auto* const fast : {unfolded, folded}) expect_same({c.machine, c.layer, c.mapping}, fast);
  }
}

// Passes that a fold skips are not reported. A pass that can never end folds nothing.
bool folds(const EngineCase& c) {
  std::uint64_t reports = 0;
  FastOptions options;
  options.progress = [&](auto, auto) { ++reports; };
  try {
    return run_layer_fast(c.machine, c.layer, c.mapping, options).passes > reports;
  } catch (const InputError&) {
    return false;
  }
}

TEST(FastEngine, EqualsTheSystemCEngineOnLongLoopsOfTinyPasses) {
  const int cases = all_cases() ? 5000 : 300;
  int folded_cases = 0;
  for (std::uint64_t seed = 1; seed <= static_cast<std::uint64_t>(cases); ++seed) {
    const EngineCase c = long_case(seed);
    SCOPED_TRACE("seed " + std::to_string(seed));
    expect_same(c);
    if (testing::Test::HasFailure()) return;
    folded_cases += folds(c) ? 1 : 0;
  }
  std::printf("%d of %d cases folded\n", folded_cases, cases);
  EXPECT_GT(folded_cases, cases / 3);
}

TEST(FastEngine, EqualsTheSystemCEngineOnCasesFromFiles) {
  int files = 0;
  const std::filesystem::path folder = std::string(ORRERY_SOURCE_DIR) + "/tests/fast/cases";
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    SCOPED_TRACE(file.path().string());
    const EngineCase c = read_case(parse_yaml(file.path()));
    for (auto* const fast : {unfolded, folded}) expect_same(c, fast);
    ++files;
  }
  EXPECT_GT(files, 0);
}

// AlexNet in a dataflow of a machine.
struct Whole {
  const char* machine;
  const char* dataflow;
  const char* memory = "";  // its DRAM's standard; empty: its plain link
};
std::ostream& operator<<(std::ostream& out, const Whole& w) {
  return out << w.machine << " " << w.dataflow << " " << w.memory;
}

class AlexNet : public testing::TestWithParam<Whole> {};

// Thousands of passes a layer, most of which the fast engine skips.
TEST_P(AlexNet, TakesTheSameInBothEngines) {
  const std::filesystem::path root = ORRERY_SOURCE_DIR;
  Node file = parse_yaml(root / "arch" / fmt::format("{}.yaml", GetParam().machine));
  if (*GetParam().memory != '\0')
    override_value(file, fmt::format("dram.standard={}", GetParam().memory));
  const Machine machine = read_machine(file);
  const Network network =
      at_widths(select(read_network(root / "workloads/alexnet"), 1, {}), machine.widths());
  for (const Layer& layer : network.layers) {
    if (layer.kind == LayerKind::kPool && !machine.pe.pools) continue;
    const auto dataflow =
        std::ranges::find(kDataflows, std::string_view(GetParam().dataflow), &Dataflow::name);
    const Mapping mapping = dataflow->map(layer, machine);
    EXPECT_EQ(difference_of_engines({machine, layer, mapping}, folded), "") << layer.name;
  }
}

// Those that take the SystemC engine minutes only with ORRERY_ALL=1.
std::vector<Whole> wholes() {
  std::vector<Whole> out{
      {"eyeriss", "rs"}, {"eyeriss", "rs", "ddr3-1600"}, {"eyeriss", "rs", "lpddr3-1600"},
      {"tpu_v1", "ws"},  {"shidiannao", "os"},           {"diannao", "nlr"}};
  if (all_cases())
    out.insert(out.end(), {{"eyeriss", "ws"}, {"eyeriss", "os"}, {"eyeriss", "nlr"}});
  return out;
}
INSTANTIATE_TEST_SUITE_P(FastEngine, AlexNet, testing::ValuesIn(wholes()));

}  // namespace
}  // namespace orrery::test
