// The memories of a machine as shapes: its stores, and the spads of one PE.
#pragma once

#include <string>
#include <vector>

#include "arch/machine/machine.h"
#include "arch/sram/memory.h"

namespace orrery {

// A store: an access moves as many bits as pass its wider port in a cycle; one port a bank.
MemoryShape store_shape(const Machine& machine, const Store& store);
// The spad of `t` in one PE: an access moves one word (of a psum spad one psum). A spad of no words
// is a latch of one.
MemoryShape spad_shape(const Machine& machine, Tensor t);

struct MachineMemory {
  AreaPart part = AreaPart::kGlb;
  std::string name;
  MemoryShape shape;
  std::int64_t count = 0;
};
// Every memory, stores first; shadow filters have a second spad in each PE. Psum spads of no words
// are not in it.
std::vector<MachineMemory> memories(const Machine& machine);

}  // namespace orrery
