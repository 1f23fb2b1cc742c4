// What a memory costs: energy of an access, leakage, area and access time, from its shape.
#pragma once

#include <cstdint>
#include <string_view>

#include "arch/technology/technology.h"

namespace orrery {

struct MemoryShape {
  std::int64_t bytes = 0;  // of all banks; at least 1
  int width_bits = 0;      // read or written in one access; at least 1
  int banks = 1;
  int ports = 1;  // each for reading and writing
  bool operator==(const MemoryShape&) const = default;
};

// What the figures rest on, from the firmest on.
enum class Basis : std::uint8_t { kPoint, kInterpolated, kFitted, kRegisters };
std::string_view name(Basis basis);

struct MemoryCost {
  double read_pj = 0;     // an access of the whole width
  double write_pj = 0;    // likewise
  double leakage_mw = 0;  // of the whole memory
  double area_mm2 = 0;
  double access_ns = 0;  // 0 for registers, of which nothing is published
  Basis basis = Basis::kPoint;
};

// An SRAM. CACTI's own figures at its points; between them log-log interpolation in capacity, width
// and node; outside them the nearest point times the ratio of the fitted law (arch/sram/law.h).
// More than 256 bits are arrays side by side. More than two banks go on as from one to two do in
// the median. Ports widen CACTI's cell. The law holds from 64 words on; fewer cost as 64 do.
MemoryCost sram_cost(const MemoryShape& shape, const Technology& technology);

// A register file: flip-flops, and a comparator of the address for each word.
MemoryCost register_cost(const MemoryShape& shape, const Technology& technology);

// Registers below 64 words or 256 bytes, where CACTI makes no array; an SRAM above, in at most so
// many banks that each has 64 words.
MemoryCost memory_cost(const MemoryShape& shape, const Technology& technology);

}  // namespace orrery
