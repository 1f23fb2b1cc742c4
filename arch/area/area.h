// Area of a machine: MACs, spads, NoC and GLB.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "arch/machine/machine.h"

namespace orrery {

// One kind of unit of a part.
struct AreaItem {
  AreaPart part = AreaPart::kMac;
  std::string what;  // "mac_int8", "filter spad 448 bytes, interpolated"
  std::int64_t count = 0;
  double um2_each = 0;
};

struct Area {
  std::vector<AreaItem> items;
  double mm2(AreaPart part) const;
  double mm2() const;
};

// At the machine's technology. Not in it: controller, DMA, post-processing, clock tree, pads and
// what placement leaves empty.
Area area(const Machine& machine);

// The same as text, beside the published breakdown where the machine file has one.
std::string area_text(const Machine& machine);

}  // namespace orrery
