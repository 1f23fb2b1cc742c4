#include "tests/fast/same.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "sim/cycle/engine.h"
#include "tests/fast/shrink.h"
#include "workloads/tensor/operands.h"

namespace orrery::test {
namespace {

std::string differ(std::string_view figure, std::uint64_t fast, std::uint64_t cycle) {
  if (fast == cycle) return {};
  return fmt::format("{}: fast {}, SystemC {}; ", figure, fast, cycle);
}

template <class Names, class Figures>
std::string differ_in(const Names& names, const Figures& fast, const Figures& cycle) {
  std::string out;
  for (std::size_t i = 0; i < names.size(); ++i) out += differ(names[i], fast[i], cycle[i]);
  return out;
}

std::string differ_in_memory(const std::optional<DramUse>& fast,
                             const std::optional<DramUse>& cycle) {
  if (fast == cycle) return {};
  if (!fast || !cycle) return "a memory in one alone; ";
  std::string out = differ("DRAM reads", fast->reads, cycle->reads);
  out += differ("DRAM writes", fast->writes, cycle->writes);
  out += differ("row hits", fast->hits, cycle->hits);
  out += differ("row misses", fast->misses, cycle->misses);
  out += differ("row conflicts", fast->conflicts, cycle->conflicts);
  out += differ("activates", fast->activates, cycle->activates);
  out += differ("refreshes", fast->refreshes, cycle->refreshes);
  return out.empty() ? "seconds or energy of DRAM; " : out;
}

}  // namespace

std::string difference(const LayerResult& fast, const LayerResult& cycle) {
  std::string out = differ("cycles", fast.cycles, cycle.cycles);
  out += differ("processing_cycles", fast.processing_cycles, cycle.processing_cycles);
  out += differ("pass_cycles", fast.pass_cycles, cycle.pass_cycles);
  out += differ("passes", fast.passes, cycle.passes);
  out += differ("steps", fast.steps, cycle.steps);
  out += differ("macs", fast.macs, cycle.macs);
  out += differ("macs_gated", fast.macs_gated, cycle.macs_gated);
  out += differ_in(kStallNames, fast.stalls, cycle.stalls);
  out += differ_in(kPeStateNames, fast.pe_cycles, cycle.pe_cycles);
  out += differ_in(kBeforeMacNames, fast.before_mac, cycle.before_mac);
  for (std::size_t i = 0; i < kActions.size(); ++i) {
    const ActionName& a = kActions[i];
    out += differ(fmt::format("{} {} {}", a.structure, a.tensor, a.action), fast.counts.value[i],
                  cycle.counts.value[i]);
  }
  out += differ_in_memory(fast.dram, cycle.dram);
  if (fast.active_pes != cycle.active_pes || fast.active_pes_mean != cycle.active_pes_mean ||
      fast.utilization != cycle.utilization || fast.latency_ms != cycle.latency_ms ||
      fast.processing_ms != cycle.processing_ms || fast.reduction != cycle.reduction)
    out += "active PEs, utilization, times or reduction; ";
  return out;
}

namespace {

template <class Run>
std::string mistake_of(Run run, LayerResult& result) {
  try {
    result = run();
  } catch (const InputError& error) {
    return error.what();
  }
  return {};
}

}  // namespace

LayerResult folded(const EngineCase& c) { return run_layer_fast(c.machine, c.layer, c.mapping); }

LayerResult unfolded(const EngineCase& c) {
  return run_layer_fast(c.machine, c.layer, c.mapping,
                        {.progress = {}, .folds = false, .memory = nullptr});
}

std::string difference_of_engines(EngineCase c, const FastEngine& fast) {
  if (c.machine.mac == "mac_zero_gated") c.machine.mac = "mac_int16";
  const Operands in = synthetic_operands(c.layer, 1, c.machine.numbers.psum_bits);
  RunOptions options;
  options.check = false;
  LayerResult ours, cycle;
  const std::string stopped =
      mistake_of([&] { return run_layer(c.machine, c.layer, c.mapping, in, options); }, cycle);
  const std::string also = mistake_of([&] { return fast(c); }, ours);
  if (stopped != also) return fmt::format("fast: '{}', SystemC: '{}'", also, stopped);
  return stopped.empty() ? difference(ours, cycle) : std::string();
}

void expect_same(const EngineCase& c, const FastEngine& fast) {
  const auto differs = [&](const EngineCase& smaller) {
    return !difference_of_engines(smaller, fast).empty();
  };
  if (!differs(c)) return;
  const Node smallest = shrink(document(c), differs);
  ADD_FAILURE() << difference_of_engines(read_case(smallest), fast)
                << "\nthe smallest case, for a file of tests/fast/cases:\n"
                << to_text(smallest);
}

std::string difference_of_memory(const Machine& machine, const Layer& layer, const Mapping& mapping,
                                 PassMemory& memory) {
  LayerResult with, without;
  const auto run = [&](PassMemory* given) {
    return run_layer_fast(machine, layer, mapping,
                          {.progress = {}, .folds = true, .memory = given});
  };
  const std::string stopped = mistake_of([&] { return run(nullptr); }, without);
  const std::string also = mistake_of([&] { return run(&memory); }, with);
  if (stopped != also) return fmt::format("with '{}', without '{}'", also, stopped);
  return stopped.empty() ? difference(with, without) : std::string();
}

}  // namespace orrery::test
