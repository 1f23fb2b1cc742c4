// What must hold between the fields of a machine.
#pragma once

#include "arch/machine/machine.h"

namespace orrery {

// Throws InputError at the line of `root` to blame for the first rule that `machine`, read from it,
// breaks.
void validate(const Machine& machine, const Node& root);

// The part of it that is about lanes: they pass over zeros of plain products, whose order of
// addition is open.
void check_lanes(const Machine& machine, const Node& root);

// The part of it that is about the code of the link.
void check_compression(const Machine& machine, const Node& root);

// Reads the standard and the policy that the machine's DRAM names, and refuses what does not go
// together; a plain link must have a capacity and a bandwidth.
void settle_dram(Machine& machine, const Node& root);

}  // namespace orrery
