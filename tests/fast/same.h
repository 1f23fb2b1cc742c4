// Whether the two engines say the same of a layer.
#pragma once

#include <functional>
#include <string>

#include "sim/fast/engine.h"
#include "sim/fast/pass_memory.h"
#include "tests/fast/engine_case.h"

namespace orrery::test {

using FastEngine = std::function<LayerResult(const EngineCase&)>;

// The fast engine as it is, folding or not.
LayerResult folded(const EngineCase& c);
LayerResult unfolded(const EngineCase& c);

// The figures in which two results of one layer differ, with both values; empty: none.
std::string difference(const LayerResult& fast, const LayerResult& cycle);

// The figures in which an engine without values and the SystemC engine differ, with both values;
// empty: they agree. The SystemC engine plays a MAC that does not gate, whose counts depend on no
// value; gating moves no cycle.
std::string difference_of_engines(EngineCase c, const FastEngine& fast);

// Fails, unless both agree, with the smallest case that still differs, to be pasted into a file of
// tests/fast/cases/.
void expect_same(const EngineCase& c, const FastEngine& fast = folded);

// Whether the fast engine says the same with a memory of passes and without.
std::string difference_of_memory(const Machine& machine, const Layer& layer, const Mapping& mapping,
                                 PassMemory& memory);

}  // namespace orrery::test
