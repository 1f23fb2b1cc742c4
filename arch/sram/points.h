// CACTI's memories as a table (arch/sram/cacti_points.csv, compiled in).
#pragma once

#include <cstdint>
#include <span>

#include "arch/technology/technology.h"

namespace orrery {

struct SramPoint {
  Cell cell;
  double node_nm;
  int banks;
  std::int64_t bytes;  // of all banks
  int width_bits;
  double read_pj, write_pj, leakage_mw, area_mm2, access_ns;
};

// Sorted by cell, node, banks, bytes and width.
std::span<const SramPoint> sram_points();

}  // namespace orrery
