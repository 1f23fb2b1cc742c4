// The modules of rtl/mac themselves.
#include "sim/twin/twins.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "sim/twin/campaign.h"
#include "sim/twin/coverage.h"

namespace orrery {
namespace {

namespace fs = std::filesystem;

constexpr const char* kRtl = ORRERY_SOURCE_DIR "/rtl/mac";

int run(const std::string& command) {
  return std::system(command.c_str());  // NOLINT(cert-env33-c,concurrency-mt-unsafe)
}

TEST(Twins, AreThereForEveryDatapath) {
  std::vector<std::string> names;
  for (const Twin& twin : twins()) names.emplace_back(twin.name);
  EXPECT_THAT(names, testing::UnorderedElementsAreArray(mac_names()));
}

TEST(Twins, PassVerilatorsLint) {
  for (const auto& entry : fs::directory_iterator(kRtl)) {
    const std::string name = entry.path().stem().string();
    if (!name.starts_with("mac_")) continue;
    EXPECT_EQ(run(fmt::format("{0} --lint-only -Wall -y {1} {1}/orrery_mac_pkg.sv {1}/{2}.sv",
                              ORRERY_VERILATOR, kRtl, name)),
              0)
        << name;
  }
}

class EachTwin : public testing::TestWithParam<Twin> {};

TEST_P(EachTwin, AgreesWithItsDatapathAndHasNoLineThatNothingReaches) {
  const auto rtl = GetParam().make();
  const Mac& mac = *find_mac(GetParam().name);
  constexpr std::uint64_t kSeed = 7, kRandom = 100'000;
  const Verdict verdict = play_all(*rtl, mac, {kSeed, kRandom, {}});
  EXPECT_FALSE(verdict.first) << "seed " << kSeed << ": " << to_string(*verdict.first);
  EXPECT_GT(verdict.pairs, kRandom / 2);
  EXPECT_THAT(coverage_of(verdict.coverage, CoverPoint::Kind::kLine).missed, testing::IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Rtl, EachTwin, testing::ValuesIn(twins()),
                         [](const auto& twin) { return std::string(twin.param.name); });

// Changes of the registers in front of the multiplier while 4096 pairs pass, of which so many
// sixteenths have an ifmap operand of zero.
std::uint64_t operand_toggles(std::string_view name, unsigned zeros) {
  const auto twin = std::ranges::find(twins(), name, &Twin::name);
  const auto rtl = twin->make();
  Stretch s;
  s.mac = find_mac(name);
  s.pairs = 4096;
  s.seed = 11;
  s.zeros = zeros;
  EXPECT_FALSE(play(*rtl, s).first);
  std::uint64_t toggles = 0;
  for (const CoverPoint& p : rtl->coverage()) {
    const bool operand = p.where.starts_with("ifmap_q[") || p.where.starts_with("filter_q[");
    if (operand && p.kind == CoverPoint::Kind::kToggle) toggles += p.count;
  }
  return toggles;
}

TEST(OperandIsolation, KeepsTheMultiplierQuieterTheMoreZerosThereAre) {
  for (const std::string_view name : {"mac_zero_gated", "mac_zero_skip"}) {
    std::uint64_t before = ~std::uint64_t{0};
    for (const unsigned zeros : {0U, 2U, 4U, 8U, 12U, 15U, 16U}) {
      const std::uint64_t toggles = operand_toggles(name, zeros);
      EXPECT_LT(toggles, before) << name << ", zeros " << zeros << " of 16";
      before = toggles;
    }
    EXPECT_LT(before, 64u) << name << ": all zeros, after a reset";
  }
}

TEST(OperandIsolation, IsNotThereWithoutGating) {
  EXPECT_GT(operand_toggles("mac_int16", 16), operand_toggles("mac_int16", 0) / 3);
}

}  // namespace
}  // namespace orrery
