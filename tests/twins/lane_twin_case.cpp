#include "tests/twins/lane_twin_case.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "sim/random/rng.h"
#include "sim/sparse/run.h"
#include "tests/twins/arrays.h"
#include "workloads/network/widths.h"

namespace orrery::test {
namespace {

// What can be made smaller, and its least.
struct Number {
  const char* name;
  int LaneTwinCase::*at;
  int least;
};
constexpr Number kNumbers[]{{"int8", &LaneTwinCase::int8, 0},
                            {"lanes", &LaneTwinCase::lanes, 1},
                            {"queue_items", &LaneTwinCase::queue_items, 1},
                            {"latency", &LaneTwinCase::latency, 0},
                            {"stages", &LaneTwinCase::stages, 3},
                            {"index_bits", &LaneTwinCase::index_bits, 1},
                            {"psum_spad", &LaneTwinCase::psum_spad, 1},
                            {"ifmap_spad", &LaneTwinCase::ifmap_spad, 1},
                            {"shared_values", &LaneTwinCase::shared_values, 0},
                            {"filters", &LaneTwinCase::filters, 1},
                            {"walks_all", &LaneTwinCase::walks_all, 0},
                            {"batch", &LaneTwinCase::batch, 1},
                            {"groups", &LaneTwinCase::groups, 1},
                            {"ofmap_channels", &LaneTwinCase::ofmap_channels, 1},
                            {"channels", &LaneTwinCase::channels, 1},
                            {"planes", &LaneTwinCase::planes, 1},
                            {"taps", &LaneTwinCase::taps, 1},
                            {"ifmap_percent", &LaneTwinCase::ifmap_percent, 0},
                            {"filter_percent", &LaneTwinCase::filter_percent, 0},
                            {"run", &LaneTwinCase::run, 1}};

Machine machine_for(const LaneTwinCase& c) {
  const std::filesystem::path arch = std::filesystem::path(ORRERY_SOURCE_DIR) / "arch";
  static const Machine columns = read_machine(arch / "eie.yaml");
  static const Machine bricks = read_machine(arch / "cnvlutin.yaml");
  Machine m = c.columns ? columns : bricks;
  m.mac = c.int8 != 0 ? "mac_int8" : "mac_int16";
  m.numbers.operand_bits = c.int8 != 0 ? 8 : 16;
  m.numbers.product_bits = m.numbers.psum_bits = c.int8 != 0 ? 32 : 16;
  m.array.rows = c.lanes;
  m.array.cols = c.columns ? 1 : c.filters;
  m.pe.pipeline_stages = c.stages;
  m.pe.psum_spad_words = c.columns ? c.psum_spad : 0;
  m.pe.ifmap_spad_words = c.ifmap_spad;
  m.lanes.queue_items = c.queue_items;
  m.lanes.latency_cycles = c.latency;
  m.lanes.index_bits = c.index_bits;
  m.lanes.shared_values = c.shared_values == 1 ? 2 : c.shared_values;
  m.lanes.walks_input = c.walks_all == 0;
  return m;
}

Layer layer_for(const LaneTwinCase& c, const Machine& machine) {
  Layer layer;
  layer.name = "RANDOM";
  layer.input = c.walks_all != 0 ? "" : "BEFORE";
  layer.bounds = {c.groups, c.batch,  c.ofmap_channels, c.channels,
                  c.planes, c.planes, c.taps,           c.taps};
  layer.ifmap_rows = layer.ifmap_cols = c.planes + c.taps - 1;
  settle_widths(layer, machine.widths());
  return layer;
}

// Words of so many bits, of which so many percent, in runs, are not `zero`.
void fill(OperandTensor& tensor, int bits, int zero, int percent, int run, Rng& rng) {
  const int half = 1 << (bits - 1);
  bool zeros = false;
  for (std::size_t i = 0; i < tensor.data.size(); ++i) {
    if (i % static_cast<std::size_t>(run) == 0) zeros = rng.in(1, 100) > percent;
    int word = rng.in(0, 2 * half - 1) - half;
    if (word == zero) word = zero == half - 1 ? -half : zero + 1;
    tensor.data[i] = static_cast<std::int16_t>(zeros ? zero : word);
  }
}

}  // namespace

std::string text(const LaneTwinCase& c) {
  std::string all = fmt::format("LaneTwinCase{{.seed = {}, .columns = {}", c.seed, c.columns);
  for (const Number& n : kNumbers) all += fmt::format(", .{} = {}", n.name, c.*n.at);
  return all + "}";
}

LaneRtlSize size_for(const LaneTwinCase& c) {
  return small_lanes(c.int8 != 0 ? "mac_int8" : "mac_int16",
                     c.columns ? LaneWalk::kColumns : LaneWalk::kBricks);
}

LaneTwinCase random_lane_twin_case(std::uint64_t seed) {
  Rng rng(seed);
  LaneTwinCase c{.seed = seed, .columns = rng.in(0, 1) == 1, .int8 = rng.in(0, 1)};
  const LaneRtlSize size = size_for(c);
  c.lanes = rng.in(1, size.lanes);
  c.queue_items = rng.in(1, size.queue_items);
  c.latency = rng.in(0, 1) * rng.in(1, size.latency);
  c.stages = rng.in(3, size.stages);
  c.index_bits = rng.in(1, 4);
  c.psum_spad = rng.in(1, size.psums);
  c.ifmap_spad = rng.in(1, 64 / c.lanes);
  c.shared_values = rng.in(0, 1) * rng.in(2, size.values);
  c.filters = rng.in(1, size.filters);
  c.walks_all = c.columns ? 0 : rng.in(0, 4) == 0 ? 1 : 0;
  c.batch = rng.in(1, 2);
  c.groups = c.columns ? 1 : rng.in(1, 2);
  c.taps = rng.in(1, 3);
  c.planes = c.columns && c.taps > 1 ? 1 : rng.in(1, 3);
  c.ofmap_channels = rng.in(1, c.columns ? 40 : 12);
  c.channels = rng.in(1, c.columns ? 90 / (c.taps * c.taps) : 24);
  for (int* percent : {&c.ifmap_percent, &c.filter_percent})
    *percent = rng.in(0, 3) == 0 ? rng.in(0, 1) * 100 : rng.in(1, 99);
  c.run = rng.in(0, 1) == 1 ? 1 : rng.in(2, 9);
  return c;
}

LaneTwin::LaneTwin(const LaneTwinCase& c) : machine(machine_for(c)), layer(layer_for(c, machine)) {
  Rng rng(c.seed);
  const int bits = machine.numbers.operand_bits;
  if (c.int8 != 0) {
    layer.formats.ifmap_zero = rng.in(-128, 127);
    layer.formats.filter_zero = rng.in(-128, 127);
  } else {
    layer.product_shift = rng.in(0, 15);
  }
  in.ifmap.shape = ifmap_shape(layer);
  in.filter.shape = filter_shape(layer);
  in.bias.shape = {c.groups * c.ofmap_channels};
  for (OperandTensor* tensor : {&in.ifmap, &in.filter})
    tensor->data.resize(static_cast<std::size_t>(elements(tensor->shape)));
  in.bias.data.resize(static_cast<std::size_t>(elements(in.bias.shape)));
  fill(in.ifmap, bits, layer.formats.ifmap_zero, c.ifmap_percent, c.run, rng);
  fill(in.filter, bits, layer.formats.filter_zero, c.filter_percent, 1, rng);
  share_filter_values(machine, layer, in.filter);
}

LaneTwinCase shrink(LaneTwinCase c, const std::function<bool(const LaneTwinCase&)>& fails) {
  for (bool shrunk = true; shrunk;) {
    shrunk = false;
    for (const Number& n : kNumbers) {
      for (int step = c.*n.at - n.least; step > 0; step /= 2) {
        LaneTwinCase smaller = c;
        smaller.*n.at -= step;
        if (!fails(smaller)) continue;
        c = smaller;
        shrunk = true;
        break;
      }
    }
  }
  return c;
}

}  // namespace orrery::test
