// What one can see of a PE alone, and what surrounds it: any two models of it are played side by
// side.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "sim/random/conv.h"
#include "tests/sim/pe_case.h"

namespace orrery::test {

// Of a PE before a cycle, and of the cycle itself.
struct PeSeen {
  PeRegisters registers;
  std::vector<std::int32_t> ifmap, filter, psum;  // by slot of the spad
  std::array<bool, 10> signals{};                 // kPeSignals
  PeState state = PeState::kDone;
  std::vector<std::int32_t> psum_out;
  bool operator==(const PeSeen&) const = default;
};
inline constexpr std::array<std::string_view, 10> kPeSignals{
    "ifmap_ready", "filter_ready", "psum_in_ready",  "gated",  "merged",
    "loads_ifmap", "loads_filter", "takes_psum_out", "starts", "finishes"};

// The first thing in which they differ, and both values; empty if in none.
std::string difference(const PeSeen& one, const PeSeen& other);

template <class Words>
std::vector<std::int32_t> slots(const Words& spad, int) {
  return {spad.begin(), spad.end()};
}
inline std::vector<std::int32_t> slots(const std::map<int, std::int32_t>& spad, int size) {
  std::vector<std::int32_t> out(static_cast<std::size_t>(size));
  for (const auto& [slot, value] : spad) out.at(static_cast<std::size_t>(slot)) = value;
  return out;
}

template <class AnyPe>
PeSeen watch_step(AnyPe& pe, const Pe& sizes, const PeInputs& in) {
  PeSeen seen;
  seen.registers = pe.registers();
  seen.ifmap = slots(pe.ifmap_spad(), sizes.ifmap_spad_words);
  seen.filter = slots(pe.filter_spad(), sizes.filter_spad_words);
  seen.psum = slots(pe.psum_spad(), std::max(1, sizes.psum_spad_words));
  const PeOutputs out = pe.step(in);
  seen.signals = {out.ifmap_ready, out.filter_ready, out.psum_ready,    out.gated,  out.merged,
                  out.loads_ifmap, out.loads_filter, in.takes_psum_out, out.starts, out.finishes};
  seen.state = out.state;
  seen.psum_out.assign(out.psum_out.begin(), out.psum_out.end());
  return seen;
}

// Offers the packets of a case's passes at random, and says when the next pass starts.
class PeSurroundings {
 public:
  PeSurroundings(const PeCase& c, std::vector<PeStreams> streams)
      : case_(c), streams_(std::move(streams)), rng_(c.seed + 1) {}

  PeInputs offer();
  // What the PE did with these inputs.
  void advance(const PeInputs& in, const PeSeen& seen);
  // Whether another pass begins after the cycle that began with these registers: then work() is its
  // own.
  bool starts_pass(const PeRegisters& before);
  PeWork work() const { return case_.work(pass_); }
  bool all_psums_left() const;

 private:
  bool happens(int percent) { return rng_.in(1, 100) <= percent; }
  const PeStreams& stream() const { return streams_[static_cast<std::size_t>(pass_)]; }

  const PeCase& case_;
  const std::vector<PeStreams> streams_;
  Rng rng_;
  int pass_ = 0;
  std::size_t ifmap_ = 0, filter_ = 0, psum_ = 0;  // words of the pass sent
  std::int64_t taken_ = 0;                         // psums of all passes
};

using PeStateCycles = std::array<std::int64_t, kPeStateNames.size()>;

struct PePlay {
  std::int64_t cycles = 0;
  std::string difference;  // of the last cycle; empty: none
};

// Plays a case by both until some cycles after its last psum has left, or up to a difference.
template <class One, class Other>
PePlay play_both(const PeCase& c, const std::vector<PeStreams>& streams, One& one, Other& other,
                 PeStateCycles& spent) {
  constexpr int kAfter = 3, kLongest = 1'000'000;
  PeSurroundings around(c, streams);
  PePlay play;
  for (int after = 0; after < kAfter; ++play.cycles) {
    const PeInputs in = around.offer();
    const PeSeen a = watch_step(one, c.setup.pe, in), b = watch_step(other, c.setup.pe, in);
    if (a != b) play.difference = difference(a, b);
    if (play.cycles == kLongest) play.difference = "the end never comes";
    if (!play.difference.empty()) break;
    ++spent[static_cast<std::size_t>(a.state)];
    around.advance(in, a);
    if (around.starts_pass(a.registers)) {
      one.start(around.work().program, around.work().takes_psums);
      other.start(around.work().program, around.work().takes_psums);
    }
    if (around.all_psums_left()) ++after;
  }
  return play;
}

}  // namespace orrery::test
