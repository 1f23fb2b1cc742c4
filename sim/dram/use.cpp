#include "sim/dram/use.h"

namespace orrery {

DramUse& DramUse::operator+=(const DramUse& o) {
  reads += o.reads;
  writes += o.writes;
  hits += o.hits;
  misses += o.misses;
  conflicts += o.conflicts;
  activates += o.activates;
  refreshes += o.refreshes;
  bytes += o.bytes;
  seconds += o.seconds;
  energy += o.energy;
  return *this;
}

DramUse dram_use(DramMemory& memory, double derating, DramCycle end) {
  const DramStandard& standard = memory.setup().standard;
  const DramPrices prices = dram_prices(standard, derating);
  DramUse use;
  for (DramChannel& channel : memory.channels()) {
    channel.advance(end);
    const DramCounts& counts = channel.counts();
    const auto n = [&](DramCommand c) { return counts.commands[static_cast<std::size_t>(c)]; };
    use.reads += n(DramCommand::kRd) + n(DramCommand::kRda);
    use.writes += n(DramCommand::kWr) + n(DramCommand::kWra);
    use.hits += counts.hits;
    use.misses += counts.misses;
    use.conflicts += counts.conflicts;
    use.activates += n(DramCommand::kAct);
    use.refreshes += n(DramCommand::kRef) + n(DramCommand::kRefBank);
    use.energy += dram_energy(prices, counts, channel.state().state_cycles(end));
  }
  use.bytes =
      (use.reads + use.writes) * static_cast<std::uint64_t>(standard.organization.burst_bytes());
  use.seconds = static_cast<double>(end) * standard.tck_ps * 1e-12;
  return use;
}

}  // namespace orrery
