// The counters of a PE unrolled into what it does, one entry an issue slot.
#pragma once

#include <vector>

#include "dataflows/pass/pass_program.h"

namespace orrery::test {

// One issue slot of a PE.
struct Operation {
  bool mac = true;             // otherwise a merge alone
  int ifmap = 0, filter = 0;   // words of the streams, of a MAC
  int psum = 0;                // in its window
  bool starts = false;         // the first MAC of its psum
  bool leaves = false;         // the psum meets the incoming one and goes to the psum-out FIFO
  bool begins_packet = false;  // of psums
  bool ends_packet = false;
};

struct Script {
  std::vector<Operation> operations;
  std::vector<int> last_ifmap, last_filter;  // the last operation that uses a word; -1: none
};

// With one adder the psums of a window leave after its last MAC, one a slot; with two, each leaves
// with its own last MAC.
Script write_script(const PassProgram& program, int packet_psums, int adders);

}  // namespace orrery::test
