// What the C++ array does with a row of passes, for the RTL array to be compared with.
#pragma once

#include <filesystem>
#include <vector>

#include "sim/rtl/compare.h"

namespace orrery {

struct ExpectedPass {
  std::int64_t begin = 0;  // cycle, counted from the begin of the first pass
  ArrayLog log;
  PassRecord record;
  std::vector<std::int32_t> psum;  // of the tile, in the end
};

// Passes begin as early as they can. Those up to the first that never ends.
std::vector<ExpectedPass> expect_passes(const Machine& machine, const MacRegisters& registers,
                                        const std::vector<PassCase>& passes);

// Of a case: the tiles, with psums in `psum`.
PassTiles tiles_of(const PassCase& pass, std::vector<std::int32_t>& psum);

// Writes what the passes do up to cycle `last`, as a VCD: the state of each PE (PeState), packets
// on buses and links, and psums that leave. Cycle c stands at wave_time(first_clock + c).
void write_cycles(const std::filesystem::path& file, const std::vector<PassCase>& cases,
                  const std::vector<ExpectedPass>& passes, std::int64_t first_clock,
                  std::int64_t last);

}  // namespace orrery
