// The smallest case that still goes wrong.
#pragma once

#include <functional>

#include "tests/fast/engine_case.h"

namespace orrery::test {

// Makes `failing`, a document of engine_case.h, smaller as long as `fails` says so of what is read
// from it: keys and elements of lists are left out one by one (what a file leaves out is plain:
// latencies 0, no padding, stride 1), numbers become 0, 1, half or one less, true becomes false.
// What cannot be read or does not pass check() is not tried. At the end no such step is left.
Node shrink(Node failing, const std::function<bool(const EngineCase&)>& fails);

}  // namespace orrery::test
