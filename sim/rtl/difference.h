// Where the C++ array and the RTL array first differ.
#pragma once

#include <cstdint>
#include <string>

#include "dataflows/pass/pass.h"

namespace orrery {

// The first thing that is not the same.
struct ArrayDifference {
  int pass = 0;
  std::int64_t cycle = 0;     // of the pass
  int pe = -1;                // of the pass; -1: of no PE
  std::string what;           // "state", "psum", "ifmap bus", ...
  std::string expected, got;  // of the C++ array, of the RTL
  // Where the loops of that PE stand, or of all PEs in lock step; outermost first. Empty: of no PE.
  std::string steps;
};
std::string to_string(const ArrayDifference& difference);

// Where the loops of a program stand at its operation `mac`, counted from 0; outermost first.
std::string steps_of(const PassProgram& program, std::int64_t mac);

}  // namespace orrery
