// What controllers issue, replayed by a checker of its own; and what they owe to those who ask.
#include <gtest/gtest.h>

#include <array>

#include "tests/dram/files.h"
#include "tests/dram/plain_gaps.h"

namespace orrery {
namespace {

std::string replay_hint(const DramSetup& setup, std::uint64_t seed) {
  return setup.standard.name + ", " + setup.policy.name + ", " + std::to_string(setup.ranks) +
         " ranks, " + std::to_string(setup.channels) + " channels, random_requests(" +
         std::to_string(seed) + ", ...)";
}

void expect_legal(const DramSetup& setup, std::uint64_t seed, int n) {
  const RecordedRun run = recorded(setup, random_requests(seed, n));
  for (const auto& commands : run.commands) {
    for (const std::string& wrong : check_commands(setup.standard, setup.ranks, commands)) {
      ADD_FAILURE() << replay_hint(setup, seed) << ": " << wrong;
    }
  }
}

template <class Body>
void for_all_setups(const Body& body) {
  for (const std::string& standard : kDramStandards) {
    for (const std::string& policy : kDramPolicies) body(dram_setup(standard, policy));
  }
}

TEST(DramController, KeepsEveryRuleOfEveryStandardUnderEveryPolicy) {
  std::uint64_t seed = 0;
  for_all_setups([&](DramSetup setup) {
    for (int i = 0; i < 4; ++i) {
      setup.ranks = i % 2 + 1;
      setup.channels = i / 2 + 1;
      expect_legal(setup, ++seed, 3000);
    }
  });
}

// Rules that no preset combines, as a policy's file may.
DramPolicy random_policy(std::uint64_t seed) {
  std::mt19937_64 random(seed);
  const auto one_of = [&](auto... all) { return std::array{all...}[random() % sizeof...(all)]; };
  using P = DramPolicy;
  P p;
  p.name = "random_policy(" + std::to_string(seed) + ")";
  p.page = one_of(P::Page::kOpen, P::Page::kClosed);
  p.arbiter = one_of(P::Arbiter::kOldest, P::Arbiter::kRoundRobin);
  p.close = one_of(P::Close::kNoHitWaits, P::Close::kNoOlderHit, P::Close::kReady);
  p.read_queue = one_of(1, 4, 32);
  p.write_queue = one_of(7, 32);
  p.drain_start = p.drain_stop = 7;
  p.bank_queue = one_of(0, 0, 1, 8);
  p.drain = p.bank_queue > 0 ? P::Drain::kSnapshot : P::Drain::kWatermark;
  if (p.bank_queue == 0) {
    p.order = one_of(P::Order::kFrFcfs, P::Order::kFrFcfs, P::Order::kInOrder);
    p.reserve_activated = one_of(false, true);
  }
  p.merge_reads = one_of(false, true);
  p.refresh_staggered = one_of(false, true);
  p.refresh_close = one_of(P::RefreshClose::kAllBanks, P::RefreshClose::kEachBank);
  p.refresh_holds = one_of(P::RefreshHolds::kRank, P::RefreshHolds::kChannel);
  p.power_down_after = one_of(0, 0, 40);
  return p;
}

TEST(DramController, ServesAllAndKeepsEveryRuleUnderRandomPolicies) {
  for (std::uint64_t seed = 1; seed <= 150; ++seed) {
    DramSetup setup = dram_setup(kDramStandards[seed % kDramStandards.size()], "open");
    setup.policy = random_policy(seed);
    setup.ranks = static_cast<int>(1 + seed / 2 % 2);
    expect_legal(setup, seed, 1000);
    const DramResult r = recorded(setup, random_requests(seed, 1000)).result;
    EXPECT_EQ(r.read_latency.n() + r.write_latency.n(), 1000u) << replay_hint(setup, seed);
  }
}

TEST(DramController, KeepsThemWhenItRefreshesSingleBanks) {
  for (const std::string standard : {"lpddr3-1600", "lpddr4-3200", "gddr6", "hbm2"}) {
    DramSetup setup = dram_setup(standard, "open");
    setup.policy.refresh = DramPolicy::Refresh::kPerBank;
    expect_legal(setup, 7, 5000);
    const DramResult r = recorded(setup, random_requests(7, 5000)).result;
    const auto n = r.counts().commands[static_cast<std::size_t>(DramCommand::kRefBank)];
    const auto due = static_cast<std::uint64_t>(r.cycles / setup.standard.timing.refi_bank);
    EXPECT_LE(n, due) << standard;
    EXPECT_GE(n + 2, due) << standard;
  }
}

// Without its gate, a command could come a cycle earlier: the checker would say so.
TEST(DramChecker, NoticesACommandThatCouldNotComeEarlier) {
  const DramSetup setup = dram_setup("ddr4-2400", "open");
  auto commands = recorded(setup, random_requests(3, 2000)).commands.front();
  int noticed = 0;
  for (std::size_t i = 1; i < commands.size(); ++i) {
    if (commands[i].at - commands[i - 1].at != setup.standard.timing.ccd_l) continue;
    --commands[i].at;
    if (!check_commands(setup.standard, 1, commands).empty()) ++noticed;
    ++commands[i].at;
    if (noticed >= 20) break;
  }
  EXPECT_GE(noticed, 20);
}

TEST(DramController, ServesEveryRequestOnce) {
  std::uint64_t seed = 100;
  for_all_setups([&](const DramSetup& setup) {
    const auto requests = random_requests(++seed, 2000);
    const DramResult r = recorded(setup, requests).result;
    const DramCounts c = r.counts();
    EXPECT_EQ(r.read_latency.n() + r.write_latency.n(), requests.size())
        << replay_hint(setup, seed);
    const std::uint64_t bursts = c.hits + c.misses + c.conflicts + c.forwarded + c.merged;
    EXPECT_LE(bursts, requests.size()) << replay_hint(setup, seed);
    const std::uint64_t may_stay = setup.policy.posted_writes ? 160 : 0;
    EXPECT_GE(bursts + may_stay, requests.size()) << replay_hint(setup, seed);
  });
}

TEST(DramController, IssuesTheSameCommandsWhenPlayedCycleByCycle) {
  std::uint64_t seed = 200;
  for_all_setups([&](const DramSetup& setup) {
    const auto requests = random_requests(++seed, 600);
    const RecordedRun jumped = recorded(setup, requests);
    DramMemory memory(setup);
    DramChannel& channel = memory.channels().front();
    std::vector<DramIssued> commands;
    channel.record(&commands);
    std::size_t next = 0;
    for (DramCycle now = 0; now <= jumped.result.cycles; ++now) {
      channel.advance(now);
      if (next == requests.size() || requests[next].cycle > now) continue;
      if (!channel.has_room(requests[next].kind)) continue;
      channel.put(requests[next].kind, requests[next].address, 0, now);
      ++next;
    }
    EXPECT_EQ(commands, jumped.commands.front()) << replay_hint(setup, seed);
  });
}

TEST(DramController, AnswersTheSameTwice) {
  const DramSetup setup = dram_setup("hbm2", "open");
  const auto requests = random_requests(5, 5000);
  EXPECT_EQ(recorded(setup, requests).commands, recorded(setup, requests).commands);
}

TEST(DramController, HoldsAsManyRequestsAsItsQueues) {
  DramSetup setup = dram_setup("ddr4-2400", "open");
  setup.policy.read_queue = 5;
  DramMemory memory(setup);
  DramChannel& channel = memory.channels().front();
  for (std::uint64_t i = 0; i < 5; ++i) {
    EXPECT_TRUE(channel.has_room(DramKind::kRead));
    channel.put(DramKind::kRead, i << 20, 0, 0);
  }
  EXPECT_FALSE(channel.has_room(DramKind::kRead));
  EXPECT_TRUE(channel.has_room(DramKind::kWrite));
}

// An empty bank: activate in the next cycle, then rcd, cl and the burst.
TEST(DramController, AnswersALoneReadAfterActivateReadAndBurst) {
  for (const std::string& standard : kDramStandards) {
    const DramSetup setup = dram_setup(standard, "open");
    const DramResult r = recorded(setup, {{10, 0, DramKind::kRead}}).result;
    const DramTiming& t = setup.standard.timing;
    const DramOrganization& o = setup.standard.organization;
    const int burst = o.burst_length / o.beats_per_clock;
    EXPECT_EQ(r.read_latency.most(), 1 + t.rcd_rd + t.cl + t.dqsck + burst) << standard;
  }
}

TEST(DramController, ServesAHitBeforeAnOlderConflictOnlyWhereItMayReorder) {
  const std::uint64_t row = std::uint64_t{1} << 17;  // the next row of the same bank
  const std::vector<DramRequest> requests{
      {0, 0, DramKind::kRead}, {1, row, DramKind::kRead}, {2, 64 * 16, DramKind::kRead}};
  EXPECT_EQ(recorded(dram_setup("ddr4-2400", "open"), requests).result.counts().hits, 1u);
  EXPECT_EQ(recorded(dram_setup("ddr4-2400", "in_order"), requests).result.counts().hits, 0u);
}

TEST(DramController, ClosesRowsBehindTheLastBurstUnderAClosedPage) {
  const DramResult r = recorded(dram_setup("ddr4-2400", "closed"), random_requests(9, 2000)).result;
  const auto n = [&](DramCommand c) { return r.counts().commands[static_cast<std::size_t>(c)]; };
  EXPECT_GT(n(DramCommand::kRda) + n(DramCommand::kWra), 0u);
  const DramResult open =
      recorded(dram_setup("ddr4-2400", "open"), random_requests(9, 2000)).result;
  EXPECT_LT(r.counts().conflicts, open.counts().conflicts / 4);
}

TEST(DramController, PowersIdleRanksDown) {
  DramSetup setup = dram_setup("lpddr4-3200", "frugal");
  const std::vector<DramRequest> requests{{0, 0, DramKind::kRead}, {200000, 64, DramKind::kRead}};
  const DramResult frugal = recorded(setup, requests).result;
  const DramResult open = recorded(dram_setup("lpddr4-3200", "open"), requests).result;
  EXPECT_LT(frugal.energy().background(), open.energy().background() / 2);
  EXPECT_GE(frugal.cycles, open.cycles);
}

TEST(DramController, RefusesWhatAStandardCannot) {
  DramSetup setup = dram_setup("ddr4-2400", "open");
  setup.policy.refresh = DramPolicy::Refresh::kPerBank;
  EXPECT_THROW(DramMemory{setup}, InputError);
  setup = dram_setup("ddr4-2400", "open");
  setup.ranks = 8;  // 128 banks
  EXPECT_THROW(DramMemory{setup}, InputError);
  setup.ranks = 1;
  setup.channels = 3;
  EXPECT_THROW(DramMemory{setup}, InputError);
}

}  // namespace
}  // namespace orrery
