// The C++ lanes that pass over zeros and the RTL lanes in lock step: every lane's state, every item
// and every psum on its cycle.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <numeric>
#include <sstream>
#include <string>

#include "sim/rtl/lane_compare.h"
#include "sim/twin/coverage.h"
#include "sim/twin/script.h"
#include "tests/twins/arrays.h"
#include "tests/twins/lane_twin_case.h"
#include "workloads/golden/golden.h"
#include "workloads/input/input_error.h"

namespace orrery {
namespace {

namespace fs = std::filesystem;
using test::LaneTwin;
using test::LaneTwinCase;

bool at_full_length() {
  const char* all = std::getenv("ORRERY_ALL");
  return all != nullptr && std::string(all) == "1";
}

void say(const std::string& sentence) { std::cerr << sentence << '\n'; }

std::unique_ptr<RtlModule> make_module(const LaneRtlSize& size,
                                       const fs::path& root = ORRERY_SOURCE_DIR) {
  static std::map<std::string, RtlPlugin> plugins;
  const std::string file =
      built_plugin(build_of(size), RtlExtras::kNone, {root, ORRERY_ARRAYS_DIR}, say);
  return plugins.try_emplace(file, file).first->second.make();
}

LaneComparison play(const LaneTwinCase& c, const fs::path& root = ORRERY_SOURCE_DIR) {
  const LaneTwin twin(c);
  const LaneRtlSize size = size_for(c);
  const auto module = make_module(size, root);
  LaneComparison result = compare_lanes(twin.machine, twin.layer, twin.in, size, *module);
  if (!result.difference.empty()) return result;
  const PsumTensor golden =
      golden_psums(twin.layer, twin.in, twin.machine.arithmetic(twin.layer), plain_reduction());
  if (result.rtl_psums.data != golden.data) result.difference = "psums are not the golden ones";
  return result;
}

bool differs(const LaneTwinCase& c) { return !play(c).difference.empty(); }

struct Tally {
  std::map<bool, int> by_columns;
  std::int64_t rounds = 0, cycles = 0, items = 0, psums = 0;
  std::array<std::int64_t, kLaneStateNames.size()> lane_cycles{};

  void add(const LaneTwinCase& c, const LaneComparison& result) {
    ++by_columns[c.columns];
    rounds += result.rounds;
    cycles += result.cycles;
    items += result.items;
    psums += result.psums;
    for (std::size_t i = 0; i < lane_cycles.size(); ++i) lane_cycles[i] += result.lane_cycles[i];
  }
  void record() const {
    const auto put = [](const std::string& name, std::int64_t value) {
      testing::Test::RecordProperty(name, std::to_string(value));
    };
    put("column_cases", by_columns.contains(true) ? by_columns.at(true) : 0);
    put("brick_cases", by_columns.contains(false) ? by_columns.at(false) : 0);
    put("rounds", rounds);
    put("cycles", cycles);
    put("items", items);
    put("psums", psums);
    for (std::size_t i = 0; i < lane_cycles.size(); ++i)
      put(std::string(kLaneStateNames[i]), lane_cycles[i]);
  }
};

TEST(LaneTwin, EqualsTheLanesInEveryCycleOfRandomSparseLayers) {
  const std::uint64_t cases = at_full_length() ? 3000 : 300;
  Tally tally;
  for (std::uint64_t seed = 1; seed <= cases; ++seed) {
    const LaneTwinCase c = test::random_lane_twin_case(seed);
    const LaneComparison result = play(c);
    ASSERT_EQ(result.difference, "") << text(c) << "\nsmaller: " << text(shrink(c, differs));
    tally.add(c, result);
  }
  tally.record();
  EXPECT_GT(tally.by_columns[true], static_cast<int>(cases) / 3);
  EXPECT_GT(tally.by_columns[false], static_cast<int>(cases) / 3);
  const std::int64_t all =
      std::accumulate(tally.lane_cycles.begin(), tally.lane_cycles.end(), std::int64_t{0});
  for (std::size_t i = 0; i < tally.lane_cycles.size(); ++i)
    EXPECT_GT(tally.lane_cycles[i], all / 500) << "hardly a cycle of " << kLaneStateNames[i];
}

TEST(LaneTwin, EqualsTheLanesFromNoWordsToAllOfThem) {
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    for (const int ifmap : {0, 50, 100}) {
      for (const int filter : {0, 50, 100}) {
        LaneTwinCase c = test::random_lane_twin_case(seed);
        c.ifmap_percent = ifmap;
        c.filter_percent = filter;
        EXPECT_EQ(play(c).difference, "") << text(c);
      }
    }
  }
}

// Cases with 16-bit operands of one walk, on one module.
std::vector<CoverPoint> covered(LaneWalk walk, int cases) {
  const LaneRtlSize size = test::small_lanes("mac_int16", walk);
  const RtlPlugin plugin(built_plugin(build_of(size), RtlExtras::kCoverage,
                                      {ORRERY_SOURCE_DIR, ORRERY_ARRAYS_DIR}, say));
  const auto module = plugin.make();
  for (std::uint64_t seed = 1; cases > 0; ++seed) {
    const LaneTwinCase c = test::random_lane_twin_case(seed);
    if (size_for(c) != size) continue;
    const LaneTwin twin(c);
    EXPECT_EQ(compare_lanes(twin.machine, twin.layer, twin.in, size, *module).difference, "");
    --cases;
  }
  return read_coverage([&](const char* file) { module->write_coverage(file); });
}

TEST(LaneTwin, ReachesEveryLineOfTheLanes) {
  if (!at_full_length()) GTEST_SKIP() << "only at full length: compiles lanes with counters";
  std::map<std::string, int> missed;  // lines, and the walks that miss them
  for (const LaneWalk walk : {LaneWalk::kColumns, LaneWalk::kBricks}) {
    const std::vector<CoverPoint> points = covered(walk, 200);
    const Coverage lines = coverage_of(points, CoverPoint::Kind::kLine);
    const Coverage toggles = coverage_of(points, CoverPoint::Kind::kToggle);
    for (const std::string& line : lines.missed) ++missed[line];
    const std::string name = walk == LaneWalk::kColumns ? "columns" : "bricks";
    RecordProperty(name + "_lines", std::to_string(lines.points));
    RecordProperty(name + "_bits", std::to_string(toggles.points));
    RecordProperty(name + "_bits_reached", std::to_string(toggles.reached));
    EXPECT_GT(toggles.share(), 0.8);
  }
  // Both walks have the modules named lane_*; what MACs leave out is seen where they are verified.
  for (const auto& [line, walks] : missed) {
    const bool shared = line.starts_with("lane_"), of_macs = line.starts_with("mac_");
    if (!of_macs && (walks == 2 || !shared)) ADD_FAILURE() << line;
  }
}

// A copy of the RTL, this test's own, in which one place of one module is changed.
fs::path with_fault(const std::string& module, const std::string& right, const std::string& wrong) {
  const std::string test = testing::UnitTest::GetInstance()->current_test_info()->name();
  fs::path root = fs::path(testing::TempDir()) / ("orrery_lanes_" + test);
  fs::remove_all(root);
  fs::create_directories(root / "sim/rtl");
  fs::copy(ORRERY_SOURCE_DIR "/rtl", root / "rtl", fs::copy_options::recursive);
  fs::copy(ORRERY_SOURCE_DIR "/sim/rtl/module.h", root / "sim/rtl/module.h");
  const fs::path file = root / "rtl/lanes" / (module + ".sv");
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  std::string source = text.str();
  const auto at = source.find(right);
  if (at == std::string::npos) throw std::logic_error(module + " has no " + right);
  std::ofstream(file) << source.replace(at, right.size(), wrong);
  return root;
}

struct Fault {
  const char *module, *right, *wrong;
  bool columns;
  const char* says;  // part of the first difference
};

const Fault kFaults[]{
    {"column_lane", "<= row + 1'b1;", "<= row;", true, "psums"},
    {"brick_lane", "leaves = works_i & (rest == '0);",
     "leaves = works_i & (rest == '0) & (left != '0 | walked_q != '0 | index[0]);", false, "state"},
    {"lane_control",
     "works_o[l] = head_valid_i[l] & (head_group_i[l*GroupBits +: GroupBits] == group)",
     "works_o[l] = head_valid_i[l]", false, ""},
    {"lane_control", "tell_valid;\n      known_q       <= tell;",
     "tell_valid;\n      known_q       <= tell & ~({SourceBits{1'b0}} | "
     "(SourceBits'(1) << (GroupBits + 1)));",
     true, "queue_full"},
    {"column_source", "!= mac_cfg.ifmap_zero;", "!= mac_cfg.ifmap_zero | 1'b1;", true, ""},
    {"column_lane", "padding = filter == ", "padding = 16'd0 == ", true, ""},
    {"column_psums", "if (clears_i) begin", "if (clears_i && bank_i) begin", true, "psums"},
    {"brick_source", "address = item_last_i ? filter_q", "address = item_final_i ? filter_q", false,
     "psums"},
    {"brick_psums", "leaves_i ? '0 : psum_o", "leaves_i ? psum_q : psum_o", false, "psums"}};

// The first two in every run; each compiles lanes of its own, which are kept.
TEST(LaneTwin, NoticesPlantedFaults) {
  const std::size_t most = at_full_length() ? std::size(kFaults) : 2;
  for (std::size_t i = 0; i < most; ++i) {
    const Fault& fault = kFaults[i];
    const fs::path root = with_fault(fault.module, fault.right, fault.wrong);
    std::string difference;
    for (std::uint64_t seed = 1; seed <= 60 && difference.empty(); ++seed) {
      const LaneTwinCase c = test::random_lane_twin_case(seed);
      if (c.columns == fault.columns && c.int8 == 0) difference = play(c, root).difference;
    }
    EXPECT_NE(difference, "") << fault.module << ": " << fault.wrong;
    EXPECT_NE(difference.find(fault.says), std::string::npos) << difference;
    RecordProperty(std::string(fault.module) + std::to_string(i), difference);
  }
}

TEST(LaneTwin, AssertionsOfTheRtlEndTheRun) {
  const fs::path root =
      with_fault("column_source", "sends_i & found & has_room", "sends_i & found");
  LaneTwinCase c;
  c.channels = c.ifmap_spad = 20;
  EXPECT_EQ(play(c).difference, "");
  EXPECT_THROW(play(c, root), std::runtime_error);
}

TEST(LaneTwin, QueuesAndTheSearchForWordsAreProved) {
  const std::string prove = ORRERY_SOURCE_DIR "/rtl/proof/prove_bounded";
  EXPECT_EQ(run_script(prove, {"lane_queue"}).text, "lane_queue: 4 assert cells hold in 12 cycles");
  EXPECT_EQ(run_script(prove, {"leading_nonzero"}).text,
            "leading_nonzero: 3 assert cells hold for all inputs");
  const fs::path wrong = with_fault("lane_queue", "taken_q < items_i", "taken_q <= items_i");
  EXPECT_EQ(run_script(prove, {"lane_queue", (wrong / "rtl").string()}).code, 1);
}

struct Refusal {
  void (*change)(LaneTwin&);
  std::string sentence;
};

TEST(LaneTwin, RefusesWhatItCannotPlayWithASentence) {
  const Refusal refusals[]{{[](LaneTwin& t) { t.machine.mac = "mac_int8"; },
                            "mac is mac_int8; these lanes in RTL have mac_int16"},
                           {[](LaneTwin& t) { t.machine.lanes.walk = LaneWalk::kBricks; },
                            "lanes.walk is bricks; these lanes in RTL walk columns"},
                           {[](LaneTwin& t) { t.machine.array.rows = 64; },
                            "array.rows is 64; these lanes in RTL take 1 to 8"},
                           {[](LaneTwin& t) { t.machine.pe.pipeline_stages = 2; },
                            "pe.pipeline_stages is 2; these lanes in RTL take 3 to 8"},
                           {[](LaneTwin& t) { t.machine.pe.ifmap_spad_words = 65; },
                            "pe.ifmap_spad_words is 65; these lanes in RTL take 1 to 64"}};
  for (const Refusal& refusal : refusals) {
    LaneTwin twin(LaneTwinCase{});
    ASSERT_EQ(why_not_lanes(twin.machine, {}), "");
    refusal.change(twin);
    EXPECT_EQ(why_not_lanes(twin.machine, {}), refusal.sentence);
  }
}

}  // namespace
}  // namespace orrery
