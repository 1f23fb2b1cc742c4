// A small result made by hand: figures that fit each other, not figures of a run.
#pragma once

#include "sim/result/result.h"

namespace orrery {

// Two layers, A and B, on "toy" of 4 PEs; every action of A counts its place in the list, of B ten
// times that. Both took (i + 1) (j + 1) uJ at level i for tensor j, 210 in all, and are bound by
// 10, 20, ... cycles, 110 for the last limit.
NetworkResult sample();

}  // namespace orrery
