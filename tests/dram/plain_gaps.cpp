#include "tests/dram/plain_gaps.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace orrery {
namespace {

using C = DramCommand;

bool is_read(C c) { return c == C::kRd || c == C::kRda; }
bool is_write(C c) { return c == C::kWr || c == C::kWra; }
bool is_pre(C c) { return c == C::kPre || c == C::kPreAll; }
bool of_rank(C c) {
  return c == C::kPreAll || c == C::kRef || c == C::kPowerDown || c == C::kPowerUp;
}

// Beats of a burst over beats of a clock.
int data_clocks(const DramStandard& s) {
  return s.organization.burst_length / s.organization.beats_per_clock;
}

// Clocks from the command to the end of what it does to its bank, precharge included.
int until_closed(const DramStandard& s, C c) {
  const DramTiming& t = s.timing;
  switch (c) {
    case C::kAct:
      return t.rc;
    case C::kPre:
      return t.rp;
    case C::kPreAll:
      return t.rp_all;
    case C::kRda:
      return t.rtp + t.rp;
    case C::kWra:
      return t.cwl + data_clocks(s) + t.wr + t.rp;
    default:
      return 0;
  }
}

int column_gap(const DramStandard& s, C earlier, C later, DramNear near) {
  const DramTiming& t = s.timing;
  const int data = data_clocks(s);
  const bool group = near == DramNear::kSameBank || near == DramNear::kSameGroup;
  const int from = is_read(earlier) ? t.cl : t.cwl, to = is_read(later) ? t.cl : t.cwl;
  // Another rank: its data follow after those of the first, and a pause.
  if (near == DramNear::kOtherRank) return from + data + t.rank_switch - to;
  if (is_read(earlier) == is_read(later)) return std::max(data, group ? t.ccd_l : t.ccd_s);
  if (is_read(earlier)) return from + data + t.turn - to;
  return from + data + (group ? t.wtr_l : t.wtr_s);
}

int before_power_down(const DramStandard& s, C earlier) {
  const DramTiming& t = s.timing;
  const int data = data_clocks(s);
  if (is_read(earlier)) return t.cl + t.dqsck + data + 1;
  if (earlier == C::kWr) return t.cwl + data + t.wr;
  if (earlier == C::kWra) return t.cwl + data + t.wr + 1;
  if (earlier == C::kPowerUp) return t.cke;
  return 1;
}

int refresh_gap(const DramStandard& s, C earlier, C later, DramNear near) {
  const DramTiming& t = s.timing;
  const bool bank = near == DramNear::kSameBank;
  if (earlier == C::kRef)
    return later == C::kAct || later == C::kRef || later == C::kRefBank ? t.rfc : 0;
  if (earlier == C::kRefBank) {
    if (later == C::kAct) return bank ? std::max(t.rfc_bank, t.ref_act) : t.ref_act;
    return later == C::kRef || later == C::kRefBank ? t.rfc_bank : 0;
  }
  if (later == C::kRef || bank || earlier == C::kPreAll) {
    const int rrd = earlier == C::kAct && later == C::kRefBank ? t.rrd_s : 0;
    return std::max(until_closed(s, earlier), rrd);
  }
  return earlier == C::kAct ? t.rrd_s : 0;
}

}  // namespace

int least_gap(const DramStandard& s, C earlier, C later, DramNear near) {
  const DramTiming& t = s.timing;
  const bool bank = near == DramNear::kSameBank;
  const bool columns =
      (is_read(earlier) || is_write(earlier)) && (is_read(later) || is_write(later));
  if (columns) return column_gap(s, earlier, later, near);
  if (near == DramNear::kOtherRank) return 0;
  if (later == C::kPowerUp) return earlier == C::kPowerDown ? t.cke : 0;
  if (later == C::kPowerDown) return earlier == C::kPowerDown ? 0 : before_power_down(s, earlier);
  if (earlier == C::kPowerUp) return t.xp;
  if (earlier == C::kPowerDown) return 0;
  const bool refresh = later == C::kRef || later == C::kRefBank;
  if (refresh || earlier == C::kRef || earlier == C::kRefBank)
    return refresh_gap(s, earlier, later, near);
  if (is_pre(earlier) && is_pre(later)) return t.ppd;
  if (later == C::kAct) {
    if (earlier == C::kPreAll || bank) return std::max(until_closed(s, earlier), 0);
    if (earlier != C::kAct) return 0;
    return near == DramNear::kSameGroup ? t.rrd_l : t.rrd_s;
  }
  if (!bank && later != C::kPreAll) return 0;
  if (is_pre(later)) {
    if (earlier == C::kAct) return t.ras;
    if (earlier == C::kRd) return t.rtp;
    return earlier == C::kWr ? t.cwl + data_clocks(s) + t.wr : 0;
  }
  if (earlier == C::kAct) return is_read(later) ? t.rcd_rd : t.rcd_wr;
  return 0;
}

namespace {

class Checker {
 public:
  Checker(const DramStandard& standard, int ranks)
      : s_(standard), banks_(standard.organization.banks()) {
    for (int r = 0; r < ranks; ++r) refreshed_[r] = 0;
  }

  void take(const DramIssued& c) {
    check_bus(c);
    check_gaps(c);
    check_window(c);
    check_state(c);
    past_.push_back(c);
  }
  std::vector<std::string> wrong;

 private:
  void fail(const DramIssued& c, const std::string& what) {
    if (wrong.size() < 10) {
      wrong.push_back(
          fmt::format("cycle {}, {} of bank {}: {}", c.at, name(c.command), c.bank, what));
    }
  }
  int rank(const DramIssued& c) const { return c.bank / banks_; }
  int group(const DramIssued& c) const { return c.bank / s_.organization.banks_per_group; }

  DramNear near(const DramIssued& a, const DramIssued& b) const {
    if (rank(a) != rank(b)) return DramNear::kOtherRank;
    if (of_rank(a.command) || of_rank(b.command)) return DramNear::kSameRank;
    if (a.bank == b.bank) return DramNear::kSameBank;
    return group(a) == group(b) ? DramNear::kSameGroup : DramNear::kSameRank;
  }
  int bus_clocks(C c) const {
    const DramCommandClocks& k = s_.command_clocks;
    if (c == C::kAct) return k.act;
    if (is_read(c) || is_write(c)) return k.column;
    if (is_pre(c)) return k.pre;
    return c == C::kRef || c == C::kRefBank ? k.ref : 1;
  }
  void check_bus(const DramIssued& c) {
    const bool column = is_read(c.command) || is_write(c.command);
    DramCycle& free = bus_[s_.command_clocks.two_buses && column ? 1 : 0];
    if (c.at < free) fail(c, fmt::format("the bus is taken until {}", free));
    free = c.at + bus_clocks(c.command);
  }
  void check_gaps(const DramIssued& c) {
    for (auto p = past_.rbegin(); p != past_.rend() && c.at - p->at <= 2000; ++p) {
      const int gap = least_gap(s_, p->command, c.command, near(*p, c));
      if (c.at - p->at >= gap) continue;
      fail(c, fmt::format("{} of bank {} was in cycle {}, {} must lie between", name(p->command),
                          p->bank, p->at, gap));
    }
  }
  void check_window(const DramIssued& c) {
    if (c.command != C::kAct) return;
    std::vector<DramCycle>& acts = activates_[rank(c)];
    if (acts.size() >= 4 && c.at - acts[acts.size() - 4] < s_.timing.faw) {
      fail(c, "the fifth activate in a window of four");
    }
    acts.push_back(c.at);
  }
  void check_state(const DramIssued& c) {
    const int first = rank(c) * banks_;
    if (down_[rank(c)] != (c.command == C::kPowerUp)) fail(c, "power-down");
    const auto all_closed = [&] {
      return std::none_of(row_.begin(), row_.end(),
                          [&](const auto& bank_row) { return bank_row.first / banks_ == rank(c); });
    };
    const bool open = row_.contains(c.bank);
    switch (c.command) {
      case C::kAct:
        if (open) fail(c, "a row is open");
        row_[c.bank] = c.row;
        break;
      case C::kRd:
      case C::kWr:
      case C::kRda:
      case C::kWra:
        if (!open || row_[c.bank] != c.row) fail(c, "its row is not open");
        if (c.command == C::kRda || c.command == C::kWra) row_.erase(c.bank);
        break;
      case C::kPre:
        row_.erase(c.bank);
        break;
      case C::kPreAll:
        for (int b = first; b < first + banks_; ++b) row_.erase(b);
        break;
      case C::kRef:
        if (!all_closed()) fail(c, "a row is open");
        if (c.at - refreshed_[rank(c)] > 9 * DramCycle{s_.timing.refi}) fail(c, "too late");
        refreshed_[rank(c)] = c.at;
        break;
      case C::kRefBank:
        if (open) fail(c, "a row is open");
        break;
      case C::kPowerDown:
      case C::kPowerUp:
        down_[rank(c)] = c.command == C::kPowerDown;
    }
  }

  const DramStandard& s_;
  const int banks_;
  std::vector<DramIssued> past_;
  std::map<int, int> row_;  // of open banks
  std::map<int, bool> down_;
  std::map<int, DramCycle> refreshed_;
  std::map<int, std::vector<DramCycle>> activates_;
  std::array<DramCycle, 2> bus_{};
};

}  // namespace

std::vector<std::string> check_commands(const DramStandard& standard, int ranks,
                                        const std::vector<DramIssued>& commands) {
  Checker checker(standard, ranks);
  for (const DramIssued& c : commands) checker.take(c);
  return checker.wrong;
}

}  // namespace orrery
