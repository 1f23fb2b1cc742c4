// What the RTL PE is set to and told, and what it tells, as the packed structs of
// rtl/array/orrery_array_pkg.sv; words of 32 bits, the lowest first.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "sim/machine/pe_alone.h"

namespace orrery {

inline constexpr int kPeRegistersBits = 283;

// pe_cfg_t, of all of the setup but its program.
std::vector<std::uint32_t> pe_cfg_bits(const PeSetup& setup);

// pe_program_t. Bounds, lengths, strides and psums of the window are 65535 at most.
std::vector<std::uint32_t> pe_program_bits(const PassProgram& program, bool takes_psums);
// Of a PE that has no work in the pass.
std::vector<std::uint32_t> pe_idle_bits();

// pe_status_t, of 8 bits.
struct PeStatus {
  PeState state = PeState::kDone;
  bool gated = false, merged = false;
  bool loads_ifmap = false, loads_filter = false;
  bool done = false;
};
PeStatus pe_status(std::uint32_t bits);

// pe_registers_t.
PeRegisters pe_registers(std::span<const std::uint32_t> words);

// Cycles from the issue of a MAC to the first in which its psum can be in the psum-out FIFO: the
// least pe.pipeline_stages of an RTL PE.
int least_pipeline_stages(std::string_view mac);

}  // namespace orrery
