#include "sim/fast/engine.h"

#include <fmt/format.h>

#include "arch/machine/fields_of_machine.h"
#include "dataflows/pass/nest.h"
#include "sim/fast/timeline.h"
#include "sim/machine/tile_code.h"
#include "sim/schedule/misfit.h"
#include "workloads/input/input_error.h"

namespace orrery {

LayerResult run_layer_fast(const Machine& machine, const Layer& layer, const Mapping& mapping,
                           const FastOptions& options) {
  if (const std::string why = misfit(machine, layer, mapping); !why.empty())
    throw InputError(fmt::format("layer {}: {}", layer.name, why));
  if (options.values == nullptr && codes_any(machine, layer)) {
    throw InputError(
        fmt::format("layer {}: machine {} has dma.compression {}: what passes the link depends on "
                    "values, and there are none",
                    layer.name, machine.name, enum_name(machine.dma.compression)));
  }
  LayerResult result;
  try {
    result = Timeline(machine, layer, mapping, options).play(options.progress);
  } catch (const DeadlockError& error) {
    throw InputError(fmt::format("layer {}: {}", layer.name, error.what()));
  }
  result.name = layer.name;
  complete(result, machine);
  if (layer.packing.lanes > 1) result.macs = layer.macs();
  if (!mapping.nest.empty()) {
    result.mapping = mapping;
    result.reduction = reduction_tree(mapping, layer, machine).to_string();
  }
  result.product_shift = layer.product_shift;
  result.requant_shift = layer.post.requant_shift;
  return result;
}

}  // namespace orrery
