#include "sim/dram/memory.h"

#include <fmt/format.h>

#include "workloads/input/input_error.h"

namespace orrery {
namespace {

constexpr int kMostChannels = 64;

const DramSetup& checked(const DramSetup& setup) {
  if (setup.channels >= 1 && setup.channels <= kMostChannels) return setup;
  throw InputError(fmt::format("{} channels; 1 to {}", setup.channels, kMostChannels));
}

}  // namespace

DramMemory::DramMemory(const DramSetup& setup)
    : setup_(checked(setup)),
      map_(setup.mapping, setup.standard.organization, setup.channels, setup.ranks) {
  channels_.reserve(static_cast<std::size_t>(setup.channels));
  for (int i = 0; i < setup.channels; ++i) {
    channels_.emplace_back(setup.standard, setup.policy, map_, setup.ranks);
  }
}

std::int64_t DramMemory::bytes() const { return setup_.bytes(); }

}  // namespace orrery
