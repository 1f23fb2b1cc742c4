// Where a network meets a machine: the numbers that its file leaves open.
#pragma once

#include "workloads/network/network.h"
#include "workloads/tensor/scale.h"

namespace orrery {

// The network as it stands on a machine of these widths. A layer that states no operand_bits has
// the machine's; one that states no product_shift or requant_shift has those that suit its
// synthetic operands (settle_shifts). What a layer states holds, even where the machine cannot run
// it.
Network at_widths(Network network, const Widths& widths);
void settle_widths(Layer& layer, const Widths& widths);

}  // namespace orrery
