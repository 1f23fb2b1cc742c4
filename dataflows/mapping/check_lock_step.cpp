#include "dataflows/mapping/check_lock_step.h"

#include <fmt/format.h>

#include <bit>

#include "dataflows/pass/lock_step_pass.h"

namespace orrery {
namespace {

// Words of `t` move along one axis of a systolic array, so PEs along it want the same ones.
std::string check_axis(const Nest& nest, const Spread& s, Tensor t, Place axis) {
  for (std::size_t i = 0; i < nest.spatial.size(); ++i) {
    const Loop& loop = nest.spatial[i];
    if (loop.place != axis || s.trips[i] == 1 || !indexes(loop.dim, t)) continue;
    return fmt::format(
        "{} lies across {}; {}s of a systolic array move along them, so {} share "
        "their {}s",
        name(loop.dim), axis == Place::kCols ? "columns" : "rows", name(t),
        axis == Place::kCols ? "columns" : "rows", name(t));
  }
  return {};
}

}  // namespace

std::string check_lock_step(const Nest& nest, const Layer& layer, const Machine& machine,
                            const Box& pass) {
  if (machine.array.pace != Pace::kLockStep) return {};
  const std::int64_t steps = nominal(nest.spatial, pass).points();
  if (steps > LockStepPass::kMostSteps) {
    return fmt::format("a pass takes {} steps; at most {} are played in lock step", steps,
                       LockStepPass::kMostSteps);
  }
  if (machine.array.delivery != Delivery::kSystolic) return {};
  const Spread s = spread(nest, layer);
  std::string sentence = check_axis(nest, s, Tensor::kIfmap, Place::kCols);
  if (sentence.empty() && machine.array.psum_route == PsumRoute::kInPlace)
    sentence = check_axis(nest, s, Tensor::kFilter, Place::kRows);
  return sentence;
}

std::string check_pooling(const Mapping& mapping, const Layer& layer, const Machine& machine) {
  if (!machine.pe.pools) {
    return "a pooling layer has no mapping here: the PEs of this machine do not pool";
  }
  if (layer.pool.pad > 0) {
    return fmt::format("PEs pool planes without padding; this one is padded by {}", layer.pool.pad);
  }
  for (const Loop& loop : mapping.nest) {
    const bool splits = (loop.dim == Dim::kR || loop.dim == Dim::kS) && loop.place != Place::kPe &&
                        loop.step < layer.bound(loop.dim);
    if (splits)
      return fmt::format("a pooling window turns whole inside a PE; {} is split", name(loop.dim));
  }
  if (!mapping.keep.pe[index(Tensor::kPsum)] && layer.bound(Dim::kR) * layer.bound(Dim::kS) > 1)
    return "a pooling window turns inside a PE, which must keep its psum";
  const auto taps = static_cast<unsigned>(layer.bound(Dim::kR) * layer.bound(Dim::kS));
  const int bits = layer.operand_bits + std::bit_width(taps - 1);
  if (layer.pool.kind == PoolKind::kAverage && bits > machine.numbers.psum_bits) {
    return fmt::format("the sum of {} words of {} bits may need {} bits; psums have {}", taps,
                       layer.operand_bits, bits, machine.numbers.psum_bits);
  }
  return {};
}

}  // namespace orrery
