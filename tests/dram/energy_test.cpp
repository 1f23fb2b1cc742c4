// Energy of runs, from the commands that they issued.
#include "sim/dram/energy.h"

#include <gtest/gtest.h>

#include "tests/dram/files.h"

namespace orrery {
namespace {

// Cycles for which some bank of the only rank was open, from the commands alone.
DramCycle cycles_open(const RecordedRun& run) {
  std::vector<bool> open(64);
  DramCycle total = 0, last = 0;
  for (const DramIssued& c : run.commands.front()) {
    const bool any = std::find(open.begin(), open.end(), true) != open.end();
    if (any) total += c.at - last;
    last = c.at;
    const auto b = static_cast<std::size_t>(c.bank);
    if (c.command == DramCommand::kAct) open[b] = true;
    if (c.command == DramCommand::kPre || c.command == DramCommand::kRda ||
        c.command == DramCommand::kWra) {
      open[b] = false;
    }
    if (c.command == DramCommand::kPreAll) std::fill(open.begin(), open.end(), false);
  }
  const bool any = std::find(open.begin(), open.end(), true) != open.end();
  return any ? total + run.result.cycles - last : total;
}

double count(const RecordedRun& run, DramCommand a, DramCommand b) {
  double n = 0;
  for (const DramIssued& c : run.commands.front()) n += c.command == a || c.command == b ? 1 : 0;
  return n;
}

TEST(DramEnergy, FollowsFromTheCommands) {
  for (const std::string& standard : kDramStandards) {
    for (const std::string policy : {"open", "closed", "dramsim3"}) {
      const DramSetup setup = dram_setup(standard, policy);
      const RecordedRun run = recorded(setup, random_requests(11, 3000));
      const DramStandard& s = setup.standard;
      const DramTiming& t = s.timing;
      const auto cycles_closed = static_cast<double>(run.result.cycles - cycles_open(run));
      const double n_act = count(run, DramCommand::kAct, DramCommand::kAct);
      const double n_rd = count(run, DramCommand::kRd, DramCommand::kRda);
      const double n_wr = count(run, DramCommand::kWr, DramCommand::kWra);
      const double n_ref = count(run, DramCommand::kRef, DramCommand::kRef);
      const int burst = s.organization.burst_length / s.organization.beats_per_clock;
      double milli = 0;  // V x mA x clocks of a device
      for (const DramRail& r : s.rails) {
        milli += r.volts * n_act * (r.idd0 * t.rc - r.idd3n * t.ras - r.idd2n * (t.rc - t.ras));
        milli += r.volts * burst * (n_rd * (r.idd4r - r.idd3n) + n_wr * (r.idd4w - r.idd3n));
        milli += r.volts * n_ref * t.rfc * (r.idd5b - r.idd3n);
        milli += r.volts * r.idd3n * static_cast<double>(cycles_open(run));
        milli += r.volts * r.idd2n * cycles_closed;
      }
      const double devices = double(s.organization.channel_bits) / s.organization.device_bits;
      const double io = s.organization.channel_bits * s.organization.burst_length *
                        (n_rd * s.io.read_pj_per_bit + n_wr * s.io.write_pj_per_bit);
      const double expected = milli * devices * s.tck_ps / 1000 + io;
      EXPECT_NEAR(run.result.energy().total() / expected, 1, 1e-9) << standard << ", " << policy;
    }
  }
}

// One read burst of DDR4-2400 on 64 bits: 1.2 V x (135 - 43) mA x 4 x 0.833 ns x 8 devices.
TEST(DramEnergy, OfAReadBurstIsThatOfTheDataSheet) {
  const DramPrices p = dram_prices(read_dram_standard(dram_file("ddr4-2400")));
  EXPECT_NEAR(p.read, 2942.8, 0.1);
  EXPECT_NEAR(p.activate, 3462.6, 1);     // 1.2 x (48 x 56 - 43 x 39 - 34 x 17) x 0.833 x 8
  EXPECT_NEAR(p.refresh, 695288.0, 100);  // 1.2 x (250 - 43) x 420 x 0.833 x 8
}

TEST(DramEnergy, IsProportionalToTheDerating) {
  const DramStandard s = read_dram_standard(dram_file("lpddr4-3200"));
  EXPECT_DOUBLE_EQ(dram_prices(s, 0.5).activate, dram_prices(s).activate / 2);
  EXPECT_DOUBLE_EQ(dram_prices(s, 0.5).closed_down, dram_prices(s).closed_down / 2);
}

TEST(DramEnergy, OfABanksRefreshIsAShareOfTheRanksWhereNoCurrentIsKnown) {
  const DramPrices p = dram_prices(read_dram_standard(dram_file("lpddr3-1600")));
  EXPECT_DOUBLE_EQ(p.refresh_bank * 8, p.refresh);
}

}  // namespace
}  // namespace orrery
