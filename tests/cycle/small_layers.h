// Small layers and machines for tests of the engine.
#pragma once

#include <string>
#include <vector>

#include "arch/machine/machine.h"
#include "dataflows/mapping/mapping.h"

namespace orrery::test {

inline Machine machine_named(const std::string& name) {
  return read_machine(std::string(ORRERY_SOURCE_DIR) + "/arch/" + name + ".yaml");
}

// A convolution without padding, of 8-bit operands.
inline Layer conv(std::array<int, kDims> bounds) {
  Layer layer;
  layer.name = "conv";
  layer.bounds = bounds;  // G N M C P Q R S
  layer.ifmap_rows = layer.bound(Dim::kP) + layer.bound(Dim::kR) - 1;
  layer.ifmap_cols = layer.bound(Dim::kQ) + layer.bound(Dim::kS) - 1;
  layer.operand_bits = 8;
  // Synthetic products have at most 12 bits; ofmap words seldom saturate, so they show every psum.
  layer.post.bias = false;
  layer.post.requant_shift = 6;
  return layer;
}

// Everything in one PE, but for what `outside` cuts; the filters stream through the GLB.
inline Mapping in_one_pe(std::vector<Loop> outside = {}) {
  using enum Dim;
  Mapping mapping{.dataflow = "one PE", .nest = std::move(outside), .keep = {}};
  for (const Dim d : {kG, kN, kP, kQ, kR, kS, kC, kM}) mapping.nest.push_back({d, 1, Place::kPe});
  return mapping;
}

}  // namespace orrery::test
