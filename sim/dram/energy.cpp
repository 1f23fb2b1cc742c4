#include "sim/dram/energy.h"

#include <algorithm>

namespace orrery {
namespace {

// One device's share of a rail, in pJ.
void add_rail(DramPrices& p, const DramRail& r, const DramStandard& s) {
  const double ns = s.tck_ps / 1000.0;
  const DramTiming& t = s.timing;
  const double burst = s.organization.burst_clocks();
  p.activate += r.volts * ns * (r.idd0 * t.rc - r.idd3n * t.ras - r.idd2n * (t.rc - t.ras));
  p.read += r.volts * ns * (r.idd4r - r.idd3n) * burst;
  p.write += r.volts * ns * (r.idd4w - r.idd3n) * burst;
  p.refresh += r.volts * ns * (r.idd5b - r.idd3n) * t.rfc;
  // idd5pb is a mean over refi_bank, of which rfc_bank refreshes and the rest is idle.
  p.refresh_bank +=
      r.volts * ns *
      (r.idd5pb * t.refi_bank - r.idd2n * (t.refi_bank - t.rfc_bank) - r.idd3n * t.rfc_bank);
  p.open += r.volts * ns * r.idd3n;
  p.closed += r.volts * ns * r.idd2n;
  p.open_down += r.volts * ns * r.idd3p;
  p.closed_down += r.volts * ns * r.idd2p;
}

}  // namespace

DramEnergy& DramEnergy::operator+=(const DramEnergy& o) {
  activate += o.activate;
  read += o.read;
  write += o.write;
  refresh += o.refresh;
  open += o.open;
  closed += o.closed;
  open_down += o.open_down;
  closed_down += o.closed_down;
  io += o.io;
  return *this;
}

DramPrices dram_prices(const DramStandard& standard, double derating) {
  DramPrices p;
  for (const DramRail& rail : standard.rails) add_rail(p, rail, standard);
  const bool single = std::any_of(standard.rails.begin(), standard.rails.end(),
                                  [](const DramRail& r) { return r.idd5pb > 0; });
  if (!single) p.refresh_bank = p.refresh / standard.organization.banks();
  const double scale = derating * standard.organization.devices();
  for (double* part : {&p.activate, &p.read, &p.write, &p.refresh, &p.refresh_bank, &p.open,
                       &p.closed, &p.open_down, &p.closed_down}) {
    *part *= scale;
  }
  const double bits = 8.0 * standard.organization.burst_bytes();
  p.read_io = standard.io.read_pj_per_bit * bits;
  p.write_io = standard.io.write_pj_per_bit * bits;
  return p;
}

DramEnergy dram_energy(const DramPrices& p, const DramCounts& counts,
                       const std::vector<DramStateCycles>& ranks) {
  const auto n = [&](DramCommand c) {
    return static_cast<double>(counts.commands[static_cast<std::size_t>(c)]);
  };
  const double reads = n(DramCommand::kRd) + n(DramCommand::kRda);
  const double writes = n(DramCommand::kWr) + n(DramCommand::kWra);
  DramEnergy e;
  e.activate = p.activate * n(DramCommand::kAct);
  e.read = p.read * reads;
  e.write = p.write * writes;
  e.refresh = p.refresh * n(DramCommand::kRef) + p.refresh_bank * n(DramCommand::kRefBank);
  e.io = p.read_io * reads + p.write_io * writes;
  for (const DramStateCycles& c : ranks) {
    e.open += p.open * static_cast<double>(c.open);
    e.closed += p.closed * static_cast<double>(c.closed);
    e.open_down += p.open_down * static_cast<double>(c.open_down);
    e.closed_down += p.closed_down * static_cast<double>(c.closed_down);
  }
  return e;
}

}  // namespace orrery
