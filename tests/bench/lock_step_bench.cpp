// How many PE-cycles a second the array in lock step plays: a pass of TPU v1 on a whole filter
// tile, and the first passes of AlexNet layers on each machine in lock step, values included, on
// one core.
//
//   build/test/tests/lock_step_bench
#include <benchmark/benchmark.h>

#include <random>
#include <string>

#include "dataflows/all.h"
#include "sim/machine/lock_step.h"
#include "sim/schedule/walk.h"
#include "workloads/network/network.h"
#include "workloads/network/widths.h"

namespace orrery {
namespace {

const std::string kHome = ORRERY_SOURCE_DIR;

template <class Word>
std::vector<Word> random_words(std::int64_t n) {
  std::mt19937 random(1);
  std::vector<Word> words(static_cast<std::size_t>(n));
  for (Word& w : words) w = static_cast<Word>(random() % 64);
  return words;
}

void play(benchmark::State& state, const Machine& machine, const Layer& layer) {
  const Mapping mapping = find_dataflow(machine.native)->map(layer, machine);
  Walk walk(layer, mapping, machine);
  Step step;
  walk.next(step);
  std::array<TileLayout, kTensors> layout;
  for (const Tensor t : kAllTensors) layout[index(t)] = tile_layout(layer, step.tile[index(t)], t);
  const auto ifmap = random_words<std::int16_t>(layout[0].size());
  const auto filter = random_words<std::int16_t>(layout[1].size());
  auto psum = random_words<std::int32_t>(layout[2].size());
  const LockStepPlan plan =
      plan_lock_step(compile_lock_step(layer, machine, mapping, step.pass, layout),
                     PeWork::kMultiply, machine, {});
  LockStepArray array(machine);
  std::int64_t at = 0, begun = 0, cycles = 0;
  for ([[maybe_unused]] const auto _ : state) {
    at = array
             .play(plan, PeWork::kMultiply, machine.registers(layer),
                   {.ifmap = ifmap.data(), .filter = filter.data(), .psum = psum.data()}, at, at)
             .handed;
    cycles += at - begun;
    begun = at;
  }
  state.counters["pe_cycles/s"] =
      benchmark::Counter(static_cast<double>(cycles * machine.pes()), benchmark::Counter::kIsRate);
  state.counters["steps"] = static_cast<double>(plan.steps.size());
}

// 2048 rows on 256 x 256 words.
void play_matrix(benchmark::State& state) {
  Layer layer;
  layer.name = "matrix";
  layer.kind = LayerKind::kGemm;
  layer.operand_bits = 8;
  layer.bounds = {1, 1, 256, 256, 2048, 1, 1, 1};
  layer.ifmap_rows = 2048;
  play(state, read_machine(kHome + "/arch/tpu_v1.yaml"), layer);
}

void play_layer(benchmark::State& state, const std::string& machine, const std::string& name) {
  const Machine m = read_machine(kHome + "/arch/" + machine + ".yaml");
  Network network = select(read_network(kHome + "/workloads/alexnet"), 1, {name});
  network = at_widths(std::move(network), m.widths());
  play(state, m, network.layers.front());
}

BENCHMARK(play_matrix);
BENCHMARK_CAPTURE(play_layer, tpu_v1_CONV3, "tpu_v1", "CONV3");
BENCHMARK_CAPTURE(play_layer, shidiannao_CONV3, "shidiannao", "CONV3");
BENCHMARK_CAPTURE(play_layer, diannao_CONV3, "diannao", "CONV3");

}  // namespace
}  // namespace orrery

BENCHMARK_MAIN();
