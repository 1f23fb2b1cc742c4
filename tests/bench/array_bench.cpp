// How many PE-cycles a second the array plays: the passes of AlexNet's CONV layers and of FC7 under
// their shipped or automatic mappings, with and without values, on one core.
//
//   build/test/tests/array_bench
#include <benchmark/benchmark.h>

#include <random>
#include <string>

#include "dataflows/row_stationary.h"
#include "sim/machine/array.h"
#include "sim/schedule/walk.h"
#include "workloads/network/network.h"

namespace orrery {
namespace {

const std::string kHome = ORRERY_SOURCE_DIR;

Mapping mapping_of(const Layer& layer, const Machine& machine) {
  for (const NamedMapping& m :
       read_mappings(kHome + "/workloads/alexnet/mappings/eyeriss-table3.yaml")) {
    if (m.layer == layer.name) return m.mapping;
  }
  return row_stationary(layer, machine);
}

template <class Word>
std::vector<Word> random_words(std::int64_t n, double zeros) {
  std::mt19937 random(1);
  std::vector<Word> words(static_cast<std::size_t>(n));
  for (Word& w : words)
    w = static_cast<double>(random() % 1000) < zeros * 1000 ? Word{0}
                                                            : static_cast<Word>(random() % 4096);
  return words;
}

enum class Values : std::uint8_t { kOn, kOff };

void play_first_pass(benchmark::State& state, const std::string& name, Values values) {
  const Machine machine = read_machine(kHome + "/arch/eyeriss.yaml");
  const Layer layer = select(read_network(kHome + "/workloads/alexnet"), 4, {name}).layers.front();
  const Mapping mapping = mapping_of(layer, machine);
  Walk walk(layer, mapping, machine);
  Step step;
  walk.next(step);
  std::array<TileLayout, kTensors> layout;
  for (const Tensor t : kAllTensors) layout[index(t)] = tile_layout(layer, step.tile[index(t)], t);
  const auto ifmap = random_words<std::int16_t>(layout[0].size(), layer.ifmap_zeros);
  const auto filter = random_words<std::int16_t>(layout[1].size(), 0);
  auto psum = random_words<std::int32_t>(layout[2].size(), 0);
  const Pass pass = compile_pass(layer, machine, mapping, step.pass, layout);
  PassTiles tiles;
  if (values == Values::kOn)
    tiles = {.ifmap = ifmap.data(), .filter = filter.data(), .psum = psum.data()};
  Array array(machine);
  std::int64_t cycles = 0;
  for ([[maybe_unused]] const auto _ : state) {
    array.start(pass, machine.registers(layer), tiles);
    array.play();
    cycles += array.record().cycles;
  }
  state.counters["pe_cycles/s"] =
      benchmark::Counter(static_cast<double>(cycles * machine.pes()), benchmark::Counter::kIsRate);
  state.counters["cycles"] = static_cast<double>(array.record().cycles);
}

BENCHMARK_CAPTURE(play_first_pass, CONV1, "CONV1", Values::kOn);
BENCHMARK_CAPTURE(play_first_pass, CONV2, "CONV2", Values::kOn);
BENCHMARK_CAPTURE(play_first_pass, CONV3, "CONV3", Values::kOn);
BENCHMARK_CAPTURE(play_first_pass, CONV5, "CONV5", Values::kOn);
BENCHMARK_CAPTURE(play_first_pass, FC7, "FC7", Values::kOn);
BENCHMARK_CAPTURE(play_first_pass, CONV1_without_values, "CONV1", Values::kOff);
BENCHMARK_CAPTURE(play_first_pass, CONV2_without_values, "CONV2", Values::kOff);
BENCHMARK_CAPTURE(play_first_pass, CONV3_without_values, "CONV3", Values::kOff);
BENCHMARK_CAPTURE(play_first_pass, CONV5_without_values, "CONV5", Values::kOff);
BENCHMARK_CAPTURE(play_first_pass, FC7_without_values, "FC7", Values::kOff);

}  // namespace
}  // namespace orrery

BENCHMARK_MAIN();
