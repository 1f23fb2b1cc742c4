// The choice of a mapping: the one place where a dataflow, a layer and a machine become one.
#pragma once

#include <cstdint>
#include <string>

#include "arch/energy/energy.h"
#include "dataflows/mapping/mapping.h"
#include "sim/choose/estimate.h"
#include "sim/result/objective.h"

namespace orrery {

// Whether the machine stands as it is, or its PEs make any rectangle and its RF words belong to the
// tensors in any parts (equal area).
enum class Shape : std::uint8_t { kFixed, kAny };

struct ChosenMapping {
  Mapping mapping;           // empty where nothing fits
  Machine machine;           // in the shape that the mapping uses
  Estimate estimate;         // of it
  std::uint64_t judged = 0;  // mappings that were estimated
  std::string why;           // one sentence where nothing fits
  bool fits() const { return why.empty(); }
};

// The best by the estimate (sim/choose/estimate.h) of the mapping that the dataflow makes by
// itself, on a machine that stands as it is, and of the tilings that dataflows/tiling enumerates,
// those of the kMostLayouts best layouts on the array. Deterministic. `pool_words`: RF words of a
// PE for all tensors together where the shape is any.
ChosenMapping choose(const std::string& dataflow, const Layer& layer, const Machine& machine,
                     Shape shape, int pool_words, const EnergyTable& table, Objective objective);

inline constexpr std::size_t kMostLayouts = 6;

}  // namespace orrery
