// Random runs of many passes with few MACs each, in which a fold has something to skip.
#pragma once

#include <cstdint>

#include "tests/fast/engine_case.h"

namespace orrery::test {

// A variation of one of the machines in arch/, a layer with one to three long dimensions, and a
// mapping that passes check() and cuts them in time: 40 to 1500 passes. A pure function of the
// seed.
EngineCase long_case(std::uint64_t seed);

}  // namespace orrery::test
