// What the PEs of one pass of a layer are told and given, with the layer's own words.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/machine/pe_alone.h"
#include "workloads/tensor/operands.h"

namespace orrery {

// The packets of one PE in a pass, in their order.
struct PeStreams {
  PassProgram program;
  bool takes_psums = false;
  std::vector<std::vector<std::int16_t>> ifmap, filter;
  std::vector<std::vector<std::int32_t>> psum_in, psum_out;
};

// Of the PEs, in row-major order, of pass `number` of those that start new psums, counted from 0.
// Psums that the array reads for them are zeros, those from the PE below are what that PE makes.
// The mapping must have passed check(); the PEs are independent. Throws std::out_of_range where
// there are not so many such passes.
std::vector<PeStreams> pe_streams(const Layer& layer, const Machine& machine,
                                  const Mapping& mapping, const Operands& in, std::int64_t number);

// Such passes.
std::int64_t starting_passes(const Layer& layer, const Machine& machine, const Mapping& mapping);

}  // namespace orrery
