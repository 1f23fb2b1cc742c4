#include "sim/rtl/expected.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>

#include "sim/rtl/vcd.h"

namespace orrery {
namespace {

// The signals of the array, by row and column.
class CycleWave {
 public:
  explicit CycleWave(std::int64_t first_clock) : first_clock_(first_clock) {
    for (const char* bus : {"ifmap_sends", "filter_sends", "psum_in_sends"})
      sends_.push_back(vcd_.add(bus, 1));
    collects_ = vcd_.add("psum_out_leaves", 1);
    psum_ = vcd_.add("psum_out_first_psum", 32);
  }
  void add(const PassCase& given, const ExpectedPass& pass) {
    for (std::size_t t = 0; t < kTensors; ++t) {
      for (const Cycle c : pass.log.sends[t]) pulse(sends_[t], pass.begin + c);
    }
    for (const ArrayLog::Leaving& packet : pass.log.leaving) {
      pulse(collects_, pass.begin + packet.cycle);
      if (!packet.psums.empty())
        vcd_.set(time(pass.begin + packet.cycle), psum_,
                 static_cast<std::uint32_t>(packet.psums[0]));
    }
    for (std::size_t i = 0; i < given.pass->pes.size(); ++i) add_pe(given.pass->pes[i], pass, i);
  }
  void write(const std::filesystem::path& file, std::int64_t last) const {
    vcd_.write(file, time(last));
  }

 private:
  struct PeSignals {
    int state = 0, hops = 0;
  };
  std::int64_t time(std::int64_t cycle) const { return RtlArray::wave_time(first_clock_ + cycle); }
  void pulse(int var, std::int64_t cycle) { vcd_.pulse(time(cycle), var); }
  PeSignals signals_of(const PeRole& role) {
    const auto [it, fresh] = pes_.try_emplace({role.row, role.col});
    if (fresh) {
      const std::string name = fmt::format("pe_{}_{}_", role.row, role.col);
      it->second = {vcd_.add(name + "state", 3), vcd_.add(name + "hops", 1)};
    }
    return it->second;
  }
  void add_pe(const PeRole& role, const ExpectedPass& pass, std::size_t i) {
    const auto [state, hops] = signals_of(role);
    Cycle at = 0;
    for (const ArrayLog::Stay& stay : pass.log.stays[i]) {
      if (stay.from > at) vcd_.set(time(pass.begin + at), state, 0);  // MACs
      vcd_.set(time(pass.begin + stay.from), state, static_cast<std::uint32_t>(stay.state));
      at = stay.to;
    }
    for (const Cycle c : pass.log.hops[i]) pulse(hops, pass.begin + c);
  }

  const std::int64_t first_clock_;
  Vcd vcd_;
  std::vector<int> sends_;
  int collects_ = 0, psum_ = 0;
  std::map<std::pair<int, int>, PeSignals> pes_;
};

}  // namespace

PassTiles tiles_of(const PassCase& pass, std::vector<std::int32_t>& psum) {
  return {.ifmap = pass.ifmap.data(),
          .padding = pass.padding.empty() ? nullptr : pass.padding.data(),
          .filter = pass.filter.data(),
          .psum = psum.data(),
          .read_psums = pass.read_psums};
}

std::vector<ExpectedPass> expect_passes(const Machine& machine, const MacRegisters& registers,
                                        const std::vector<PassCase>& passes) {
  Array array(machine);
  std::vector<ExpectedPass> all;
  std::int64_t begin = 0, over = 0;
  for (const PassCase& given : passes) {
    ExpectedPass& pass = all.emplace_back();
    pass.begin = begin;
    pass.psum = given.psum;
    array.log_to(&pass.log);
    array.start(*given.pass, registers, tiles_of(given, pass.psum),
                std::max<Cycle>(0, over - begin));
    try {
      array.play();
    } catch (const DeadlockError&) {
      all.pop_back();
      break;
    }
    pass.record = array.record();
    over = begin + pass.record.cycles;
    begin += pass.record.handed_cycle;
  }
  return all;
}

void write_cycles(const std::filesystem::path& file, const std::vector<PassCase>& cases,
                  const std::vector<ExpectedPass>& passes, std::int64_t first_clock,
                  std::int64_t last) {
  CycleWave wave(first_clock);
  for (std::size_t i = 0; i < passes.size(); ++i) wave.add(cases[i], passes[i]);
  wave.write(file, last);
}

}  // namespace orrery
