// Single faults in the modules, planted by yosys (mutate), each to be noticed by what
// `orrery verify` plays.
#include <gtest/gtest.h>

#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "sim/twin/campaign.h"
#include "tests/twins/faulty_twins.h"

namespace orrery {
namespace {

// The faults that no play notices; docs/verify.md says of each why none can.
struct Survivor {
  std::string twin;
  int fault;
};

std::vector<std::string> faults(std::string_view twin) {
  std::ifstream in(std::string(ORRERY_FAULTS_DIR "/").append(twin).append(".faults"));
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

bool is_noticed(const FaultyTwin& twin, int fault) {
  const auto rtl = twin.make(fault);
  return play_all(*rtl, *find_mac(twin.name), {.seed = 1, .random = 300'000}).first.has_value();
}

class Mutants : public testing::TestWithParam<FaultyTwin> {};

TEST_P(Mutants, NoFaultSurvives) {
  const FaultyTwin& twin = GetParam();
  ASSERT_FALSE(is_noticed(twin, 0)) << "no fault is switched on";
  const std::vector<std::string> lines = faults(twin.name);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    EXPECT_TRUE(is_noticed(twin, static_cast<int>(i) + 1)) << lines[i];
  }
}

INSTANTIATE_TEST_SUITE_P(Twins, Mutants, testing::ValuesIn(faulty_twins()),
                         [](const auto& twin) { return std::string(twin.param.name); });

}  // namespace
}  // namespace orrery
