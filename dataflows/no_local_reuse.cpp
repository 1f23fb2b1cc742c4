#include "dataflows/no_local_reuse.h"

#include "dataflows/weight_stationary.h"

namespace orrery {

// The nest of weight stationary, but for what stays: the filter tap is fetched for every product.
Mapping no_local_reuse(const Layer& layer, const Machine& machine) {
  Mapping mapping = weight_stationary(layer, machine);
  mapping.dataflow = "nlr";
  mapping.keep.pe = {false, false, false};
  return mapping;
}

}  // namespace orrery
