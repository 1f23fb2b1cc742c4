#include "sim/machine/array_log.h"

#include <algorithm>

namespace orrery {

void ArrayLog::start(std::size_t pes) {
  for (std::vector<Cycle>& bus : sends) bus.clear();
  leaving.clear();
  stays.assign(pes, {});
  hops.assign(pes, {});
}

PeState ArrayLog::state(std::size_t pe, Cycle cycle) const {
  const std::vector<Stay>& all = stays[pe];
  const auto after = std::ranges::upper_bound(all, cycle, {}, &Stay::from);
  if (after == all.begin()) return PeState::kMac;
  const Stay& last = *(after - 1);
  return cycle < last.to ? last.state : PeState::kMac;
}

}  // namespace orrery
