// The state of an array between two steps, put so that states that go on alike are equal.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "sim/machine/pass_record.h"
#include "sim/machine/pe.h"

namespace orrery {

struct Cut {
  Cycle time = 0;  // before which nothing can happen any more
  // Relative to `time` and to the places; times that no later one can depend on are the same.
  std::vector<std::int64_t> state;
  // How far every bus and PE is: packets of the ifmap, filter, psum-in and psum-out bus, then of
  // each PE its run, words sent to it of ifmap and filter, and packets merged.
  static constexpr std::size_t kBuses = 4, kPerPe = 4;
  std::vector<std::int32_t> places;
  PassRecord record;  // up to here
};

// What happens between two cuts, several times over.
struct Stretch {
  Cycle cycles;
  std::vector<std::int32_t> places;
  PassRecord record;  // what adds up: cycles of PEs, and counts

  Stretch(const Cut& from, const Cut& to, int times) : cycles((to.time - from.time) * times) {
    for (std::size_t i = 0; i < to.places.size(); ++i)
      places.push_back((to.places[i] - from.places[i]) * times);
    const auto n = static_cast<std::uint64_t>(times);
    const auto between = [n](auto& sum, const auto& a, const auto& b) {
      for (std::size_t i = 0; i < sum.size(); ++i) sum[i] = (b[i] - a[i]) * n;
    };
    between(record.pe_cycles, from.record.pe_cycles, to.record.pe_cycles);
    between(record.before_mac, from.record.before_mac, to.record.before_mac);
    between(record.counts.value, from.record.counts.value, to.record.counts.value);
  }
  void add_to(PassRecord& sum) const {
    const auto add = [](auto& to, const auto& more) {
      for (std::size_t i = 0; i < to.size(); ++i) to[i] += more[i];
    };
    add(sum.pe_cycles, record.pe_cycles);
    add(sum.before_mac, record.before_mac);
    add(sum.counts.value, record.counts.value);
  }
  void add_to(Cut& cut) const {
    cut.time += cycles;
    for (std::size_t i = 0; i < places.size(); ++i) cut.places[i] += places[i];
    add_to(cut.record);
  }
};

// Writes the state of a cut.
class CutWriter {
 public:
  // Times up to `horizon` cycles before the cut's are the same.
  CutWriter(Cut& cut, Cycle horizon) : cut_(cut), horizon_(horizon) {}

  void put(std::int64_t n) { cut_.state.push_back(n); }
  bool matters(Cycle t) const { return t > cut_.time - horizon_; }
  void time(Cycle t) { put(std::max(t - cut_.time, -horizon_)); }
  // Times that come one after the other in a ring, of [first, last), the latest first; those that
  // do not matter are left out, and so are those before them.
  template <class TimeOf>
  void times(std::int32_t first, std::int32_t last, TimeOf time_of) {
    const std::size_t count = cut_.state.size();
    put(0);
    for (std::int32_t k = last; k-- > first && matters(time_of(k));) time(time_of(k));
    cut_.state[count] = static_cast<std::int64_t>(cut_.state.size() - count);
  }
  void place(std::int64_t n) { cut_.places.push_back(static_cast<std::int32_t>(n)); }

 private:
  Cut& cut_;
  const Cycle horizon_;
};

}  // namespace orrery
