// Single faults in the modules, planted by yosys: what `orrery verify` plays notices each, or yosys
// proves that it changes nothing.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "sim/twin/campaign.h"
#include "tests/twins/faulty_twins.h"

namespace orrery {
namespace {

constexpr const char* kFolder = ORRERY_SOURCE_DIR "/tests/twins/";

std::vector<std::string> lines_of(const std::string& path) {
  std::ifstream in(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

// What the plays notice; empty: nothing.
std::string noticed(const FaultyTwin& twin, int fault) {
  const auto rtl = twin.make(fault);
  const Verdict verdict = play_all(*rtl, *find_mac(twin.name), {1, 300'000, {}});
  return verdict.first ? to_string(*verdict.first) : "";
}

bool is_proved_harmless(std::string_view twin, int fault) {
  const std::string command = fmt::format("{}prove_harmless {}/rtl/mac {} {} {}", kFolder,
                                          ORRERY_SOURCE_DIR, ORRERY_FAULTS_DIR, twin, fault);
  return std::system(command.c_str()) == 0;  // NOLINT(cert-env33-c,concurrency-mt-unsafe)
}

class Mutants : public testing::TestWithParam<FaultyTwin> {};

TEST_P(Mutants, AreNoticedUnlessProvedHarmless) {
  const FaultyTwin& twin = GetParam();
  ASSERT_EQ(noticed(twin, 0), "") << "no fault is switched on";
  const auto faults = lines_of(fmt::format("{}/{}.faults", ORRERY_FAULTS_DIR, twin.name));
  ASSERT_EQ(faults.size(), 25u);
  for (int fault = 1; fault <= 25; ++fault) {
    if (!noticed(twin, fault).empty()) continue;
    fmt::print("{} {}: {}\n", twin.name, fault, faults.at(static_cast<std::size_t>(fault) - 1));
    EXPECT_TRUE(is_proved_harmless(twin.name, fault)) << "survives: " << twin.name << ' ' << fault;
  }
}

INSTANTIATE_TEST_SUITE_P(Twins, Mutants, testing::ValuesIn(faulty_twins()),
                         [](const auto& twin) { return std::string(twin.param.name); });

TEST(ProveHarmless, RefusesAFaultThatPlaysNotice) {
  const FaultyTwin& twin = faulty_twins().front();
  int fault = 1;
  while (noticed(twin, fault).empty()) ++fault;
  EXPECT_FALSE(is_proved_harmless(twin.name, fault));
}

}  // namespace
}  // namespace orrery
