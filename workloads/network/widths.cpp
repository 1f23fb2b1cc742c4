#include "workloads/network/widths.h"

#include <fmt/format.h>

#include "workloads/format/pack.h"
#include "workloads/input/input_error.h"

namespace orrery {
namespace {

void settle_operands(Layer& layer, const Widths& widths) {
  layer = unpacked(layer);
  const bool open = layer.unstated.operand_bits;
  if (open && !layer.formats.states_ifmap) {
    layer.operand_bits = widths.operand_bits;
    layer.formats.ifmap = widths.ifmap;
  }
  if (open && !layer.formats.states_filter) layer.formats.filter = widths.filter;
  layer.formats.ofmap = layer.formats.ifmap;
  layer.formats.ofmap_zero = layer.formats.ifmap_zero;
}

void give_to(Layer& from, const Layer& reader, const Layer*& first) {
  if (first == nullptr) {
    first = &reader;
    from.formats.ofmap = reader.ifmap_code();
    from.formats.ofmap_zero = reader.formats.ifmap_zero;
    return;
  }
  if (first->ifmap_code() == reader.ifmap_code() &&
      first->formats.ifmap_zero == reader.formats.ifmap_zero)
    return;
  throw InputError(fmt::format(
      "{} and {} both read {}, one as {} around {}, the other as {} "
      "around {}",
      first->name, reader.name, from.name, to_string(first->ifmap_code()),
      first->formats.ifmap_zero, to_string(reader.ifmap_code()), reader.formats.ifmap_zero));
}

}  // namespace

void settle_widths(Layer& layer, const Widths& widths) {
  settle_operands(layer, widths);
  settle_shifts(layer, synthetic_magnitudes(layer), widths);
}

Network at_widths(Network network, const Widths& widths) {
  for (Layer& layer : network.layers) settle_operands(layer, widths);
  for (Layer& layer : network.layers) {
    const Layer* first = nullptr;
    for (const Layer& reader : network.layers) {
      if (reader.input == layer.name) give_to(layer, reader, first);
    }
  }
  for (Layer& layer : network.layers) {
    settle_shifts(layer, synthetic_magnitudes(layer), widths);
    layer = packed(layer, widths.lanes);
  }
  return network;
}

}  // namespace orrery
