// How many PE-cycles a second the RTL array plays, beside the C++ array: the first pass of
// AlexNet's CONV3 under each dataflow, with values, on one core. Compiles the array when it is not
// there yet.
//
//   build/test/tests/rtl_array_bench
#include <benchmark/benchmark.h>

#include <iostream>
#include <random>
#include <string>

#include "dataflows/all.h"
#include "sim/rtl/plugin.h"
#include "sim/rtl/rtl_array.h"
#include "sim/schedule/walk.h"
#include "workloads/network/network.h"

namespace orrery {
namespace {

const std::string kHome = ORRERY_SOURCE_DIR;

template <class Word>
std::vector<Word> random_words(std::int64_t n) {
  std::mt19937 random(1);
  std::vector<Word> words(static_cast<std::size_t>(n));
  for (Word& w : words) w = static_cast<Word>(random() % 4096);
  return words;
}

// The pass with its tiles.
struct FirstPass {
  explicit FirstPass(const std::string& dataflow) {
    layer = select(read_network(kHome + "/workloads/alexnet"), 4, {"CONV3"}).layers.front();
    const Mapping mapping = find_dataflow(dataflow)->map(layer, machine);
    Walk walk(layer, mapping, machine);
    Step step;
    walk.next(step);
    std::array<TileLayout, kTensors> layout;
    for (const Tensor t : kAllTensors) layout[index(t)] = tile_layout(layer, step.pass, t);
    ifmap = random_words<std::int16_t>(layout[0].size());
    filter = random_words<std::int16_t>(layout[1].size());
    psum = random_words<std::int32_t>(layout[2].size());
    pass = compile_pass(layer, machine, mapping, step.pass, layout);
  }
  PassTiles tiles() {
    return {.ifmap = ifmap.data(), .filter = filter.data(), .psum = psum.data()};
  }

  const Machine machine = read_machine(kHome + "/arch/eyeriss.yaml");
  Layer layer;
  Pass pass;
  std::vector<std::int16_t> ifmap, filter;
  std::vector<std::int32_t> psum;
};

void count(benchmark::State& state, const Pass& pass, std::int64_t cycles) {
  state.counters["cycles"] = static_cast<double>(cycles);
  state.counters["pe_cycles/s"] =
      benchmark::Counter(static_cast<double>(cycles) * static_cast<double>(pass.pes.size()) *
                             static_cast<double>(state.iterations()),
                         benchmark::Counter::kIsRate);
}

void play_cpp(benchmark::State& state, const std::string& dataflow) {
  FirstPass first(dataflow);
  Array array(first.machine);
  for ([[maybe_unused]] const auto _ : state) {
    array.start(first.pass, first.machine.registers(first.layer), first.tiles());
    array.play();
  }
  count(state, first.pass, array.record().cycles);
}

void play_rtl(benchmark::State& state, const std::string& dataflow) {
  FirstPass first(dataflow);
  const RtlShape shape = shape_of(first.machine);
  const auto say = [](const std::string& sentence) { std::cerr << sentence << '\n'; };
  const RtlPlugin plugin(built_plugin(shape, RtlExtras::kNone, {kHome, ORRERY_ARRAYS_DIR}, say));
  const auto module = plugin.make();
  RtlArray array(first.machine, first.machine.registers(first.layer), shape, *module);
  const RtlPass pass = plan_rtl_pass(first.machine, shape, first.pass);
  std::int64_t cycles = 0;
  for ([[maybe_unused]] const auto _ : state) {
    array.start(pass, first.tiles());
    array.play();
    cycles = array.take_record()->cycles;
  }
  count(state, first.pass, cycles);
}

void list_benchmarks() {
  for (const std::string dataflow : {"rs", "ws", "os", "nlr"}) {
    benchmark::RegisterBenchmark(("cpp/" + dataflow).c_str(), play_cpp, dataflow);
    benchmark::RegisterBenchmark(("rtl/" + dataflow).c_str(), play_rtl, dataflow)
        ->Unit(benchmark::kMillisecond);
  }
}

}  // namespace
}  // namespace orrery

int main(int argc, char** argv) {
  orrery::list_benchmarks();
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
