// A memory of several channels behind one address space.
#pragma once

#include <vector>

#include "arch/dram/dram_setup.h"
#include "sim/dram/channel.h"

namespace orrery {

class DramMemory {
 public:
  // Throws InputError for a mapping, ranks or channels (1 to 64, powers of two) that do not fit.
  explicit DramMemory(const DramSetup& setup);
  DramMemory(const DramMemory&) = delete;
  DramMemory& operator=(const DramMemory&) = delete;

  DramChannel& channel_of(std::uint64_t address) {
    return channels_[static_cast<std::size_t>(map_.channel(address))];
  }
  std::vector<DramChannel>& channels() { return channels_; }
  const AddressMap& map() const { return map_; }
  const DramSetup& setup() const { return setup_; }
  std::int64_t bytes() const;

 private:
  DramSetup setup_;
  AddressMap map_;
  std::vector<DramChannel> channels_;
};

}  // namespace orrery
