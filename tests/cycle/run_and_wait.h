// A layer on the engine, and how long the array waited in it.
#pragma once

#include <gtest/gtest.h>

#include "sim/cycle/engine.h"
#include "workloads/tensor/operands.h"

namespace orrery::test {

// On synthetic operands, compared with the golden reference.
inline LayerResult run(const Machine& m, const Layer& layer, const Mapping& mapping) {
  LayerResult r = run_layer(m, layer, mapping, synthetic_operands(layer, 1, m.numbers.psum_bits));
  EXPECT_EQ(r.check, Check::kEqual) << r.difference;
  return r;
}

inline std::uint64_t waited(const LayerResult& r, Stall s) {
  return r.stalls[static_cast<std::size_t>(s)];
}

}  // namespace orrery::test
