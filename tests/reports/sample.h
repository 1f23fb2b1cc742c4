// A small result made by hand: figures that fit each other, not figures of a run.
#pragma once

#include "sim/result/result.h"

namespace orrery {

// Two layers, A and B, on "toy" of 4 PEs; every action of A counts its place in the list, of B ten
// times that.
NetworkResult sample();

}  // namespace orrery
