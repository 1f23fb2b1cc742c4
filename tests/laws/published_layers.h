// Layers given by their shape, and runs of them, for tests against published arithmetic.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <ostream>
#include <string>

#include "dataflows/all.h"
#include "sim/cycle/engine.h"
#include "workloads/network/widths.h"
#include "workloads/tensor/operands.h"

namespace orrery::test {

inline const std::filesystem::path kRoot = ORRERY_SOURCE_DIR;

inline Machine machine_named(const std::string& name) {
  return read_machine(kRoot / "arch" / (name + ".yaml"));
}

// A convolution without padding.
struct Shape {
  int groups = 1, images = 1, m = 1, c = 1, p = 1, q = 1, r = 1, s = 1, stride = 1;
};

inline std::ostream& operator<<(std::ostream& out, const Shape& x) {
  return out << fmt::format("G {} N {} M {} C {} P {} Q {} R {} S {} stride {}", x.groups, x.images,
                            x.m, x.c, x.p, x.q, x.r, x.s, x.stride);
}

inline Layer at_widths_of(const Machine& m, Layer layer) {
  layer.unstated = {.operand_bits = true, .product_shift = true, .requant_shift = true};
  settle_widths(layer, m.widths());
  return layer;
}

inline Layer layer_of(const Shape& x, const Machine& m) {
  Layer layer;
  layer.name = "layer";
  layer.bounds = {x.groups, x.images, x.m, x.c, x.p, x.q, x.r, x.s};
  layer.stride_rows = layer.stride_cols = x.stride;
  layer.ifmap_rows = (x.p - 1) * x.stride + x.r;
  layer.ifmap_cols = (x.q - 1) * x.stride + x.s;
  return at_widths_of(m, layer);
}

// Runs it and compares the ofmap with the golden reference.
inline LayerResult play(const Machine& m, const Layer& layer, const Mapping& mapping) {
  const std::string misfit = check(mapping, layer, m);
  EXPECT_EQ(misfit, "");
  LayerResult r = run_layer(m, layer, mapping, synthetic_operands(layer, 1, m.numbers.psum_bits));
  EXPECT_EQ(r.check, Check::kEqual) << r.difference;
  return r;
}

inline LayerResult play(const Machine& m, const Shape& x, const char* dataflow) {
  const Layer layer = layer_of(x, m);
  return play(m, layer, find_dataflow(dataflow)->map(layer, m));
}

inline std::uint64_t ceil_div(int a, int b) { return static_cast<std::uint64_t>((a + b - 1) / b); }

inline std::uint64_t product(std::initializer_list<int> factors) {
  std::uint64_t all = 1;
  for (const int f : factors) all *= static_cast<std::uint64_t>(f);
  return all;
}

// Steps of DianNao (Chen et al., ASPLOS 2014; its loop nest as in Timeloop's DianNao
// configuration): for each pixel and 16 neurons, a step for each tap and 16 synapses.
inline std::uint64_t diannao_steps(const Shape& x) {
  return product({x.groups, x.images, x.p, x.q, x.r, x.s}) * ceil_div(x.m, 16) * ceil_div(x.c, 16);
}

}  // namespace orrery::test
