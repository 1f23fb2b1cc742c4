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
#include "tests/fast/same.h"
#include "workloads/network/network.h"
#include "workloads/network/widths.h"
#include "workloads/tensor/operands.h"

namespace orrery::test {
namespace {

TEST(FastEngine, EqualsTheSystemCEngineOnRandomCases) {
  const bool all = std::getenv("ORRERY_ALL") != nullptr;
  const std::uint64_t cases = all ? 10'000 : 600;
  for (std::uint64_t seed = 1; seed <= cases; ++seed) {
    const Case c = random_case(seed);
    SCOPED_TRACE(c.text);
    for (const bool folds : {false, true}) {
      const std::string why = difference_of_engines(c.machine, c.layer, c.mapping, c.in, folds);
      ASSERT_EQ(why, "") << (folds ? "folded" : "unfolded");
    }
  }
}

// AlexNet in a dataflow of a machine.
struct Whole {
  const char* machine;
  const char* dataflow;
};
std::ostream& operator<<(std::ostream& out, const Whole& w) {
  return out << w.machine << " " << w.dataflow;
}

class AlexNet : public testing::TestWithParam<Whole> {};

// Thousands of passes a layer, most of which the fast engine skips.
TEST_P(AlexNet, TakesTheSameInBothEngines) {
  const std::filesystem::path root = ORRERY_SOURCE_DIR;
  const Machine machine = read_machine(root / "arch" / fmt::format("{}.yaml", GetParam().machine));
  const Network network =
      at_widths(select(read_network(root / "workloads/alexnet"), 1, {}), machine.widths());
  for (const Layer& layer : network.layers) {
    if (layer.kind == LayerKind::kPool && !machine.pe.pools) continue;
    const auto dataflow =
        std::ranges::find(kDataflows, std::string_view(GetParam().dataflow), &Dataflow::name);
    const Mapping mapping = dataflow->map(layer, machine);
    const Operands in = synthetic_operands(layer, 1, machine.numbers.psum_bits);
    EXPECT_EQ(difference_of_engines(machine, layer, mapping, in, true), "") << layer.name;
  }
}

// Those that take the SystemC engine minutes only with ORRERY_ALL=1.
std::vector<Whole> wholes() {
  std::vector<Whole> out{
      {"eyeriss", "rs"}, {"tpu_v1", "ws"}, {"shidiannao", "os"}, {"diannao", "nlr"}};
  if (std::getenv("ORRERY_ALL") != nullptr)
    out.insert(out.end(), {{"eyeriss", "ws"}, {"eyeriss", "os"}, {"eyeriss", "nlr"}});
  return out;
}
INSTANTIATE_TEST_SUITE_P(FastEngine, AlexNet, testing::ValuesIn(wholes()));

}  // namespace
}  // namespace orrery::test
