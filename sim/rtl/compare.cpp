#include "sim/rtl/compare.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "sim/rtl/expected.h"

namespace orrery {
namespace {

// Clocks without anything moving after which nothing will.
constexpr std::int64_t kPatience = 1024;
// Clocks beyond the difference that are written to the waves.
constexpr std::int64_t kMargin = 20;
constexpr std::array<const char*, kTensors> kBuses{"ifmap bus", "filter bus", "psum-in bus"};

std::size_t at(std::int64_t i) { return static_cast<std::size_t>(i); }

std::string name_of(PeState state) {
  const auto i = static_cast<std::size_t>(state);
  return i < kPeStateNames.size() ? std::string(kPeStateNames[i]) : fmt::format("state {}", i);
}

const char* sent(bool is) { return is ? "a packet leaves" : "nothing leaves"; }

class Comparison {
 public:
  Comparison(const Machine& machine, const MacRegisters& registers, const RtlShape& shape,
             RtlModule& module, const std::vector<PassCase>& cases)
      : cases_(cases),
        expected_(expect_passes(machine, registers, cases)),
        rtl_(machine, registers, shape, module) {
    for (const PassCase& given : cases) {
      plans_.push_back(plan_rtl_pass(machine, shape, *given.pass));
      psums_.push_back(given.psum);
    }
  }

  ArrayComparison play() {
    result_.deadlock = expected_.size() < cases_.size();
    std::int64_t moved = 0;
    for (std::size_t given = 0; !result_.difference;) {
      // One pass waits, so that none begins late.
      if (given < cases_.size() && !rtl_.waits()) {
        rtl_.start(plans_[given], tiles_of(cases_[given], psums_[given]));
        ++given;
      }
      const std::int64_t now = rtl_.now();
      const RtlCycle& cycle = rtl_.step();
      if (cycle.moved) moved = now;
      compare(cycle, now - first_clock_);
      if (cycle.starts) begin_pass(now);
      if (cycle.over) ++over_;
      if (rtl_.idle() && given == cases_.size()) break;
      if (now - moved > kPatience) return stuck(now);
    }
    if (!result_.difference && result_.deadlock)
      note(0, -1, "end", "the passes never end", "they end");
    for (std::size_t i = 0; i < expected_.size() && !result_.difference; ++i) compare_pass(i);
    return result_;
  }

  void write_waves(const std::filesystem::path& folder) const {
    const std::int64_t last = result_.difference ? found_ + kMargin : rtl_.now();
    write_cycles(folder / "cycles.vcd", cases_, expected_, first_clock_, last);
  }
  // So that the wave of the module shows what comes after.
  void play_on() {
    for (std::int64_t i = 0; i < kMargin; ++i) rtl_.step();
  }

 private:
  // The RTL does not move any more; nor must the C++ array then.
  ArrayComparison stuck(std::int64_t now) {
    if (!result_.deadlock || over_ < expected_.size())
      note(now - first_clock_, -1, "end", "the passes end", "nothing moves any more");
    return result_;
  }

  void begin_pass(std::int64_t now) {
    if (begun_ == 0) first_clock_ = now + 1;
    if (begun_ < expected_.size()) {
      macs_.assign(cases_[begun_].pass->pes.size(), 0);
      stays_.assign(macs_.size(), 0);
      sends_[0] = sends_[1] = 0;
    }
    ++begun_;
  }

  void note(std::int64_t cycle, int pe, const std::string& what, const std::string& expected,
            const std::string& got) {
    if (result_.difference) return;
    found_ = cycle;
    const std::size_t pass = begun_ == 0 ? 0 : std::min(begun_, expected_.size()) - 1;
    ArrayDifference& d = result_.difference.emplace();
    d.pass = static_cast<int>(pass);
    d.cycle = expected_.empty() ? cycle : cycle - expected_[pass].begin;
    d.pe = pe;
    d.what = what;
    d.expected = expected;
    d.got = got;
    if (pe < 0 || at(pe) >= macs_.size()) return;
    const Pass& of = *cases_[pass].pass;
    d.steps = steps_of(of.programs[at(of.pes[at(pe)].program)], macs_[at(pe)]);
  }

  // `now`: cycles since the begin of the first pass.
  void compare(const RtlCycle& cycle, std::int64_t now) {
    ++result_.cycles;
    const bool starts =
        begun_ > 0 && begun_ < expected_.size() && expected_[begun_].begin == now + 1;
    if (begun_ > 0 && begun_ < expected_.size() && cycle.starts != starts)
      note(now, -1, "begin of the next pass", starts ? "after this cycle" : "not after this cycle",
           starts ? "not after this cycle" : "after this cycle");
    if (cycle.pass >= 0 && at(cycle.pass) < expected_.size()) compare_pes(cycle, now);
    if (over_ < expected_.size() && begun_ > over_) compare_psums(cycle, now);
  }

  void compare_pes(const RtlCycle& cycle, std::int64_t now) {
    const ExpectedPass& pass = expected_[at(cycle.pass)];
    result_.pe_cycles += static_cast<std::int64_t>(cycle.states.size());
    for (std::size_t i = 0; i < cycle.states.size(); ++i) {
      const PeState expected = state(pass.log.stays[i], stays_[i], cycle.cycle);
      if (cycle.states[i] != expected)
        note(now, static_cast<int>(i), "state", name_of(expected), name_of(cycle.states[i]));
      macs_[i] += cycle.states[i] == PeState::kMac ? 1 : 0;
    }
    for (const Tensor t : {Tensor::kIfmap, Tensor::kFilter})
      compare_send(pass, t, cycle, cycle.cycle, now);
  }

  // What ArrayLog::state says; `stay` keeps the place between the cycles.
  static PeState state(const std::vector<ArrayLog::Stay>& stays, std::size_t& stay, Cycle cycle) {
    while (stay < stays.size() && stays[stay].to <= cycle) ++stay;
    const bool stands = stay < stays.size() && stays[stay].from <= cycle;
    return stands ? stays[stay].state : PeState::kMac;
  }

  void compare_send(const ExpectedPass& pass, Tensor t, const RtlCycle& cycle, Cycle own,
                    std::int64_t now) {
    const std::vector<Cycle>& sends = pass.log.sends[index(t)];
    std::size_t& next = sends_[index(t)];
    const bool expected = next < sends.size() && sends[next] == own;
    next += expected ? 1 : 0;
    if (expected != cycle.sends[index(t)])
      note(now, -1, kBuses[index(t)], sent(expected), sent(cycle.sends[index(t)]));
  }

  // Of the earliest pass that is not over.
  void compare_psums(const RtlCycle& cycle, std::int64_t now) {
    const ExpectedPass& pass = expected_[over_];
    const Cycle own = now - pass.begin;
    if (own < 0) return;
    if (own == 0 || hops_.size() != pass.log.hops.size()) hops_.resize(pass.log.hops.size(), 0);
    compare_send(pass, Tensor::kPsum, cycle, own, now);
    for (std::size_t i = 0; i < hops_.size() && i < cycle.hops.size(); ++i) {
      const std::vector<Cycle>& hops = pass.log.hops[i];
      const bool expected = hops_[i] < hops.size() && hops[hops_[i]] == own;
      hops_[i] += expected ? 1 : 0;
      if (expected != (cycle.hops[i] != 0))
        note(now, static_cast<int>(i), "link to the PE above", sent(expected), sent(!expected));
    }
    compare_leaving(pass, cycle, own, now);
    const bool over = own + 1 == pass.record.cycles;
    if (over != cycle.over)
      note(now, -1, "end of the pass", over ? "after this cycle" : "not after this cycle",
           over ? "not after this cycle" : "after this cycle");
    if (!cycle.over) return;
    leaving_ = sends_[index(Tensor::kPsum)] = 0;
    hops_.clear();
  }

  void compare_leaving(const ExpectedPass& pass, const RtlCycle& cycle, Cycle own,
                       std::int64_t now) {
    const std::vector<ArrayLog::Leaving>& all = pass.log.leaving;
    const bool expected = leaving_ < all.size() && all[leaving_].cycle == own;
    if (expected != cycle.collects)
      note(now, -1, "psum-out bus", sent(expected), sent(cycle.collects));
    if (!expected) return;
    const std::vector<std::int32_t>& psums = all[leaving_++].psums;
    result_.psums += static_cast<std::int64_t>(psums.size());
    if (!cycle.collects || std::ranges::equal(psums, cycle.psums)) return;
    note(now, first_sender(leaving_ - 1), fmt::format("psums of packet {}", leaving_ - 1),
         fmt::format("{}", fmt::join(psums, " ")), fmt::format("{}", fmt::join(cycle.psums, " ")));
  }

  // The PE that a packet of the earliest pass comes from, the first of them where they are summed.
  int first_sender(std::size_t packet) const {
    const Stream& s = cases_[over_].pass->psum_out;
    return s.member[at(s.first_member[at(s.group[packet])])];
  }

  void compare_pass(std::size_t i) {
    const auto got = rtl_.take_record();
    if (!got)
      return note(0, -1, "passes that ended", fmt::format("{}", expected_.size()),
                  fmt::format("{}", i));
    const PassRecord& expected = expected_[i].record;
    const auto check = [&](const std::string& what, auto a, auto b) {
      if (a != b)
        note(expected_[i].begin, -1, fmt::format("{} of pass {}", what, i), fmt::format("{}", a),
             fmt::format("{}", b));
    };
    check("cycles", expected.cycles, got->cycles);
    check("handed_cycle", expected.handed_cycle, got->handed_cycle);
    check("filled_cycle", expected.filled_cycle, got->filled_cycle);
    for (std::size_t k = 0; k < kPeStateNames.size(); ++k)
      check(std::string(kPeStateNames[k]), expected.pe_cycles[k], got->pe_cycles[k]);
    for (std::size_t k = 0; k < kBeforeMacNames.size(); ++k)
      check(fmt::format("{} before the first MAC", kBeforeMacNames[k]), expected.before_mac[k],
            got->before_mac[k]);
    for (std::size_t k = 0; k < kActions.size(); ++k) {
      check(fmt::format("{} {} {}", kActions[k].structure, kActions[k].tensor, kActions[k].action),
            expected.counts.value[k], got->counts.value[k]);
    }
    for (std::size_t k = 0; k < psums_[i].size(); ++k)
      check(fmt::format("psum {} of the tile", k), expected_[i].psum[k], psums_[i][k]);
  }

  const std::vector<PassCase>& cases_;
  const std::vector<ExpectedPass> expected_;
  RtlArray rtl_;
  std::vector<RtlPass> plans_;
  std::vector<std::vector<std::int32_t>> psums_;  // of the RTL's tiles
  ArrayComparison result_;
  std::int64_t found_ = 0;            // cycle of the difference, since the first pass
  std::int64_t first_clock_ = 0;      // of the first pass
  std::size_t begun_ = 0, over_ = 0;  // passes
  // Places in the logs: of the latest pass; of psums, in that of the earliest.
  std::array<std::size_t, kTensors> sends_{};
  std::size_t leaving_ = 0;
  std::vector<std::size_t> stays_, hops_;
  std::vector<std::int64_t> macs_;  // of each PE, so far
};

}  // namespace

ArrayComparison compare_arrays(const Machine& machine, const MacRegisters& registers,
                               const RtlShape& shape, RtlModule& module,
                               const std::vector<PassCase>& passes,
                               const std::filesystem::path& waves) {
  if (!waves.empty()) module.trace(waves / "rtl.fst");
  Comparison comparison(machine, registers, shape, module, passes);
  ArrayComparison result = comparison.play();
  if (!waves.empty()) {
    comparison.play_on();
    comparison.write_waves(waves);
  }
  return result;
}

}  // namespace orrery
