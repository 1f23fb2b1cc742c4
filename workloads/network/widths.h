// Where a network meets a machine: the numbers that its file leaves open.
#pragma once

#include "workloads/network/network.h"
#include "workloads/tensor/scale.h"

namespace orrery {

// The network as it stands on a machine of these widths. A layer that states neither operand_bits
// nor the code of an operand has the machine's; its ofmap has the code and the zero point of the
// layers that read it, or of its own ifmap. One that states no product_shift or requant_shift has
// those that suit its synthetic operands (settle_shifts). What a layer states holds, even where the
// machine cannot run it. Layers are packed in words of the machine's lanes
// (workloads/format/pack.h). Throws InputError where two readers of an ofmap take it for different
// numbers.
Network at_widths(Network network, const Widths& widths);
// Of one layer, with the ofmap as its own formats say; not packed.
void settle_widths(Layer& layer, const Widths& widths);

}  // namespace orrery
