// The C++ array and the RTL array on the same passes, cycle by cycle.
#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "sim/rtl/difference.h"
#include "sim/rtl/rtl_array.h"

namespace orrery {

// A pass with the content of its tiles, from its origin on.
struct PassCase {
  const Pass* pass = nullptr;
  std::vector<std::int16_t> ifmap;
  std::vector<std::uint8_t> padding;  // beside ifmap, or empty (PassTiles)
  std::vector<std::int16_t> filter;
  std::vector<std::int32_t> psum;
  bool read_psums = true;
};

struct ArrayComparison {
  std::optional<ArrayDifference> difference;
  bool deadlock = false;                              // of both: the passes can never end
  std::int64_t cycles = 0, pe_cycles = 0, psums = 0;  // that were compared
};

// Plays the passes one after the other, each as soon as the array can take it, first by an Array,
// then by the module; all but the psums of the tiles is compared on its cycle: what every PE does,
// what leaves on every bus and link, each psum of the array, when passes begin, have their filters,
// can be followed, and end. Then the records, counts included, and psums of the tiles. Where
// `waves` is given, both are written there as rtl.fst (of a module built for it) and cycles.vcd, on
// one time axis.
// Throws InputError where the RTL cannot play a pass.
ArrayComparison compare_arrays(const Machine& machine, const MacRegisters& registers,
                               const RtlShape& shape, RtlModule& module,
                               const std::vector<PassCase>& passes,
                               const std::filesystem::path& waves = {});

}  // namespace orrery
