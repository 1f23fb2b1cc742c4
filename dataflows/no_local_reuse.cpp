#include "dataflows/no_local_reuse.h"

#include "dataflows/weight_stationary.h"

namespace orrery {

// The nest of weight stationary, but for what stays: the filter tap is fetched for every product.
Pattern no_local_reuse() {
  Pattern pattern = weight_stationary();
  pattern.name = "nlr";
  pattern.description = "no local reuse: nothing stays in the PEs";
  pattern.keep.pe = {false, false, false};
  return pattern;
}

}  // namespace orrery
