// A memory as it is built: a standard, the rules of its controller, and how many channels and
// ranks.
#pragma once

#include <string>

#include "arch/dram/address_map.h"
#include "arch/dram/dram_policy.h"
#include "arch/dram/dram_standard.h"

namespace orrery {

struct DramSetup {
  DramStandard standard;
  DramPolicy policy;
  std::string mapping = kDefaultMapping;
  int channels = 1, ranks = 1;

  std::int64_t bytes() const { return standard.organization.bytes() * ranks * channels; }
  // Of the data pins.
  double peak_bytes_per_second() const;
  bool operator==(const DramSetup&) const = default;
};

// Why no memory can be built so, and the key of a machine's `dram` at fault; an empty sentence: it
// can. A channel has at most 64 banks in all ranks, channels are 1 to 64, both powers of two.
struct DramMisfit {
  std::string key, sentence;
};
DramMisfit misfit(const DramSetup& setup);

}  // namespace orrery
