// The fast engine: layer points a second over a sweep, and how much quicker than the SystemC engine
// it is, layer by layer.
//
//   ./orrery bench sweep
#include <benchmark/benchmark.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "dataflows/row_stationary.h"
#include "sim/cycle/engine.h"
#include "sim/fast/engine.h"
#include "sim/fast/pass_memory.h"
#include "workloads/network/network.h"
#include "workloads/network/widths.h"
#include "workloads/tensor/operands.h"

namespace orrery {
namespace {

const std::filesystem::path kRoot = ORRERY_SOURCE_DIR;

// A convolution of ResNet-50, or one of its fully connected layer's size.
Layer resnet(int channels, int filters, int ofmap, int kernel, int stride) {
  Layer layer;
  layer.name = "resnet";
  layer.bounds = {1, 1, filters, channels, ofmap, ofmap, kernel, kernel};
  layer.stride_rows = layer.stride_cols = stride;
  layer.pad_top = layer.pad_bottom = layer.pad_left = layer.pad_right = kernel / 2;
  layer.ifmap_rows = layer.ifmap_cols = (ofmap - 1) * stride + 1;
  return layer;
}

std::vector<Layer> layers() {
  std::vector<Layer> out = at_widths(select(read_network(kRoot / "workloads/alexnet"), 1, {}),
                                     read_machine(kRoot / "arch/eyeriss.yaml").widths())
                               .layers;
  std::erase_if(out, [](const Layer& l) { return l.kind == LayerKind::kPool; });
  struct Stage {
    int width, ofmap;
  };
  for (const Stage& s : {Stage{64, 56}, Stage{128, 28}, Stage{256, 14}, Stage{512, 7}}) {
    out.push_back(resnet(s.width, s.width, s.ofmap, 3, 1));
    out.push_back(resnet(s.width, 4 * s.width, s.ofmap, 1, 1));
    out.push_back(resnet(4 * s.width, s.width, s.ofmap, 1, 1));
  }
  return out;
}

// Buffers, arrays and buses, each with each.
std::vector<Machine> machines() {
  std::vector<Machine> out;
  const Machine eyeriss = read_machine(kRoot / "arch/eyeriss.yaml");
  for (const int banks : {13, 25, 38, 50, 75, 100}) {
    for (const auto& [rows, cols] : {std::pair{12, 14}, {12, 16}, {16, 16}, {12, 28}}) {
      for (const int link : {2, 4, 8}) {
        for (const int bus : {2, 4}) {
          Machine m = eyeriss;
          m.levels[0].stores[0].banks = banks;
          m.array.rows = rows;
          m.array.cols = cols;
          m.dma.words_per_cycle = link;
          m.noc.filter.words_per_cycle = bus;
          out.push_back(m);
        }
      }
    }
  }
  return out;
}

struct Point {
  const Machine* machine;
  const Layer* layer;
  Mapping mapping;
};

std::vector<Point> points(const std::vector<Machine>& designs, const std::vector<Layer>& all) {
  std::vector<Point> out;
  for (const Machine& machine : designs) {
    for (const Layer& layer : all)
      out.push_back({&machine, &layer, row_stationary(layer, machine)});
  }
  return out;
}

// From an empty memory of passes; with the search of a mapping for each point, or without.
void sweep(benchmark::State& state, bool maps) {
  const std::vector<Layer> all = layers();
  const std::vector<Machine> designs = machines();
  std::vector<Point> given = points(designs, all);
  for ([[maybe_unused]] const auto _ : state) {
    PassMemory memory;
    if (maps) given = points(designs, all);
    for (const Point& p : given) {
      const LayerResult result = run_layer_fast(*p.machine, *p.layer, p.mapping,
                                                {.progress = {}, .folds = true, .memory = &memory});
      benchmark::DoNotOptimize(result.cycles);
    }
  }
  state.counters["points/s"] = benchmark::Counter(
      static_cast<double>(given.size()) * static_cast<double>(state.iterations()),
      benchmark::Counter::kIsRate);
}
BENCHMARK_CAPTURE(sweep, of_mappings_at_hand, false)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(sweep, with_the_search_of_mappings, true)->Unit(benchmark::kMillisecond);

double seconds(auto run) {
  const auto begin = std::chrono::steady_clock::now();
  run();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

void both_engines(benchmark::State& state, const std::string& name) {
  const Machine machine = read_machine(kRoot / "arch/eyeriss.yaml");
  const Layer layer =
      at_widths(select(read_network(kRoot / "workloads/alexnet"), 4, {name}), machine.widths())
          .layers.front();
  const Mapping mapping = row_stationary(layer, machine);
  const Operands in = synthetic_operands(layer, 1, machine.numbers.psum_bits);
  RunOptions options;
  options.check = false;
  double fast = 0, cycle = 0;
  for ([[maybe_unused]] const auto _ : state) {
    cycle += seconds([&] { run_layer(machine, layer, mapping, in, options); });
    fast += seconds([&] { run_layer_fast(machine, layer, mapping); });
  }
  const auto runs = static_cast<double>(state.iterations());
  state.counters["fast_ms"] = 1e3 * fast / runs;
  state.counters["cycle_ms"] = 1e3 * cycle / runs;
  state.counters["ratio"] = cycle / fast;
}
BENCHMARK_CAPTURE(both_engines, CONV1, "CONV1")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(both_engines, CONV2, "CONV2")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(both_engines, CONV3, "CONV3")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(both_engines, CONV4, "CONV4")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(both_engines, CONV5, "CONV5")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(both_engines, FC6, "FC6")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(both_engines, FC7, "FC7")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(both_engines, FC8, "FC8")->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace orrery

BENCHMARK_MAIN();
