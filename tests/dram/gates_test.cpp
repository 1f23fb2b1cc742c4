// When commands may follow each other: one cycle early no, on time yes.
#include <gtest/gtest.h>

#include "sim/dram/state.h"
#include "tests/dram/files.h"
#include "tests/dram/plain_gaps.h"

namespace orrery {
namespace {

using C = DramCommand;

constexpr DramCycle kStart = 1000;

struct Later {
  C command;
  DramGate gate;
};
const std::vector<Later> kLater{
    {C::kAct, DramGate::kAct},         {C::kPre, DramGate::kPre},
    {C::kPreAll, DramGate::kPreAll},   {C::kRd, DramGate::kRd},
    {C::kWr, DramGate::kWr},           {C::kRef, DramGate::kRef},
    {C::kRefBank, DramGate::kRefBank}, {C::kPowerDown, DramGate::kPowerDown},
    {C::kPowerUp, DramGate::kPowerUp}};

// A bank as near to bank 0 as asked; -1 where the standard has none.
int bank_at(const DramOrganization& o, DramNear near) {
  switch (near) {
    case DramNear::kSameBank:
      return 0;
    case DramNear::kSameGroup:
      return o.banks_per_group > 1 ? 1 : -1;
    case DramNear::kSameRank:
      return o.bank_groups > 1 ? o.banks_per_group : -1;
    case DramNear::kOtherRank:
      return o.banks();
  }
  return -1;
}

bool open(const DramState& state, DramGate gate, int bank, DramCycle now) {
  return state.earliest(gate, bank) <= now;
}

void expect_gap(const DramStandard& s, C earlier, const Later& later, DramNear near) {
  const int bank = bank_at(s.organization, near);
  if (bank < 0) return;
  DramState state(s, 2);
  state.issue(earlier, 0, 5, kStart);
  // Whole ranks know no banks: what comes before or after them is in the same rank.
  const auto whole = [](C c) {
    return c == C::kPreAll || c == C::kRef || c == C::kPowerDown || c == C::kPowerUp;
  };
  const bool rank = near != DramNear::kOtherRank && (whole(earlier) || whole(later.command));
  const int gap = least_gap(s, earlier, later.command, rank ? DramNear::kSameRank : near);
  if (gap <= 0) return;
  const std::string what = s.name + ": " + name(earlier) + " to " + name(later.command);
  EXPECT_FALSE(open(state, later.gate, bank, kStart + gap - 1)) << what << ", early";
  EXPECT_TRUE(open(state, later.gate, bank, kStart + gap)) << what << ", on time";
}

TEST(DramGates, OpenOnTimeAndNoCycleEarlier) {
  for (const std::string& standard : kDramStandards) {
    const DramStandard s = read_dram_standard(dram_file(standard));
    for (std::size_t earlier = 0; earlier < kDramCommands; ++earlier) {
      for (const Later& later : kLater) {
        for (const DramNear near : {DramNear::kSameBank, DramNear::kSameGroup, DramNear::kSameRank,
                                    DramNear::kOtherRank}) {
          expect_gap(s, static_cast<C>(earlier), later, near);
        }
      }
    }
  }
}

TEST(DramGates, CountEveryRowOfTheTable) {
  for (const std::string& standard : kDramStandards) {
    const DramStandard s = read_dram_standard(dram_file(standard));
    for (const DramConstraint& row : s.table) {
      DramState state(s, 2);
      for (int i = 0; i < row.window; ++i) state.issue(row.from.front(), 0, 5, kStart);
      const int bank = row.scope == DramScope::kOtherRanks ? s.organization.banks() : 0;
      EXPECT_FALSE(open(state, row.to.front(), bank, kStart + row.value - 1))
          << s.name << ": " << row.clocks;
    }
  }
}

TEST(DramGates, HoldTheFifthActivateForTheWindow) {
  for (const std::string& standard : kDramStandards) {
    const DramStandard s = read_dram_standard(dram_file(standard));
    const int step = s.timing.rrd_l;
    const DramCycle fifth =
        std::max<DramCycle>(kStart + s.timing.faw, kStart + 3 * step + s.timing.rrd_s);
    DramState state(s, 1);
    for (int i = 0; i < 4; ++i)
      state.issue(C::kAct, i % s.organization.banks(), 1, kStart + i * step);
    const int other = s.organization.banks() - 1;
    EXPECT_FALSE(open(state, DramGate::kAct, other, fifth - 1)) << s.name;
    EXPECT_TRUE(open(state, DramGate::kAct, other, fifth)) << s.name;
  }
}

// JESD79-4C's numbers for DDR4-2400U, 8 Gb x8, in clocks of 0.833 ns.
TEST(DramGates, AreThoseOfTheDataSheetOfDdr4) {
  const DramStandard s = read_dram_standard(dram_file("ddr4-2400"));
  const struct {
    C earlier;
    DramGate later;
    int bank, gap;
  } rows[] = {{C::kAct, DramGate::kRd, 0, 17},  {C::kAct, DramGate::kPre, 0, 39},
              {C::kAct, DramGate::kAct, 0, 56}, {C::kAct, DramGate::kAct, 1, 6},
              {C::kAct, DramGate::kAct, 4, 4},  {C::kRd, DramGate::kRd, 0, 6},
              {C::kRd, DramGate::kRd, 4, 4},    {C::kRd, DramGate::kPre, 0, 9},
              {C::kRd, DramGate::kWr, 4, 11},   {C::kWr, DramGate::kRd, 1, 25},
              {C::kWr, DramGate::kRd, 4, 19},   {C::kWr, DramGate::kPre, 0, 34},
              {C::kPre, DramGate::kAct, 0, 17}, {C::kRef, DramGate::kAct, 3, 420}};
  for (const auto& row : rows) {
    DramState state(s, 1);
    state.issue(row.earlier, 0, 1, kStart);
    EXPECT_EQ(state.earliest(row.later, row.bank), kStart + row.gap) << name(row.earlier);
  }
}

}  // namespace
}  // namespace orrery
