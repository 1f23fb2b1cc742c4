// The engine against counts found by enumeration, and against the identities of its own figures.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <numeric>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "arch/machine/fields_of_machine.h"
#include "sim/cycle/engine.h"
#include "tests/cycle/random_case.h"
#include "tests/laws/expect_counts.h"

namespace orrery::test {
namespace {

std::uint64_t at(const LayerResult& r, Stall s) { return r.stalls[static_cast<std::size_t>(s)]; }
std::uint64_t at(const LayerResult& r, PeState s) {
  return r.pe_cycles[static_cast<std::size_t>(s)];
}
template <class Figures>
std::uint64_t sum(const Figures& figures) {
  return std::accumulate(figures.begin(), figures.end(), std::uint64_t{0});
}

// What does not hang on how long anything takes.
void expect_identities(const LayerResult& r, const Case& c, const Expected& expected) {
  using enum Action;
  EXPECT_EQ(r.macs, static_cast<std::uint64_t>(c.layer.macs()));
  EXPECT_EQ(r.macs, r.counts[mac_none_compute] + r.counts[mac_none_gate]);
  EXPECT_EQ(r.macs_gated, r.counts[mac_none_gate]);
  if (c.machine.array.delivery == Delivery::kMulticast) {
    // A neighbour hands a word to one PE.
    EXPECT_EQ(r.counts[spad_ifmap_fill], r.counts[noc_ifmap_delivery] + r.counts[noc_ifmap_hop]);
    EXPECT_EQ(r.counts[spad_filter_fill], r.counts[noc_filter_delivery]);
  }
  EXPECT_EQ(r.counts[glb_filter_array_read], r.counts[noc_filter_bus_word]);
  EXPECT_EQ(r.counts[dram_psum_read], r.counts[dram_psum_write]);
  const double ratio = c.machine.clocks.core_mhz / c.machine.controller.setup_mhz;
  const auto set_up =
      static_cast<std::uint64_t>(std::ceil(c.machine.controller.setup_bits * ratio - 1e-6));
  EXPECT_EQ(at(r, Stall::kSetup), expected.configurations * set_up);
}

void expect_cycles(const LayerResult& r, const Case& c, const Expected& expected) {
  EXPECT_EQ(r.cycles, r.pass_cycles + sum(r.stalls));
  EXPECT_EQ(r.processing_cycles, r.pass_cycles + at(r, Stall::kFilterLoad));
  EXPECT_EQ(at(r, PeState::kMac), r.macs + r.counts[Action::pool_none_compute]);
  EXPECT_EQ(r.steps, expected.steps);
  EXPECT_GE(r.pass_cycles, r.steps);
  // With one adder a merge takes a slot of its own; with two it rides along.
  const std::uint64_t merges = c.machine.pe.adders == 1 ? expected.psums_leaving_pes : 0;
  EXPECT_EQ(at(r, PeState::kMerge), merges);
  if (expected.passes_are_equally_full) {
    EXPECT_EQ(sum(r.pe_cycles), r.pass_cycles * static_cast<std::uint64_t>(expected.active_pes));
  }
}

void expect_equal(const LayerResult& a, const LayerResult& b) {
  EXPECT_EQ(a.cycles, b.cycles);
  EXPECT_EQ(a.stalls, b.stalls);
  EXPECT_EQ(a.pe_cycles, b.pe_cycles);
  EXPECT_EQ(a.counts, b.counts);
  EXPECT_EQ(a.ofmap_sha256, b.ofmap_sha256);
}

LayerResult expect_lawful(const Case& c) {
  LayerResult r = run_layer(c.machine, c.layer, c.mapping, c.in);
  EXPECT_EQ(r.check, Check::kEqual) << r.difference;
  const Expected expected = expected_counts(c.machine, c.layer, c.mapping, c.in);
  expect_counts(r, expected);
  expect_identities(r, c, expected);
  expect_cycles(r, c, expected);
  expect_equal(r, run_layer(c.machine, c.layer, c.mapping, c.in));
  return r;
}

// Some nests, and some orders of the buses, let PEs drift further apart than the FIFOs of so small
// a machine allow. The run says so; they are rare.
bool can_never_end(const InputError& error) {
  return std::string_view(error.what()).find("the pass can never end") != std::string_view::npos;
}

// What a machine has, in words; pace and route stand in one.
std::vector<std::string> features(const Case& c) {
  const Machine& m = c.machine;
  const Store& filters = m.store_of(Tensor::kFilter);
  std::vector<std::string> all{fmt::format("{} {}{}", enum_name(m.array.pace),
                                           enum_name(m.array.psum_route),
                                           m.accumulates_at_store() ? " accumulates" : "")};
  const auto serves = [&](BusOrder order) {
    return std::ranges::any_of(std::array{m.noc.ifmap, m.noc.filter, m.noc.psum_in, m.noc.psum_out},
                               [&](const Bus& bus) { return bus.order == order; });
  };
  for (const auto& [name, has] : {std::pair{"systolic", m.array.delivery == Delivery::kSystolic},
                                  {"places reversed", serves(BusOrder::kStepReversed)},
                                  {"PE after PE", serves(BusOrder::kPe)},
                                  {"shadow", m.array.shadow_filters},
                                  {"pipelined", m.array.pipelined},
                                  {"fifo_h", m.pe.fifo_h_words > 0},
                                  {"fifo_v", m.pe.fifo_v_words > 0},
                                  {"pooling", c.layer.kind == LayerKind::kPool},
                                  {"queue of ifmaps", m.store_of(Tensor::kIfmap).prefetches()},
                                  {"queue of filters", filters.prefetch_tiles > 1},
                                  {"whole tiles", filters.tile_words > 0},
                                  {"transfers side by side", m.dma.outstanding > 1}}) {
    if (has) all.emplace_back(name);
  }
  return all;
}

TEST(Counts, AreThoseOfAnEnumerationOfTheNest) {
  const std::uint64_t cases = std::getenv("ORRERY_ALL") != nullptr ? 40000 : 4000;
  std::uint64_t stuck = 0;
  std::map<std::string, std::uint64_t> met;
  for (std::uint64_t seed = 1; seed <= cases && !HasFailure(); ++seed) {
    const Case c = random_case(seed);
    for (const std::string& feature : features(c)) ++met[feature];
    try {
      const LayerResult r = expect_lawful(c);
      const bool multicast = c.machine.array.delivery == Delivery::kMulticast;
      if (multicast && r.counts[Action::noc_ifmap_hop] > 0) ++met["words from neighbours"];
    } catch (const InputError& error) {
      if (!can_never_end(error)) ADD_FAILURE() << error.what();
      ++stuck;
    }
    if (HasFailure()) ADD_FAILURE() << c.text;
  }
  EXPECT_LE(stuck * 100, cases);
  // Spilled psums always meet in the store; otherwise it may add or not. Either pace has all seven.
  EXPECT_EQ(met.size(), 2u * 7u + 13u);
  for (const auto& [feature, times] : met) EXPECT_GT(times * 100, cases) << feature;
  RecordProperty("stuck", std::to_string(stuck));
}

}  // namespace
}  // namespace orrery::test
