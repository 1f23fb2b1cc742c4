// How many requests a second the controller of a DRAM channel plays: streams, random and mixed
// requests, by standard and policy, on one core.
//
//   build/test/tests/dram_bench
#include <benchmark/benchmark.h>

#include <random>
#include <string>

#include "sim/dram/run.h"

namespace orrery {
namespace {

constexpr int kRequests = 200'000;

enum class Pattern : std::uint8_t { kStream, kRandom, kMixed };

std::vector<DramRequest> requests(Pattern pattern) {
  std::mt19937_64 random(1);
  std::vector<DramRequest> all;
  for (std::uint64_t i = 0; i < kRequests; ++i) {
    const bool jump = pattern == Pattern::kRandom || (pattern == Pattern::kMixed && i % 4 == 0);
    const bool write = pattern != Pattern::kStream && random() % 3 == 0;
    all.push_back({0, jump ? random() % (std::uint64_t{1} << 32) : i * 64,
                   write ? DramKind::kWrite : DramKind::kRead});
  }
  return all;
}

void play(benchmark::State& state, const std::string& standard, const std::string& policy,
          Pattern pattern) {
  const std::string home = std::string(ORRERY_SOURCE_DIR) + "/arch/dram/";
  DramSetup setup;
  setup.standard = read_dram_standard(home + standard + ".yaml");
  setup.policy = read_dram_policy(home + "policies/" + policy + ".yaml");
  const std::vector<DramRequest> all = requests(pattern);
  for ([[maybe_unused]] const auto _ : state) {
    DramRun run(setup);
    for (const DramRequest& request : all) run.feed(request);
    benchmark::DoNotOptimize(run.finish());
  }
  state.counters["requests/s"] = benchmark::Counter(
      static_cast<double>(state.iterations()) * kRequests, benchmark::Counter::kIsRate);
}

BENCHMARK_CAPTURE(play, open_stream, "ddr4-2400", "open", Pattern::kStream);
BENCHMARK_CAPTURE(play, open_random, "ddr4-2400", "open", Pattern::kRandom);
BENCHMARK_CAPTURE(play, open_mixed, "ddr4-2400", "open", Pattern::kMixed);
BENCHMARK_CAPTURE(play, dramsim3_stream, "ddr4-2400", "dramsim3", Pattern::kStream);
BENCHMARK_CAPTURE(play, dramsim3_random, "ddr4-2400", "dramsim3", Pattern::kRandom);
BENCHMARK_CAPTURE(play, dramsim3_mixed, "ddr4-2400", "dramsim3", Pattern::kMixed);
BENCHMARK_CAPTURE(play, ramulator2_stream, "ddr4-2400", "ramulator2", Pattern::kStream);
BENCHMARK_CAPTURE(play, ramulator2_random, "ddr4-2400", "ramulator2", Pattern::kRandom);
BENCHMARK_CAPTURE(play, ramulator2_mixed, "ddr4-2400", "ramulator2", Pattern::kMixed);
BENCHMARK_CAPTURE(play, lpddr4_closed_random, "lpddr4-3200", "closed", Pattern::kRandom);

}  // namespace
}  // namespace orrery

BENCHMARK_MAIN();
