// How long it takes to compile a pass, and to search the row-stationary mapping of a layer: AlexNet
// at batch 4, on one core.
//
//   build/test/tests/compile_bench
#include <benchmark/benchmark.h>

#include <string>

#include "dataflows/all.h"
#include "dataflows/pass/pass.h"
#include "sim/schedule/walk.h"
#include "workloads/network/network.h"

namespace orrery {
namespace {

const std::string kHome = ORRERY_SOURCE_DIR;

Layer layer_of(const std::string& name) {
  return select(read_network(kHome + "/workloads/alexnet"), 4, {name}).layers.front();
}

using MapLayer = Mapping (*)(const Layer&, const Machine&);

void compile_first_pass(benchmark::State& state, const std::string& file, const std::string& name,
                        MapLayer map) {
  const Machine machine = read_machine(kHome + "/arch/" + file + ".yaml");
  const Layer layer = layer_of(name);
  const Mapping mapping = map(layer, machine);
  Walk walk(layer, mapping, machine);
  Step step;
  walk.next(step);
  std::array<TileLayout, kTensors> layout;
  for (const Tensor t : kAllTensors) layout[index(t)] = tile_layout(layer, step.tile[index(t)], t);
  Pass pass;
  for ([[maybe_unused]] const auto _ : state) {
    pass = compile_pass(layer, machine, mapping, step.pass, layout);
    benchmark::DoNotOptimize(pass);
  }
  state.counters["packets"] = static_cast<double>(pass.ifmap.packets() + pass.filter.packets() +
                                                  pass.psum_in.packets() + pass.psum_out.packets());
}

void search(benchmark::State& state, const std::string& name) {
  const Machine machine = read_machine(kHome + "/arch/eyeriss.yaml");
  const Layer layer = layer_of(name);
  for ([[maybe_unused]] const auto _ : state) {
    Mapping mapping = row_stationary(layer, machine);
    benchmark::DoNotOptimize(mapping);
  }
}

BENCHMARK_CAPTURE(compile_first_pass, CONV1, "eyeriss", "CONV1", row_stationary);
BENCHMARK_CAPTURE(compile_first_pass, CONV2, "eyeriss", "CONV2", row_stationary);
BENCHMARK_CAPTURE(compile_first_pass, CONV3, "eyeriss", "CONV3", row_stationary);
BENCHMARK_CAPTURE(compile_first_pass, FC6, "eyeriss", "FC6", row_stationary);
BENCHMARK_CAPTURE(compile_first_pass, CONV3_ws, "eyeriss", "CONV3", fit_pattern<weight_stationary>);
BENCHMARK_CAPTURE(compile_first_pass, CONV3_nlr, "eyeriss", "CONV3", fit_pattern<no_local_reuse>);

BENCHMARK_CAPTURE(search, CONV1, "CONV1");
BENCHMARK_CAPTURE(search, CONV2, "CONV2");
BENCHMARK_CAPTURE(search, CONV3, "CONV3");
BENCHMARK_CAPTURE(search, FC6, "FC6");
BENCHMARK_CAPTURE(search, FC7, "FC7");
BENCHMARK_CAPTURE(search, FC8, "FC8");

}  // namespace
}  // namespace orrery

BENCHMARK_MAIN();
