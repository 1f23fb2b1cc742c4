#include "sim/rtl/lane_compare.h"

#include <fmt/format.h>

#include <deque>
#include <utility>

#include "sim/sparse/bricks.h"
#include "sim/sparse/columns.h"
#include "sim/sparse/lane_clock.h"
#include "sim/sparse/lane_steps.h"

namespace orrery {
namespace {

// Clocks without a round after which none will begin: longer than the words of any round take.
constexpr int kPatience = 20'000;

// Of each lane the psum that its entry of this cycle met.
std::vector<LanePsum> met(const ColumnWork& work, const LaneSteps& steps) {
  std::vector<LanePsum> psums;
  for (int lane = 0; lane < std::ssize(steps.states()); ++lane) {
    if (steps.states()[static_cast<std::size_t>(lane)] != LaneState::kMac) continue;
    const ColumnWork::Met m = work.met(lane);
    psums.push_back({lane, m.row, m.psum});
  }
  return psums;
}

// Those of the window that all lanes came to be done with.
std::vector<LanePsum> met(const BrickWork& work, const LaneSteps& steps) {
  std::vector<LanePsum> psums;
  if (steps.closed() < 0) return psums;
  for (const std::int32_t psum : work.psums_of(steps.closed()))
    psums.push_back({static_cast<int>(psums.size()), 0, psum});
  return psums;
}

std::string text(const std::vector<LanePsum>& psums) {
  std::string all;
  for (const LanePsum& p : psums) all += fmt::format(" [{}.{}] {}", p.lane, p.row, p.psum);
  return all.empty() ? " none" : all;
}

template <class Work>
class Pair {
 public:
  Pair(const LaneRules& rules, Work& work, LaneRtl& rtl)
      : rules_(rules), work_(work), steps_(rules, work), rtl_(rtl) {}

  LaneComparison play() {
    int idle = 0;
    while (out_.difference.empty() && !rtl_.over()) {
      const LaneCycle& got = rtl_.clock();
      idle = got.in_round ? 0 : idle + 1;
      if (idle > kPatience) differs("the RTL begins no round any more");
      if (got.in_round) {
        compare(got);
      } else if (steps_.in_round()) {
        differs("the RTL's round is over, that of C++ is not");
      }
    }
    if (out_.difference.empty() && next_round()) differs("the RTL has no such round");
    out_.items = steps_.times().items;
    out_.cycles = steps_.times().cycles;
    out_.lane_cycles = steps_.times().lane_cycles;
    out_.rtl_psums = rtl_.psums();
    if (out_.difference.empty() && rtl_.psums().data != work_.psums().data)
      out_.difference = "psums differ at the end";
    return std::move(out_);
  }

 private:
  void differs(const std::string& what) {
    out_.difference = fmt::format("round {}, cycle {}: {}", out_.rounds - 1, cycle_, what);
  }

  // The next with items.
  bool next_round() {
    while (!steps_.in_round()) {
      if (!steps_.next_round()) return false;
    }
    ++out_.rounds;
    cycle_ = -1;
    return true;
  }

  void compare(const LaneCycle& got) {
    if (got.begins == steps_.in_round() || (got.begins && !next_round())) {
      differs(got.begins ? "the RTL begins a round" : "the RTL's round goes on");
      return;
    }
    ++cycle_;
    steps_.step();
    leaving_.push_back(met(work_, steps_));
    for (std::size_t lane = 0; lane < got.states.size(); ++lane) {
      if (steps_.states()[lane] == got.states[lane]) continue;
      const auto name = [](LaneState s) { return kLaneStateNames[static_cast<std::size_t>(s)]; };
      differs(fmt::format("lane {}: state: C++ {}, RTL {}", lane, name(steps_.states()[lane]),
                          name(got.states[lane])));
      return;
    }
    if (steps_.sent() != got.sent)
      return differs(fmt::format("item sent: C++ {}, RTL {}", steps_.sent(), got.sent));
    if (got.ends == steps_.in_round())
      return differs(fmt::format("end of the round: C++ {}, RTL {}", !got.ends, got.ends));
    compare_psums(got);
  }

  // Psums leave as many cycles after an entry as the pipeline has stages.
  void compare_psums(const LaneCycle& got) {
    std::vector<LanePsum> expected;
    if (std::ssize(leaving_) > rules_.drain_cycles) {
      expected = std::move(leaving_.front());
      leaving_.pop_front();
    }
    if (expected != got.psums)
      return differs(fmt::format("psums: C++{}, RTL{}", text(expected), text(got.psums)));
    out_.psums += std::ssize(expected);
    if (got.ends) leaving_.clear();
  }

  const LaneRules rules_;
  Work& work_;
  LaneSteps steps_;
  LaneRtl& rtl_;
  std::int64_t cycle_ = -1;                    // of the round
  std::deque<std::vector<LanePsum>> leaving_;  // by cycle: of the latest
  LaneComparison out_;
};

template <class Work>
LaneComparison play_pair(const Machine& machine, Work& work, LaneRtl& rtl) {
  return Pair<Work>(lane_rules(machine), work, rtl).play();
}

}  // namespace

LaneComparison compare_lanes(const Machine& machine, const Layer& layer, const Operands& in,
                             const LaneRtlSize& size, RtlModule& module) {
  const std::unique_ptr<LaneRtl> rtl = make_lane_rtl(machine, layer, in, size, module);
  if (machine.lanes.walk == LaneWalk::kColumns) {
    ColumnWork work(machine, layer, in);
    return play_pair(machine, work, *rtl);
  }
  const bool dense = layer.input.empty() && !machine.lanes.walks_input;
  BrickWork work(machine, layer, in, dense ? Walked::kAll : Walked::kNonZero);
  return play_pair(machine, work, *rtl);
}

}  // namespace orrery
