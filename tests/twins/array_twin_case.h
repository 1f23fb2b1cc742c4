// What the C++ array and the RTL array play of a random case.
#pragma once

#include <cstddef>
#include <vector>

#include "sim/rtl/compare.h"
#include "tests/sim/array_case.h"

namespace orrery::test {

// Operands are coded as the datapath has them.
MacRegisters registers_of(const Case& c);

// Passes of a case, compiled.
struct CasePasses {
  std::vector<Pass> compiled;
  std::vector<PassCase> passes;
};

// The first passes of the case's layer, at most `most`, with random tiles.
CasePasses passes_of(const Case& c, std::size_t most);

// What compare_arrays() is given.
struct ArrayPlay {
  Machine machine;
  MacRegisters registers;
  CasePasses passes;
};

}  // namespace orrery::test
