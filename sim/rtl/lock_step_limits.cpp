// What the array in lock step in RTL does not play.
#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "arch/mac/all.h"
#include "sim/rtl/lock_step_load.h"

namespace orrery {
namespace {

constexpr int kMostPosition = 65535, kMostNames = 256;
constexpr int kMostSide = 32, kMostLanes = 32;  // of arrays that are compiled for a machine

struct Limit {
  const char* what;
  std::int64_t value, most;
};

std::string first_above(const std::vector<Limit>& limits) {
  for (const Limit& limit : limits) {
    if (limit.value > limit.most)
      return fmt::format("{} is {}; the array in RTL was built for at most {}", limit.what,
                         limit.value, limit.most);
  }
  return {};
}

bool keeps_chains(const Machine& machine) { return find_mac(machine.mac)->traits.singles; }

bool is_systolic(const Machine& m) { return m.array.delivery == Delivery::kSystolic; }

// Old psums stay in their entry until they are met, after the step that has made room for others:
// cycles in between.
int cycles_behind(const Machine& m) {
  return find_mac(m.mac)->traits.stages + 2 + (is_systolic(m) ? m.array.rows + m.array.cols : 0);
}

int bus_psums(const Machine& m) {
  const int words = std::max(m.noc.psum_in.words_per_cycle, m.noc.psum_out.words_per_cycle);
  return (words + m.words_per_psum() - 1) / m.words_per_psum();
}

std::string too_large(const Machine& m, const LockStepRtlSize& size) {
  const Pe& pe = m.pe;
  const int behind = cycles_behind(m), psums = bus_psums(m);
  return first_above({{"array.rows", m.array.rows, size.rows},
                      {"array.cols", m.array.cols, size.cols},
                      {"pe.ifmap_spad_words + pe.ifmap_fifo_words",
                       pe.ifmap_spad_words + pe.ifmap_fifo_words, size.ifmap_ring},
                      {"pe.filter_spad_words + pe.filter_fifo_packets",
                       pe.filter_spad_words + pe.filter_fifo_packets, size.filter_ring},
                      {"pe.fifo_h_words", pe.fifo_h_words, size.hold - 1},
                      {"pe.fifo_v_words", pe.fifo_v_words, size.hold - 1},
                      {"pe.psum_in_fifo_packets", pe.psum_in_fifo_packets, size.psum_in - behind},
                      {"pe.psum_out_fifo_packets", pe.psum_out_fifo_packets, size.psum_out},
                      {"noc.ifmap.latency_cycles", m.noc.ifmap.latency_cycles, size.latency},
                      {"noc.filter.latency_cycles", m.noc.filter.latency_cycles, size.latency},
                      {"noc.psum_in.latency_cycles", m.noc.psum_in.latency_cycles, size.latency},
                      {"words of an ifmap bus", packet_words(m, Tensor::kIfmap), size.bus_words},
                      {"words of a filter bus", packet_words(m, Tensor::kFilter), size.bus_words},
                      {"psums of a psum bus", psums, size.psum_bus},
                      {"pe.pipeline_stages + the skew of the array",
                       pe.pipeline_stages + m.array.rows + m.array.cols, 255}});
}

// Of the words of a group, whether each names those PEs alone that take it.
bool names_its_takers(const LockStepPass& pass, const WordGroup& group, const BusGroup& bus,
                      Tensor t, bool systolic) {
  std::size_t named = 0;
  for (const BusWord& word : bus.words) {
    for (const LockStepPe& pe : pass.pes) {
      const bool calls =
          t == Tensor::kFilter || systolic || static_cast<std::uint32_t>(pe.word[0]) == word.name;
      named += calls && (word.rows >> pe.row & 1) != 0 && (word.cols >> pe.col & 1) != 0 ? 1u : 0u;
    }
  }
  return named == group.takers.size();
}

std::string why_not_named(const LockStepPass& pass, const LockStepPlan& plan,
                          const LockStepLoad& load, bool systolic) {
  for (const Tensor t : {Tensor::kIfmap, Tensor::kFilter}) {
    for (std::size_t g = 0; g < plan.words[index(t)].size(); ++g) {
      if (!load.groups[index(t)][g].offset.empty()) continue;  // shifts in, named by itself
      if (names_its_takers(pass, plan.words[index(t)][g], load.groups[index(t)][g], t, systolic))
        continue;
      return fmt::format(
          "some {} word goes to PEs that no set of rows and columns tells from others; the array "
          "in RTL names PEs by row, column and ifmap word",
          name(t));
    }
  }
  return {};
}

}  // namespace

LockStepRtlSize size_of(const Machine& m) {
  LockStepRtlSize size;
  const Pe& pe = m.pe;
  const auto at_least = [](int& maximum, int needed) {
    const auto roomy = static_cast<int>(std::bit_ceil(static_cast<unsigned>(needed)));
    maximum = std::max(maximum, roomy);
  };
  size.mac = m.mac;
  size.systolic = is_systolic(m);
  size.rows = std::min(m.array.rows, kMostSide);
  size.cols = std::min(m.array.cols, kMostSide);
  size.ifmap_ring = 32;
  size.filter_ring = 128;
  size.lanes = 16;
  size.psum_out = 8;
  at_least(size.ifmap_ring, pe.ifmap_spad_words + pe.ifmap_fifo_words);
  at_least(size.filter_ring, pe.filter_spad_words + pe.filter_fifo_packets);
  at_least(size.hold, std::max(pe.fifo_h_words, pe.fifo_v_words) + 1);
  at_least(size.lanes, std::min(pe.psum_spad_words, kMostLanes));
  at_least(size.bus_words,
           std::max(packet_words(m, Tensor::kIfmap), packet_words(m, Tensor::kFilter)));
  at_least(size.psum_bus, bus_psums(m));
  at_least(size.psum_in, pe.psum_in_fifo_packets + cycles_behind(m));
  at_least(size.psum_out, pe.psum_out_fifo_packets);
  return size;
}

std::string why_not(const Machine& machine, const LockStepRtlSize& size) {
  const MacTraits& mac = find_mac(machine.mac)->traits;
  if (mac.skips) return fmt::format("{} is not built into a PE in lock step", machine.mac);
  if (machine.mac != size.mac)
    return fmt::format("mac is {}; this array in RTL has {}", machine.mac, size.mac);
  const bool systolic = machine.array.delivery == Delivery::kSystolic;
  if (systolic != size.systolic)
    return fmt::format("array.delivery is {}; this array in RTL has the other",
                       systolic ? "systolic" : "multicast");
  if (machine.pe.pipeline_stages < mac.stages + 1)
    return fmt::format(
        "pe.pipeline_stages is {}; {} and an adder take {} stages in RTL: set it to at least that",
        machine.pe.pipeline_stages, machine.mac, mac.stages + 1);
  return too_large(machine, size);
}

std::string why_not(const LockStepPass& pass, const LockStepPlan& plan, const Machine& machine,
                    const LockStepRtlSize& size) {
  const PassProgram& p = pass.program;
  if (p.ifmap_words > kMostPosition || p.filter_words > kMostPosition)
    return fmt::format(
        "a PE uses streams of {} and {} words in a pass; positions in RTL have 16 "
        "bits, so at most {} are played",
        p.ifmap_words, p.filter_words, kMostPosition);
  for (const Counter& counter : p.counter) {
    if (counter.bound > kMostPosition)
      return fmt::format("a loop of a PE takes {} steps; counters in RTL have 16 bits",
                         counter.bound);
  }
  if (keeps_chains(machine) && plan.window_psums > 1)
    return fmt::format("a window has {} psums; {} keeps one chain, so it must be one",
                       plan.window_psums, machine.mac);
  const LockStepLoad load = load_lock_step(pass, plan, machine, true, size);
  std::int64_t lanes = plan.window_psums;
  for (const PsumPlaces& places : load.psums) {
    for (const PsumPlace& place : places.out) lanes = std::max(lanes, std::int64_t{place.lane} + 1);
  }
  const bool meets = machine.array.psum_route == PsumRoute::kColumn;
  const std::string large = first_above(
      {{meets ? "psums that climb a column together" : "psums of a window", lanes, size.lanes},
       {"ifmap words that PEs tell apart", static_cast<std::int64_t>(pass.offsets[0].size()),
        kMostNames}});
  if (!large.empty()) return large;
  return why_not_named(pass, plan, load, size.systolic);
}

}  // namespace orrery
