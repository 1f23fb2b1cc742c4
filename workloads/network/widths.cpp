#include "workloads/network/widths.h"

namespace orrery {

void settle_widths(Layer& layer, const Widths& widths) {
  if (layer.unstated.operand_bits) layer.operand_bits = widths.operand_bits;
  settle_shifts(layer, synthetic_magnitudes(layer), widths);
}

Network at_widths(Network network, const Widths& widths) {
  for (Layer& layer : network.layers) settle_widths(layer, widths);
  return network;
}

}  // namespace orrery
