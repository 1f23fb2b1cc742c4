// What a mapping costs at least, from footprints and trip counts alone: no pass is compiled or
// played. The search orders and prunes by it (docs/mapper.md).
#pragma once

#include <cstdint>

#include "arch/counts/counts.h"
#include "arch/energy/price_list.h"
#include "dataflows/mapping/mapping.h"

namespace orrery {

// No run of the mapping has fewer of any action, or takes fewer core cycles, but for psum_updates:
// spad.psum.update_read and update_write, which go down where first_write goes up. What cannot be
// told beforehand counts as 0.
struct LowerBound {
  Counts counts;
  std::uint64_t cycles = 0;
};

// Of a mapping that passes check(). The layer is no pooling layer.
LowerBound lower_bound(const Machine& machine, const Layer& layer, const Mapping& mapping);

// Of any mapping of the layer: every word once from DRAM and to the array, all PEs at work.
LowerBound lower_bound(const Machine& machine, const Layer& layer);

// Energy of what is counted there, in the list's unit: never above price() of a run with such
// counts, nor above priced() with the list of least_with_memory(). Actions that are charged less
// another's count are left out.
double least_energy(const LowerBound& bound, const PriceList& list);

}  // namespace orrery
