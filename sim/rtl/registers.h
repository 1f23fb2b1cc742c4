// What an RTL array is set to and told, as the words of its ports (rtl/array/orrery_array_pkg.sv
// and orrery_noc_pkg.sv).
#pragma once

#include <cstdint>
#include <vector>

#include "sim/rtl/noc_ids.h"
#include "sim/rtl/shape.h"

namespace orrery {

// Values of packed ports, as words of 32 bits, the lowest first.
using PortWords = std::vector<std::uint32_t>;

// pe_cfg_t and array_cfg_t.
PortWords pe_cfg_words(const Machine& machine, const MacRegisters& registers);
PortWords array_cfg_words(const Machine& machine);

// A pass, with IDs for each of its buses.
struct RtlPass {
  const Pass* pass = nullptr;
  NocIds ifmap, filter, psum_in, psum_out;
};

// Throws InputError where an array of this shape cannot play the pass (why_not_rtl), or where no
// IDs name the PEs that a packet goes to.
RtlPass plan_rtl_pass(const Machine& machine, const RtlShape& shape, const Pass& pass);

// The place of a PE among all of the array, by row, then by column.
inline std::size_t place_of(const PeRole& role, const RtlShape& shape) {
  return static_cast<std::size_t>(role.row * shape.cols + role.col);
}

// Of all places of the array. `read_psums`: psums come in where the pass says so.
PortWords program_words(const Pass& pass, const RtlShape& shape, bool read_psums);
PortWords role_words(const RtlPass& pass, const RtlShape& shape);

}  // namespace orrery
