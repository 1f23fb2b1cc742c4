// The orders of buses, put together slowly from the words of docs/model.md: the witness of what a
// bus's `order` makes of a pass.
#pragma once

#include "dataflows/pass/pass.h"

namespace orrery::test {

// The pass `by_step`, compiled over `box` for the same machine with the order `step` on every bus,
// under the orders of `machine`. Which packets there are and whom they go to is taken as it is;
// their order is not, not even for `step`.
Pass in_plain_order(const Layer& layer, const Machine& machine, const Mapping& mapping,
                    const Box& box, const Pass& by_step);

}  // namespace orrery::test
