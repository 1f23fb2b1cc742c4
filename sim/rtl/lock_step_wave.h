// What an array in lock step in C++ did, as waves beside those of the RTL.
#pragma once

#include <filesystem>

#include "sim/machine/lock_step_log.h"

namespace orrery {

// Writes a VCD: what all PEs do (PeState; MAC is a step), items on the buses, and psums that leave.
// Cycle c stands at LockStepDriver::wave_time(c).
void write_wave(const std::filesystem::path& file, const LockStepLog& log);

}  // namespace orrery
